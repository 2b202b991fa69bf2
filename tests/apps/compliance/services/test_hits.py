"""What a person says of a hit."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.compliance.models import Hit, Screening
from apps.compliance.selectors.screening import is_cleared
from apps.compliance.services.hits import EntryChanged, HitOnOneself, hit_decide
from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson, interest_declare
from apps.compliance.services.screening import screening_run
from apps.compliance.states import Clearance, EntryKind, HitStatus, ScreeningCause
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.compliance import entry_made, entry_removed, list_version_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.transactions import together

LISTED, ALIKE = "Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"


def officer() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.OPERATOR, country="EE"), Role.COMPLIANCE)


def screened(*names: str, organisation_name: str = "Bryzhvan Aero LLC") -> Organisation:
    organisation = OrganisationFactory(legal_name=organisation_name)
    for name in names:
        MembershipFactory(organisation=organisation, user__name=name)
    screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)
    return organisation


def hit_made() -> Hit:
    entry_made(list_version_made(), LISTED)
    return Hit.objects.get(screened=screened(ALIKE))


def cleared(hit: Hit) -> Clearance:
    return is_cleared(organisation_id=hit.screened_id)


@pytest.mark.django_db
class TestHitDecide:
    def test_a_false_positive_clears(self) -> None:
        hit, judge = hit_made(), officer()

        hit_decide(actor=judge, hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason=" Born in 1990. ")

        hit.refresh_from_db()
        assert (hit.status, hit.decided_by_id, hit.reason) == ("false_positive", judge.user_id, "Born in 1990.")
        assert hit.decided_at is not None
        assert cleared(hit) == Clearance.CLEAR
        assert Screening.objects.get().run == hit.run

    def test_a_true_match_is_a_hit_and_suspends_at_once(self) -> None:
        hit = hit_made()

        hit_decide(actor=officer(), hit=hit, verdict=HitStatus.TRUE_MATCH, reason="The passport agrees.")

        assert cleared(hit) == Clearance.HIT
        assert Organisation.objects.get(pk=hit.screened_id).standing == Standing.SUSPENDED

    def test_the_organisation_reads_of_a_decision_like_any_other(self) -> None:
        hit, judge = hit_made(), officer()

        hit_decide(actor=judge, hit=hit, verdict=HitStatus.TRUE_MATCH, reason="The passport agrees.")

        fact = Event.objects.get(name="compliance.case.suspended")
        assert (fact.organisation_id, fact.actor_organisation_id) == (hit.screened_id, judge.organisation_id)
        assert fact.data["cause"] == "decision"

    def test_another_hit_still_waits(self) -> None:
        version = list_version_made()
        entry_made(version, LISTED)
        entry_made(version, "Bryzhvan Aero", kind=EntryKind.ENTITY)
        organisation = screened(ALIKE)
        first, second = Hit.objects.filter(screened=organisation).order_by("pk")

        hit_decide(actor=officer(), hit=first, verdict=HitStatus.FALSE_POSITIVE, reason="No.")
        assert cleared(first) == Clearance.REVIEW

        hit_decide(actor=officer(), hit=second, verdict=HitStatus.FALSE_POSITIVE, reason="No.")
        assert cleared(first) == Clearance.CLEAR

    def test_clears_nobody_who_has_no_name(self) -> None:
        entry_made(list_version_made(), LISTED)
        hit = Hit.objects.get(screened=screened(ALIKE, ""))

        hit_decide(actor=officer(), hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="No.")

        assert cleared(hit) == Clearance.REVIEW

    def test_refuses_a_second_decision(self) -> None:
        hit = hit_made()
        hit_decide(actor=officer(), hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="No.")

        with pytest.raises(NotNow):
            hit_decide(actor=officer(), hit=hit, verdict=HitStatus.TRUE_MATCH, reason="Yes.")

        assert cleared(hit) == Clearance.CLEAR

    def test_refuses_one_of_an_earlier_run(self) -> None:
        hit = hit_made()
        screening_run(actor=Actor.system(), organisation_id=hit.screened_id, cause=ScreeningCause.REQUESTED)

        with pytest.raises(NotNow):
            hit_decide(actor=officer(), hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="No.")

    def test_refuses_software(self) -> None:
        hit = hit_made()

        for caller in (replace(officer(), api_key_id=uuid4()), Actor.system()):
            with pytest.raises(OfficerNeedsPerson):
                hit_decide(actor=caller, hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="No.")

        hit.refresh_from_db()
        assert hit.status == HitStatus.PENDING

    @pytest.mark.parametrize("tie", ["member", "interest"])
    def test_refuses_whoever_is_tied_to_the_organisation(self, tie: str) -> None:
        hit, judge = hit_made(), officer()
        if tie == "member":
            MembershipFactory(organisation=hit.screened, user_id=judge.user_id, roles=[Role.VIEWER])
        else:
            interest_declare(actor=judge, organisation_id=hit.screened_id, reason="A cousin works there.")

        with pytest.raises(ConflictOfInterest):
            hit_decide(actor=judge, hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="No.")
        with pytest.raises(IntegrityError), transaction.atomic():
            Hit.objects.filter(pk=hit.pk).update(decided_by=judge.user_id)

        assert cleared(hit) == Clearance.REVIEW

    def test_a_decision_is_taken_over_though_who_made_it_has_joined_since(self) -> None:
        hit, judge = hit_made(), officer()
        hit_decide(actor=judge, hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="No.")
        MembershipFactory(organisation=hit.screened, user_id=judge.user_id, roles=[Role.VIEWER])

        screening_run(actor=Actor.system(), organisation_id=hit.screened_id, cause=ScreeningCause.REQUESTED)

        assert (Hit.objects.latest("pk").recalled, cleared(hit)) == (hit, Clearance.CLEAR)

    def test_does_not_clear_of_what_the_list_says_no_longer(self) -> None:
        hit = hit_made()
        entry_removed(hit.entry, list_version_made())

        with pytest.raises(EntryChanged):
            hit_decide(actor=officer(), hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="No.")

        hit_decide(actor=officer(), hit=hit, verdict=HitStatus.TRUE_MATCH, reason="It was.")
        assert cleared(hit) == Clearance.HIT

    def test_refuses_whoever_it_is_about(self) -> None:
        hit = hit_made()

        with pytest.raises(HitOnOneself):
            hit_decide(
                actor=replace(officer(), user_id=hit.subject.party_id),
                hit=hit,
                verdict=HitStatus.FALSE_POSITIVE,
                reason="Not me.",
            )

    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR, Role.VIEWER])
    def test_refuses_the_operators_other_roles(self, role: Role) -> None:
        hit = hit_made()

        with pytest.raises(NotPermitted):
            hit_decide(
                actor=actor_of(OrganisationFactory(kind=Kind.OPERATOR), role),
                hit=hit,
                verdict=HitStatus.FALSE_POSITIVE,
                reason="No.",
            )

    def test_is_in_the_trail_of_the_operator_alone(self) -> None:
        hit, judge = hit_made(), officer()

        hit_decide(actor=judge, hit=hit, verdict=HitStatus.FALSE_POSITIVE, reason="Born in 1990.")

        fact = Event.objects.get(name="compliance.screening_hit.judged_false")
        assert (fact.organisation_id, fact.object_id) == (judge.organisation_id, hit.pk)
        assert "1990" not in str(fact.data)
        changed = Event.objects.filter(name="compliance.screening.changed").order_by("-id").first()
        assert changed is not None
        assert changed.organisation_id is None
        assert changed.data == {"organisation": str(hit.screened_id)}


class TestTwoAtOnce:
    def test_one_decides_and_the_other_is_told(self, committed: None) -> None:
        hit, one, other = hit_made(), officer(), officer()

        def decide(actor: Actor, verdict: HitStatus) -> Hit:
            return hit_decide(actor=actor, hit=Hit.objects.get(pk=hit.pk), verdict=verdict, reason="Seen.")

        results = together(lambda: decide(one, HitStatus.FALSE_POSITIVE), lambda: decide(other, HitStatus.TRUE_MATCH))

        refused = [result for result in results if isinstance(result, NotNow)]
        decided = [result for result in results if isinstance(result, Hit)]
        assert (len(refused), len(decided)) == (1, 1)
        hit.refresh_from_db()
        assert (hit.status, hit.decided_by_id) == (decided[0].status, decided[0].decided_by_id)
        expected = Clearance.HIT if hit.status == HitStatus.TRUE_MATCH else Clearance.CLEAR
        assert cleared(hit) == expected
