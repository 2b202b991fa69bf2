"""Tiers, attestations and corrections of a development log."""

import datetime as dt

import pytest

from apps.startups.rules.evidence import EventFact, EventTwice, StandingEvent, effective_tier, moment, standing_events

AS_OF = dt.date(2025, 6, 30)


def on(month: int, day: int) -> dt.datetime:
    return dt.datetime(2025, month, day, tzinfo=dt.UTC)


def fact(
    id_: str,
    *,
    kind: str = "feedback_reported",
    at: dt.datetime | None = None,
    tier: str | None = "E1",
    said: tuple[tuple[str, dt.date], ...] = (),
    supersedes: str | None = None,
    answers: str | None = None,
    capability: str = "c1",
) -> EventFact:
    return EventFact(
        id=id_,
        capability_id=capability,
        kind=kind,
        occurred_at=at or on(3, 1),
        answers=answers,
        supersedes=supersedes,
        tier=tier,
        attestations=said,
    )


CONFIRMED = ("confirmed", dt.date(2025, 4, 1))
REFUSED = ("refused", dt.date(2025, 4, 1))
AMENDED = ("amended", dt.date(2025, 4, 1))


def standing(*facts: EventFact, as_of: dt.date = AS_OF) -> dict[str, StandingEvent]:
    return {event.id: event for event in standing_events(facts=facts, as_of=as_of)}


class TestMoment:
    def test_is_midnight_utc(self) -> None:
        assert moment(AS_OF) == dt.datetime(2025, 6, 30, 0, 0, tzinfo=dt.UTC)


class TestEffectiveTier:
    @pytest.mark.parametrize(
        ("tier", "said", "effective"),
        [
            (None, (), "E0"),
            ("E1", (), "E1"),
            ("E0", (CONFIRMED,), "E2"),
            ("E1", (CONFIRMED,), "E2"),
            ("E1", (AMENDED,), None),
            ("E1", (AMENDED, CONFIRMED), "E2"),
            ("E3", (CONFIRMED,), "E3"),
            ("E1", (REFUSED,), None),
            ("E3", (REFUSED,), None),
            ("E1", (REFUSED, CONFIRMED), "E2"),
        ],
    )
    def test_follows_the_attestations(
        self, tier: str | None, said: tuple[tuple[str, dt.date], ...], effective: str | None
    ) -> None:
        assert effective_tier(fact=fact("a", tier=tier, said=said), as_of=AS_OF) == effective

    def test_does_not_know_what_is_attested_later(self) -> None:
        later = fact("a", said=(("confirmed", AS_OF + dt.timedelta(days=1)),))
        today = fact("a", said=(("confirmed", AS_OF),))

        assert effective_tier(fact=later, as_of=AS_OF) == "E1"
        assert effective_tier(fact=today, as_of=AS_OF) == "E2"


class TestStandingEvents:
    def test_leaves_out_the_self_declared_the_refused_and_the_future(self) -> None:
        found = standing(
            fact("self", tier="E0"),
            fact("silent", tier=None),
            fact("refused", said=(REFUSED,)),
            fact("future", at=moment(AS_OF) + dt.timedelta(seconds=1)),
            fact("now", at=moment(AS_OF)),
        )

        assert found.keys() == {"now"}

    def test_puts_a_correction_of_the_same_tier_in_the_place_of_what_it_corrects(self) -> None:
        found = standing(fact("a"), fact("b", supersedes="a", at=on(3, 5)))

        assert found.keys() == {"b"}
        assert found["b"].fact_id == "a"
        assert found["b"].occurred_at == on(3, 5)

    def test_ignores_a_correction_below_the_tier_of_what_it_corrects(self) -> None:
        found = standing(fact("a", said=(CONFIRMED,)), fact("b", supersedes="a"))

        assert found.keys() == {"a"}

    def test_does_not_pass_attestations_over(self) -> None:
        found = standing(fact("a", said=(CONFIRMED,)), fact("b", supersedes="a", said=(CONFIRMED,)))
        unconfirmed = standing(fact("a", tier="E0"), fact("b", supersedes="a", tier="E0"))

        assert found["b"].tier == "E2"
        assert unconfirmed == {}

    def test_ignores_a_refused_correction(self) -> None:
        found = standing(fact("a"), fact("b", supersedes="a", tier="E3", said=(REFUSED,)))

        assert found.keys() == {"a"}

    def test_follows_a_chain_to_its_last_valid_record(self) -> None:
        found = standing(
            fact("a", said=(CONFIRMED,)),
            fact("b", supersedes="a"),
            fact("c", supersedes="b", said=(CONFIRMED,)),
        )

        assert found.keys() == {"c"}
        assert found["c"].fact_id == "a"

    def test_takes_the_best_then_the_last_of_several_corrections(self) -> None:
        better = standing(fact("a"), fact("b", supersedes="a", tier="E2"), fact("c", supersedes="a"))
        last = standing(fact("a"), fact("c", supersedes="a"), fact("b", supersedes="a"))

        assert better.keys() == {"b"}
        assert last.keys() == {"c"}

    def test_points_answers_to_a_corrected_record_at_the_fact(self) -> None:
        found = standing(
            fact("a", said=(CONFIRMED,)),
            fact("b", supersedes="a", said=(CONFIRMED,)),
            fact("no-effect", supersedes="b"),
            fact("x", kind="fix_fielded", answers="a"),
            fact("y", kind="fix_fielded", answers="b"),
            fact("z", kind="fix_fielded", answers="no-effect"),
            fact("w", kind="fix_fielded", answers="nowhere"),
        )

        assert [found[key].answers for key in ("x", "y", "z", "w")] == ["a", "a", None, None]

    def test_takes_the_answers_of_the_correction_itself(self) -> None:
        found = standing(
            fact("a", tier="E2"),
            fact("x", kind="fix_fielded", answers="a"),
            fact("y", kind="fix_fielded", supersedes="x"),
        )

        assert found["y"].answers is None

    @pytest.mark.parametrize(
        "orphan",
        [fact("b", supersedes="nowhere"), fact("b", supersedes="a", capability="c2"), fact("b", supersedes="b")],
        ids=["unknown", "other-capability", "itself"],
    )
    def test_knows_no_correction_without_its_record(self, orphan: EventFact) -> None:
        assert standing(fact("a"), orphan).keys() == {"a"}

    def test_refuses_one_id_twice(self) -> None:
        with pytest.raises(EventTwice):
            standing(fact("a"), fact("a"))


class TestAmendment:
    def test_what_the_attestor_states_stands_in_place_of_what_it_amends(self) -> None:
        original = fact("a", said=(AMENDED,))
        amended = fact("b", tier="E0", at=on(3, 9), said=(CONFIRMED,), supersedes="a")

        found = standing(original, amended)

        assert {event.occurred_at for event in found.values()} == {on(3, 9)}

    def test_withdrawn_leaves_what_was_stated_first(self) -> None:
        original = fact("a")
        amended = fact("b", tier="E0", at=on(3, 9), supersedes="a")

        found = standing(original, amended)

        assert {event.occurred_at for event in found.values()} == {on(3, 1)}
