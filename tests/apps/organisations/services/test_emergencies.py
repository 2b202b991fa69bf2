"""Breaking glass: two people, a reason, four hours."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from apps.organisations.models import BreakGlass, DisclosureGrant, Membership, Organisation
from apps.organisations.rules import NotYours
from apps.organisations.services import (
    BreakGlassDecided,
    BreakGlassLapsed,
    BreakGlassNeedsPerson,
    BreakGlassNotAcceptable,
    RequesterGone,
    SecondPersonNeeded,
    break_glass_actions,
    break_glass_approve,
    break_glass_end,
    break_glass_is_open,
    break_glass_request,
    membership_change,
    membership_leave,
    membership_remove,
)
from apps.organisations.services.emergencies import APPROVAL_WITHIN, BREAK_GLASS_LASTS
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.transactions import together

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def operator(db: None) -> Organisation:
    return OrganisationFactory(kind="operator")


@pytest.fixture
def asker(operator: Organisation) -> Actor:
    return actor_of(operator, "compliance")


@pytest.fixture
def other(operator: Organisation) -> Actor:
    return actor_of(operator, "owner")


def ask(actor: Actor, **changes: Any) -> BreakGlass:
    values = {"tier": 3, "reason": "Court order 12/26", **changes}
    subject_id = values.pop("subject_id", None) or OrganisationFactory(kind="firm").pk
    asked = break_glass_request(actor=actor, subject_id=subject_id, **values)
    asked.refresh_from_db()
    return asked


def told(asked: BreakGlass) -> list[str]:
    rows = Event.objects.filter(object_id=asked.pk, organisation_id=asked.subject_id).order_by("id")
    return [event.name.rpartition(".")[2] for event in rows]


class TestBreakGlassRequest:
    def test_opens_nothing(self, asker: Actor) -> None:
        asked = ask(asker, reason="  Court order 12/26 ")

        assert (asked.operator_id, asked.requested_by_id) == (asker.organisation_id, asker.user_id)
        assert (asked.tier, asked.reason, asked.until) == (3, "Court order 12/26", None)
        assert not DisclosureGrant.objects.exists()
        assert told(asked) == ["requested"]

    def test_tells_no_reason_in_the_trail(self, asker: Actor) -> None:
        asked = ask(asker)

        assert Event.objects.get(object_id=asked.pk).data == {"operator": str(asker.organisation_id), "tier": 3}

    def test_needs_a_person(self, asker: Actor) -> None:
        for software in (dataclasses.replace(asker, api_key_id=uuid7()), Actor.system()):
            with pytest.raises(BreakGlassNeedsPerson):
                ask(software)

    def test_needs_a_reason(self, asker: Actor) -> None:
        with pytest.raises(BreakGlassNotAcceptable) as refusal:
            ask(asker, reason=" \n")

        assert [problem.pointer for problem in refusal.value.errors] == ["/reason"]

    def test_is_for_another_organisation_than_operators(self, asker: Actor) -> None:
        for subject_id in (uuid7(), asker.organisation_id, OrganisationFactory(kind="operator").pk):
            with pytest.raises(BreakGlassNotAcceptable) as refusal:
                ask(asker, subject_id=subject_id)
            assert [problem.pointer for problem in refusal.value.errors] == ["/organisation"]


class TestBreakGlassApprove:
    def test_lets_the_one_who_asked_in_for_four_hours(self, asker: Actor, other: Actor) -> None:
        asked = ask(asker)
        moment = asked.requested_at + MINUTE

        opened = break_glass_approve(actor=other, break_glass=asked, now=moment)

        grant = DisclosureGrant.objects.get()
        assert (grant.viewer_id, grant.person_id) == (asker.organisation_id, asker.user_id)
        assert (grant.subject_id, grant.tier) == (asked.subject_id, 3)
        assert (grant.since, grant.until) == (moment, moment + BREAK_GLASS_LASTS)
        assert (opened.approved_by_id, opened.approved_at, opened.until) == (other.user_id, moment, grant.until)
        assert told(asked) == ["requested", "approved"]

    def test_is_not_for_the_one_who_asked(self, asker: Actor, other: Actor) -> None:
        asked = ask(asker)
        elsewhere = dataclasses.replace(asker, permissions=other.permissions)

        with pytest.raises(SecondPersonNeeded):
            break_glass_approve(actor=elsewhere, break_glass=asked)

        assert not DisclosureGrant.objects.exists()

    def test_needs_a_person(self, asker: Actor, other: Actor) -> None:
        with pytest.raises(BreakGlassNeedsPerson):
            break_glass_approve(actor=dataclasses.replace(other, api_key_id=uuid7()), break_glass=ask(asker))

    def test_is_the_same_operators(self, asker: Actor) -> None:
        asked = ask(asker)

        for stranger in (OrganisationFactory(kind="operator"), asked.subject):
            with pytest.raises(NotYours):
                break_glass_approve(actor=actor_of(stranger), break_glass=asked)

    def test_happens_once(self, asker: Actor, other: Actor) -> None:
        asked = ask(asker)
        break_glass_approve(actor=other, break_glass=asked)

        with pytest.raises(BreakGlassDecided):
            break_glass_approve(actor=other, break_glass=asked)

        assert DisclosureGrant.objects.count() == 1

    def test_does_not_bring_back_what_was_taken_back(self, asker: Actor, other: Actor) -> None:
        asked = ask(asker)
        break_glass_end(actor=asker, break_glass=asked)

        with pytest.raises(BreakGlassDecided):
            break_glass_approve(actor=other, break_glass=asked)

    def test_comes_within_a_day(self, asker: Actor, other: Actor) -> None:
        late, timely = ask(asker), ask(asker)

        with pytest.raises(BreakGlassLapsed):
            break_glass_approve(
                actor=other, break_glass=late, now=late.requested_at + APPROVAL_WITHIN + dt.timedelta(seconds=1)
            )
        break_glass_approve(actor=other, break_glass=timely, now=timely.requested_at + APPROVAL_WITHIN)

        assert [grant.subject_id for grant in DisclosureGrant.objects.all()] == [timely.subject_id]

    def test_counts_only_for_who_may_still_ask(self, asker: Actor, other: Actor) -> None:
        demoted, removed, disabled = (ask(actor_of(asker_of(asker), "compliance")) for _ in range(3))
        Membership.objects.filter(user=demoted.requested_by).update(roles=["viewer"])
        Membership.objects.filter(user=removed.requested_by).delete()
        type(disabled.requested_by).objects.filter(pk=disabled.requested_by_id).update(is_active=False)

        for asked in (demoted, removed, disabled):
            with pytest.raises(RequesterGone):
                break_glass_approve(actor=other, break_glass=asked)

        assert not DisclosureGrant.objects.exists()


def asker_of(actor: Actor) -> Organisation:
    return Organisation.objects.get(pk=actor.organisation_id)


class TestBreakGlassEnd:
    @pytest.mark.parametrize("who", ["asker", "other"])
    def test_closes_it_now(self, asker: Actor, other: Actor, who: str) -> None:
        asked = ask(asker)
        opened = break_glass_approve(actor=other, break_glass=asked)
        moment = opened.approved_at + MINUTE

        ended = break_glass_end(actor={"asker": asker, "other": other}[who], break_glass=asked, now=moment)

        assert ended.ended_at == DisclosureGrant.objects.get().until == moment
        assert told(asked) == ["requested", "approved", "ended"]

    def test_closes_nothing_else(self, asker: Actor, other: Actor) -> None:
        subject = OrganisationFactory(kind="firm")
        first, second = ask(asker, subject_id=subject.pk), ask(asker, subject_id=subject.pk, tier=2)
        for asked in (first, second):
            break_glass_approve(actor=other, break_glass=asked)

        break_glass_end(actor=other, break_glass=first)

        second.refresh_from_db()
        assert DisclosureGrant.objects.get(tier=2).until == second.until
        assert DisclosureGrant.objects.get(tier=3).until < second.until

    def test_again_or_after_its_time_changes_nothing(self, asker: Actor, other: Actor) -> None:
        ended, expired = ask(asker), ask(asker)
        break_glass_end(actor=asker, break_glass=ended)
        opened = break_glass_approve(actor=other, break_glass=expired)

        break_glass_end(actor=asker, break_glass=ended)
        break_glass_end(actor=other, break_glass=expired, now=opened.until)

        expired.refresh_from_db()
        assert expired.ended_at is None
        assert told(ended) == ["requested", "ended"]
        assert told(expired) == ["requested", "approved"]

    def test_is_the_operators(self, asker: Actor) -> None:
        asked = ask(asker)

        with pytest.raises(NotYours):
            break_glass_end(actor=actor_of(asked.subject), break_glass=asked)


class TestRightLost:
    @pytest.mark.parametrize("how", ["removed", "demoted", "left"])
    def test_ends_what_was_opened_for_good(self, asker: Actor, other: Actor, how: str) -> None:
        opened, waiting = break_glass_approve(actor=other, break_glass=ask(asker)), ask(asker)
        member = Membership.objects.get(user_id=asker.user_id)

        if how == "removed":
            membership_remove(actor=other, membership=member)
        elif how == "left":
            membership_leave(actor=asker, organisation_id=member.organisation_id)
        else:
            membership_change(actor=other, membership=member, roles=["viewer"])

        for asked in (opened, waiting):
            asked.refresh_from_db()
            assert asked.ended_at is not None
        assert DisclosureGrant.objects.get().until == opened.ended_at
        assert told(opened) == ["requested", "approved", "ended"]

    def test_keeps_it_for_who_may_still_ask(self, asker: Actor, other: Actor) -> None:
        opened = break_glass_approve(actor=other, break_glass=ask(asker))
        member = Membership.objects.get(user_id=asker.user_id)

        membership_change(actor=other, membership=member, roles=["editor"])

        opened.refresh_from_db()
        assert opened.ended_at is None
        assert DisclosureGrant.objects.get().until == opened.until


class TestBreakGlassActions:
    def test_follow_its_life(self, asker: Actor, other: Actor) -> None:
        asked = ask(asker)
        now = asked.requested_at + MINUTE

        def actions(actor: Actor, moment: dt.datetime = now) -> list[str]:
            asked.refresh_from_db()
            return break_glass_actions(actor=actor, break_glass=asked, now=moment)

        assert actions(asker) == ["end"]
        assert actions(other) == ["approve", "end"]
        assert actions(dataclasses.replace(other, api_key_id=uuid7())) == ["end"]
        assert actions(other, now + APPROVAL_WITHIN) == ["end"]
        assert actions(actor_of(asked.subject)) == []
        assert actions(actor_of(asker_of(asker), "viewer")) == []

        break_glass_approve(actor=other, break_glass=asked, now=now)
        assert actions(other) == actions(asker) == ["end"]
        assert actions(other, now + BREAK_GLASS_LASTS) == []

        break_glass_end(actor=other, break_glass=asked, now=now + MINUTE)
        assert actions(other) == []


class TestBreakGlassIsOpen:
    def test_between_approval_and_end(self, asker: Actor, other: Actor) -> None:
        asked = ask(asker)
        waiting = break_glass_is_open(break_glass=asked, now=asked.requested_at)
        opened = break_glass_approve(actor=other, break_glass=asked)

        moments = [opened.approved_at, opened.until - MINUTE, opened.until]
        states = [break_glass_is_open(break_glass=opened, now=moment) for moment in moments]
        ended = break_glass_end(actor=other, break_glass=asked, now=opened.approved_at + MINUTE)

        assert waiting is False
        assert states == [True, True, False]
        assert break_glass_is_open(break_glass=ended, now=opened.approved_at) is False


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_one_of_several_approvals_counts(self) -> None:
        operator = OrganisationFactory(kind="operator")
        asked = ask(actor_of(operator, "compliance"))
        others = [actor_of(operator) for _ in range(4)]

        results = together(
            *(lambda actor=actor: break_glass_approve(actor=actor, break_glass=asked) for actor in others)
        )

        assert sorted(type(result).__name__ for result in results) == ["BreakGlass", *["BreakGlassDecided"] * 3]
        assert DisclosureGrant.objects.count() == 1
        assert told(asked) == ["requested", "approved"]
