"""What a side reads of its introductions."""

from __future__ import annotations

import pytest

from apps.matching.selectors.introductions import (
    awaiting,
    counterpart_names,
    introduction_actions,
    introduction_list,
    is_counterpart_seen,
    of_mandates,
    of_raises,
    own_side,
    steps_open,
)
from apps.matching.services.decision_steps import step_record
from apps.matching.states import Side
from apps.organisations.models import Organisation
from apps.startups.disclosure import firm_pseudonym
from apps.startups.states import Naming
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from tests.factories.introductions import Couple
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestIntroductionList:
    def test_is_the_parties(self) -> None:
        couple = Couple()
        made = couple.express()

        for actor in (couple.fund, couple.firm, Actor.system()):
            assert list(introduction_list(actor=actor)) == [made]
        for actor in (actor_of(OrganisationFactory(kind="operator")), Actor.anonymous()):
            assert not introduction_list(actor=actor).exists()

    def test_shows_the_other_side_as_far_as_it_is_seen(self) -> None:
        couple = Couple()
        couple.express()
        Organisation.objects.filter(pk=couple.firm.organisation_id).update(dark_since=utc_now())

        (row,) = introduction_list(actor=couple.fund)

        assert row.shown_mandate == couple.mandate
        assert row.shown_raise_item is None
        assert not is_counterpart_seen(introduction=row, side=Side.INVESTOR)


class TestCounterpartNames:
    def test_is_the_fund_s_name_and_the_firm_s_pseudonym_whoever_reads_its_name(self) -> None:
        couple = Couple()
        couple.raise_item.firm.naming = Naming.ALL_VERIFIED
        couple.raise_item.firm.save()
        made = couple.mutual()

        assert counterpart_names(ids=[made.pk], actor=couple.firm) == {
            made.pk: couple.mandate.fund.organisation.legal_name
        }
        pseudonym = firm_pseudonym(firm_id=str(couple.raise_item.firm_id))
        assert counterpart_names(ids=[made.pk], actor=couple.fund) == {made.pk: pseudonym}

    def test_is_nothing_of_whom_one_does_not_see_or_is_no_party_with(self) -> None:
        couple = Couple()
        made = couple.express()
        Organisation.objects.filter(pk=couple.fund.organisation_id).update(dark_since=utc_now())

        assert counterpart_names(ids=[made.pk], actor=couple.firm) == {}
        assert counterpart_names(ids=[made.pk], actor=Couple().firm) == {}
        assert counterpart_names(ids=[made.pk], actor=actor_of(OrganisationFactory(kind="authority"))) == {}


class TestActions:
    def test_follow_the_side_and_what_is_recorded(self) -> None:
        couple = Couple()
        made = couple.mutual()
        step_record(actor=couple.firm, introduction=made, step="term_sheet", on=utc_today())

        (own,) = introduction_list(actor=couple.firm)
        (across,) = introduction_list(actor=couple.fund)

        assert steps_open(introduction=own, side=Side.STARTUP) == ["cash", "pass"]
        assert steps_open(introduction=across, side=Side.INVESTOR) == ["term_sheet", "pass"]
        assert introduction_actions(introduction=own, actor=couple.firm) == ["record_step"]
        viewer = actor_of(couple.raise_item.firm.organisation, "viewer")
        assert introduction_actions(introduction=own, actor=viewer) == []

    def test_are_none_before_it_is_mutual(self) -> None:
        couple = Couple()
        couple.express()

        (row,) = introduction_list(actor=couple.fund)

        assert steps_open(introduction=row, side=Side.INVESTOR) == []


class TestOwnSide:
    def test_is_told_by_the_kind(self) -> None:
        couple = Couple()

        assert (own_side(actor=couple.fund), own_side(actor=couple.firm)) == (Side.INVESTOR, Side.STARTUP)


class TestConditions:
    def test_find_by_what_is_seen(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP)
        rows = introduction_list(actor=couple.fund)

        assert list(rows.filter(of_raises(actor=couple.fund, ids=[couple.raise_item.pk]))) == [made]
        assert list(rows.filter(of_mandates(actor=couple.fund, ids=[couple.mandate.pk]))) == [made]
        assert list(rows.filter(awaiting(actor=couple.fund))) == [made]
        assert not introduction_list(actor=couple.firm).filter(awaiting(actor=couple.firm)).exists()
        Organisation.objects.filter(pk=couple.firm.organisation_id).update(dark_since=utc_now())
        assert not rows.filter(of_raises(actor=couple.fund, ids=[couple.raise_item.pk])).exists()
