"""Reading verification cases, and what of an ownership is open."""

import datetime as dt

import pytest

from apps.compliance.selectors.cases import case_current, case_list, open_branches
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_today
from tests.factories.cases import case_drafted, case_verified, officer_made, registered
from tests.factories.compliance import owns
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestCaseList:
    def test_drafts_are_the_organisations_own(self) -> None:
        _organisation, owner = registered()
        case = case_drafted(owner)

        assert list(case_list(actor=owner)) == [case]
        assert list(case_list(actor=officer_made())) == []
        assert list(case_list(actor=actor_of(OrganisationFactory()))) == []
        assert list(case_list(actor=Actor.system())) == [case]


class TestCaseCurrent:
    def test_prefers_what_is_under_way(self) -> None:
        organisation, owner = registered()
        assert case_current(actor=owner, organisation_id=organisation.pk) is None
        verified = case_verified(owner, officer_made())
        assert case_current(actor=owner, organisation_id=organisation.pk) == verified

        renewal = case_drafted(owner)

        assert case_current(actor=owner, organisation_id=organisation.pk) == renewal
        assert case_current(actor=actor_of(OrganisationFactory()), organisation_id=organisation.pk) is None


class TestOpenBranches:
    @pytest.mark.parametrize(("share", "is_open"), [("0.5", True), ("0.76", False), ("1", False)])
    def test_counts_what_may_reach_a_threshold(self, share: str, is_open: bool) -> None:
        organisation = OrganisationFactory()
        owns(None, organisation, name="A. Person", share=share)

        assert bool(open_branches(organisation_id=organisation.pk, on=utc_today())) == is_open

    def test_is_open_where_nothing_is_stated_and_of_no_authority(self) -> None:
        day = dt.date(2026, 11, 1)

        assert len(open_branches(organisation_id=OrganisationFactory(kind=Kind.FUND).pk, on=day)) == 1
        assert open_branches(organisation_id=OrganisationFactory(kind=Kind.AUTHORITY).pk, on=day) == []
