"""Interest of either side, its answer, and its end."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.investors.states import MandateStatus
from apps.matching.models import Deal, DecisionStep, Introduction
from apps.matching.services import introductions as services
from apps.matching.services.introductions import (
    AskedBefore,
    CounterpartGone,
    DeclinedBefore,
    GatesFail,
    IntroductionNotAcceptable,
    IntroductionUnderWay,
    NoAnswerAnyMore,
    TooManyWaiting,
    UndertakingNotAccepted,
    introduction_accept,
    introduction_decline,
    introduction_express,
    introduction_withdraw,
    introductions_expire,
    introductions_remind,
)
from apps.matching.states import IntroductionStatus, Side
from apps.organisations.models import DisclosureGrant, Organisation, UndertakingAcceptance
from apps.organisations.rules import NotYours
from apps.organisations.states import Standing
from apps.startups.models import Raise
from apps.startups.states import RaiseStatus
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.introductions import DAY, Couple
from tests.factories.matching import mandate_made, run_drained
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db
SIDES = pytest.mark.parametrize("side", [Side.INVESTOR, Side.STARTUP])


def facts(name: str) -> list[Event]:
    return list(Event.objects.filter(name=f"matching.introduction.{name}").order_by("id"))


def refused(couple: Couple, side: str, error: type[Exception], **given: Any) -> Any:
    with pytest.raises(error) as caught:
        couple.express(side, **given)
    return caught.value


class TestIntroductionExpress:
    @SIDES
    def test_waits_thirty_days_for_the_other_side(self, side: str) -> None:
        couple, now = Couple(), utc_now()

        made = couple.express(side, message="Let us talk.", now=now)

        assert (made.status, made.side, made.message) == (IntroductionStatus.INTERESTED, side, "Let us talk.")
        assert made.expires_at - made.created_at == 30 * DAY
        assert (made.fund_id, made.firm_id) == (couple.mandate.fund_id, couple.raise_item.firm_id)
        assert made.asked_by_id == couple.actor(side).user_id

    def test_keeps_the_scores_of_that_moment_and_the_generation(self) -> None:
        couple = Couple()
        run = run_drained(as_of=utc_today())

        made = couple.express()

        assert made.run_id == run.pk
        assert made.score_investor in run.lists.get(side=Side.INVESTOR).score_investor
        assert made.score_startup in run.lists.get(side=Side.STARTUP).score_startup

    @SIDES
    def test_stands_in_both_trails_without_a_word_of_the_message(self, side: str) -> None:
        couple = Couple()

        made = couple.express(side, message="Let us talk.")

        (fact,) = facts("expressed")
        both = {str(couple.mandate.fund.organisation_id), str(couple.raise_item.firm.organisation_id)}
        assert (set(fact.data["subjects"]), fact.data["side"], fact.object_id) == (both, side, made.pk)
        assert fact.organisation_id is None
        assert "talk" not in str(fact.data)

    def test_tells_those_of_the_other_side_who_answer(self) -> None:
        couple = Couple()
        actor_of(couple.raise_item.firm.organisation, "viewer")
        editor = actor_of(couple.raise_item.firm.organisation, "editor")

        couple.express(Side.INVESTOR)

        (fact,) = facts("interest_told")
        assert fact.organisation_id == couple.raise_item.firm.organisation_id
        assert set(fact.data["people"]) == {str(couple.firm.user_id), str(editor.user_id)}
        assert fact.actor == "system"

    @SIDES
    def test_meets_the_other_side_s_interest_at_once(self, side: str) -> None:
        couple = Couple()
        waiting = couple.express(side)
        across = Side.STARTUP if side == Side.INVESTOR else Side.INVESTOR

        met = couple.express(across)

        assert (met.pk, met.status, met.side) == (waiting.pk, IntroductionStatus.MUTUAL, side)
        assert Introduction.objects.count() == 1

    @SIDES
    def test_is_not_repeated_while_it_waits(self, side: str) -> None:
        couple = Couple()
        couple.express(side)

        refused(couple, side, IntroductionUnderWay)

    def test_knows_one_open_introduction_of_a_fund_and_a_raise_whatever_the_mandate(self) -> None:
        couple = Couple()
        couple.express(Side.STARTUP)
        second = mandate_made(fund=couple.mandate.fund)

        with pytest.raises(IntroductionUnderWay):
            introduction_express(actor=couple.fund, mandate=second.pk, raise_item=couple.raise_item.pk)

        with pytest.raises(IntegrityError), transaction.atomic():
            Introduction.objects.create(
                mandate=second,
                raise_item=couple.raise_item,
                fund=second.fund,
                firm=couple.raise_item.firm,
                side=Side.INVESTOR,
                expires_at=utc_now() + DAY,
            )

    def test_is_for_funds_and_firms(self) -> None:
        couple = Couple()
        authority = actor_of(OrganisationFactory(kind="authority"))

        with pytest.raises(NotYours):
            introduction_express(actor=authority, mandate=couple.mandate.pk, raise_item=couple.raise_item.pk)

    def test_needs_a_fund_that_is_bound_by_the_undertaking(self) -> None:
        couple = Couple()
        UndertakingAcceptance.objects.all().delete()

        refused(couple, Side.INVESTOR, UndertakingNotAccepted)
        made = couple.express(Side.STARTUP)
        with pytest.raises(UndertakingNotAccepted):
            couple.accept(made)

    @pytest.mark.parametrize("pointer", ["/mandate", "/raise"])
    def test_tells_nothing_of_an_id(self, pointer: str) -> None:
        couple, hidden, other = Couple(), Couple(), Couple()
        Raise.objects.filter(pk=hidden.raise_item.pk).update(status=RaiseStatus.DRAFT)
        ids = {
            "/mandate": [uuid4(), other.mandate.pk],
            "/raise": [uuid4(), hidden.raise_item.pk],
        }[pointer]

        answers = []
        for unknown in ids:
            given = {"mandate": couple.mandate.pk, "raise_item": couple.raise_item.pk}
            given["mandate" if pointer == "/mandate" else "raise_item"] = unknown
            with pytest.raises(IntroductionNotAcceptable) as caught:
                introduction_express(actor=couple.fund, **given)
            answers.append([(item.pointer, item.code, item.detail) for item in caught.value.errors])

        assert answers[0] == answers[1]
        assert answers[0][0][:2] == (pointer, "does_not_exist")

    def test_wants_one_s_own_mandate_to_be_active(self) -> None:
        couple = Couple()
        couple.mandate.status = MandateStatus.PAUSED
        couple.mandate.save()

        error = refused(couple, Side.INVESTOR, IntroductionNotAcceptable)

        assert [(item.pointer, item.code) for item in error.errors] == [("/mandate", "not_open")]

    def test_says_which_of_its_own_gates_fails(self) -> None:
        couple = Couple(mandate=mandate_made(areas=[["CYB", 1.0]]))

        error = refused(couple, Side.INVESTOR, GatesFail)

        assert [(item.code, item.values) for item in error.errors] == [("area", {"gate": "area"})]

    def test_is_as_if_there_were_no_pair_where_the_other_side_does_not_want_it(self) -> None:
        couple = Couple()
        couple.raise_item.blocked_countries = [couple.mandate.fund.organisation.country]
        couple.raise_item.save()

        error = refused(couple, Side.INVESTOR, IntroductionNotAcceptable)

        assert [(item.pointer, item.code) for item in error.errors] == [("/raise", "does_not_exist")]

    def test_needs_both_to_be_verified(self) -> None:
        couple = Couple()
        Organisation.objects.filter(pk=couple.raise_item.firm.organisation_id).update(standing=Standing.SUSPENDED)

        refused(couple, Side.INVESTOR, IntroductionNotAcceptable)

    @SIDES
    def test_has_a_limit_and_says_how_many_wait(self, side: str, settings: Any) -> None:
        settings.INTRODUCTIONS_WAITING = 1
        couple = Couple()
        couple.express(side)
        if side == Side.INVESTOR:
            next_one = Couple(mandate=couple.mandate)
        else:
            next_one = Couple(raise_item=couple.raise_item)

        error = refused(next_one, side, TooManyWaiting)

        assert error.values == {"waiting": 1, "most": 1}

    def test_does_not_count_what_was_answered(self, settings: Any) -> None:
        settings.INTRODUCTIONS_WAITING = 1
        couple = Couple()
        couple.mutual()

        assert Couple(mandate=couple.mandate).express().status == IntroductionStatus.INTERESTED


class TestCooldown:
    @pytest.mark.parametrize(("reason", "days"), [("too_early", 90), ("terms", 365), ("never", None)])
    def test_of_a_fund_s_no_is_the_gate_s(self, reason: str, days: int | None) -> None:
        couple, now = Couple(), utc_now()
        couple.decline(couple.express(Side.STARTUP), reason)
        limit = days or 10_000

        refused(couple, Side.STARTUP, DeclinedBefore, now=now + limit * DAY)
        error = refused(couple, Side.INVESTOR, GatesFail, now=now + limit * DAY)
        assert [item.code for item in error.errors] == ["history"]
        if days is not None:
            assert couple.express(Side.STARTUP, now=now + (days + 1) * DAY)

    @pytest.mark.parametrize(("reason", "days"), [("too_early", 90), ("investors", 365), ("never", None)])
    def test_of_a_firm_s_no_binds_the_fund_alone(self, reason: str, days: int | None) -> None:
        couple, now = Couple(), utc_now()
        couple.decline(couple.express(Side.INVESTOR), reason)

        refused(couple, Side.INVESTOR, DeclinedBefore, now=now + (days or 10_000) * DAY)
        if days is not None:
            assert couple.express(Side.INVESTOR, now=now + (days + 1) * DAY)

    def test_of_a_firm_s_no_leaves_the_firm_free_to_ask(self) -> None:
        couple = Couple()
        couple.decline(couple.express(Side.INVESTOR), "never")

        assert couple.express(Side.STARTUP).status == IntroductionStatus.INTERESTED

    def test_of_an_imported_no_is_not_told_to_the_firm(self) -> None:
        couple = Couple()
        Deal.objects.create(
            fund=couple.mandate.fund, firm=couple.raise_item.firm, date=utc_today(), outcome="passed", reason="never"
        )

        error = refused(couple, Side.STARTUP, IntroductionNotAcceptable)

        assert [(item.pointer, item.code) for item in error.errors] == [("/mandate", "does_not_exist")]

    @SIDES
    def test_of_a_silence_is_thirty_days(self, side: str) -> None:
        couple, now = Couple(), utc_now()
        couple.express(side, now=now)
        introductions_expire(now=now + 30 * DAY)

        refused(couple, side, AskedBefore, now=now + 60 * DAY)
        assert couple.express(side, now=now + 61 * DAY)

    def test_of_one_s_own_withdrawal_is_the_same(self) -> None:
        couple = Couple()
        couple.withdraw(couple.express())

        refused(couple, Side.INVESTOR, AskedBefore)
        assert couple.express(Side.STARTUP)


class TestIntroductionAccept:
    @SIDES
    def test_introduces_both_and_shows_the_fund_the_name(self, side: str) -> None:
        couple = Couple()

        met = couple.mutual(side)

        assert met.status == IntroductionStatus.MUTUAL
        assert met.mutual_at == met.responded_at
        assert met.closed_at is None
        grant = DisclosureGrant.objects.get(cause="naming")
        assert (grant.viewer_id, grant.subject_id, grant.tier) == (
            couple.mandate.fund.organisation_id,
            couple.raise_item.firm.organisation_id,
            1,
        )

    def test_tells_both_sides_and_what_a_room_is_made_of(self) -> None:
        couple = Couple()

        couple.mutual()

        (fact,) = facts("became_mutual")
        assert fact.data["side"] == Side.STARTUP
        assert fact.data["fund_organisation"] == str(couple.mandate.fund.organisation_id)
        assert fact.data["firm_organisation"] == str(couple.raise_item.firm.organisation_id)
        assert fact.data["mandate"] == str(couple.mandate.pk)
        told = {event.organisation_id for event in facts("mutual_told")}
        assert told == {couple.mandate.fund.organisation_id, couple.raise_item.firm.organisation_id}

    def test_is_the_first_response_of_the_log(self) -> None:
        couple = Couple()

        met = couple.mutual(Side.STARTUP)

        step = DecisionStep.objects.get(introduction=met)
        assert (step.step, step.side, step.on) == ("first_response", Side.INVESTOR, utc_today())

    @SIDES
    def test_is_the_asked_side_s(self, side: str) -> None:
        couple = Couple()
        made = couple.express(side)

        with pytest.raises(NotNow):
            introduction_accept(actor=couple.actor(side), introduction=made)

    def test_is_nothing_for_viewers(self) -> None:
        couple = Couple()
        made = couple.express(Side.INVESTOR)

        with pytest.raises(NotPermitted):
            introduction_accept(actor=actor_of(couple.raise_item.firm.organisation, "viewer"), introduction=made)

    def test_comes_once(self) -> None:
        couple = Couple()
        met = couple.mutual()

        with pytest.raises(NotNow):
            couple.accept(met)

    def test_comes_in_time(self) -> None:
        couple, now = Couple(), utc_now()
        made = couple.express(now=now)

        with pytest.raises(NoAnswerAnyMore):
            couple.accept(made, now=now + 30 * DAY)

    @pytest.mark.parametrize("what", ["dark", "closed"])
    def test_is_refused_when_the_other_side_is_gone(self, what: str) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP)
        if what == "dark":
            firm = Organisation.objects.filter(pk=couple.raise_item.firm.organisation_id)
            firm.update(dark_since=utc_now())
        else:
            Raise.objects.filter(pk=couple.raise_item.pk).update(status=RaiseStatus.CLOSED)

        with pytest.raises(CounterpartGone):
            couple.accept(made)

    def test_says_which_own_gate_fails_by_now(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP)
        couple.mandate.countries = ["PL"]
        couple.mandate.save()

        with pytest.raises(GatesFail) as caught:
            couple.accept(made)

        assert [(item.code, item.values["reason"]) for item in caught.value.errors] == [
            ("country", "country_not_listed")
        ]


class TestIntroductionDecline:
    @SIDES
    def test_keeps_reason_and_note_and_tells_neither(self, side: str) -> None:
        couple = Couple()
        reason = "area" if side == Side.STARTUP else "investors"

        ended = couple.decline(couple.express(side), reason, note="Not them again.")

        across = Side.STARTUP if side == Side.INVESTOR else Side.INVESTOR
        assert (ended.status, ended.reason, ended.closed_by) == (IntroductionStatus.DECLINED, reason, across)
        assert not ended.is_reason_told
        assert ended.note == "Not them again."
        assert ended.closed_at == ended.responded_at
        said = str([event.data for event in facts("declined") + facts("decline_told")])
        assert "again" not in said
        assert reason not in said

    def test_knows_the_reasons_of_each_side(self) -> None:
        couple = Couple()
        made = couple.express(Side.INVESTOR)

        with pytest.raises(IntroductionNotAcceptable) as caught:
            introduction_decline(actor=couple.firm, introduction=made, reason="no_capacity")

        assert [item.pointer for item in caught.value.errors] == ["/reason"]

    def test_tells_the_side_that_asked(self) -> None:
        couple = Couple()

        couple.decline(couple.express(Side.STARTUP))

        assert [event.organisation_id for event in facts("decline_told")] == [couple.raise_item.firm.organisation_id]

    def test_shows_no_name(self) -> None:
        couple = Couple()

        couple.decline(couple.express(Side.STARTUP))

        assert not DisclosureGrant.objects.exists()


class TestIntroductionWithdraw:
    @SIDES
    def test_is_the_asking_side_s(self, side: str) -> None:
        couple = Couple()
        made = couple.express(side)

        with pytest.raises(NotNow):
            introduction_withdraw(actor=couple.answering(made), introduction=made)
        gone = couple.withdraw(made, reason="mistake")

        assert (gone.status, gone.reason, gone.closed_by) == (IntroductionStatus.WITHDRAWN, "mistake", side)
        assert gone.responded_at is None

    def test_comes_too_late_for_a_mutual_one(self) -> None:
        couple = Couple()
        met = couple.mutual()

        with pytest.raises(NotNow):
            couple.withdraw(met)

    def test_knows_its_reasons(self) -> None:
        couple = Couple()
        made = couple.express()

        with pytest.raises(IntroductionNotAcceptable):
            couple.withdraw(made, reason="never")


class TestIntroductionsExpire:
    def test_ends_what_nobody_answered_and_says_who_was_silent(self) -> None:
        couple, now = Couple(), utc_now()
        made = couple.express(Side.STARTUP, now=now)

        assert introductions_expire(now=now + 30 * DAY - dt.timedelta(seconds=1)) == 0
        assert introductions_expire(now=now + 30 * DAY) == 1
        assert introductions_expire(now=now + 31 * DAY) == 0

        made.refresh_from_db()
        assert (made.status, made.closed_by, made.reason) == (IntroductionStatus.EXPIRED, "", "")
        (fact,) = facts("expired")
        assert (fact.data["side"], fact.actor) == (Side.INVESTOR, "system")
        assert len(facts("expiry_told")) == 2

    def test_leaves_what_was_answered(self) -> None:
        couple, now = Couple(), utc_now()
        couple.mutual()

        assert introductions_expire(now=now + 40 * DAY) == 0

    def test_makes_room_before_the_clock_comes_round(self) -> None:
        couple, now = Couple(), utc_now()
        silent = couple.express(Side.STARTUP, now=now)

        made = couple.express(Side.INVESTOR, now=now + 31 * DAY)

        silent.refresh_from_db()
        assert (silent.status, made.status) == (IntroductionStatus.EXPIRED, IntroductionStatus.INTERESTED)


class TestIntroductionsRemind:
    def test_tells_the_asked_side_once_five_days_before_the_end(self) -> None:
        couple, now = Couple(), utc_now()
        couple.express(Side.INVESTOR, now=now)

        assert introductions_remind(now=now + 24 * DAY) == 0
        assert introductions_remind(now=now + 25 * DAY) == 1
        assert introductions_remind(now=now + 26 * DAY) == 0

        assert [event.organisation_id for event in facts("deadline_told")] == [couple.raise_item.firm.organisation_id]

    def test_is_silent_about_what_has_ended(self) -> None:
        couple, now = Couple(), utc_now()
        couple.withdraw(couple.express(now=now))

        assert introductions_remind(now=now + 26 * DAY) == 0


class TestMost:
    def test_ends_no_more_than_a_turn_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "MOST_A_TURN", 1)
        now = utc_now()
        for _ in range(2):
            Couple().express(now=now)

        assert [introductions_expire(now=now + 31 * DAY) for _ in range(3)] == [1, 1, 0]
