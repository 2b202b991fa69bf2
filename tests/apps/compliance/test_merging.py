"""What becomes of ownership when an organisation's two entries are merged."""

import datetime as dt
from typing import Any

import pytest

from apps.compliance.merging import compliance_merge
from apps.compliance.models import (
    GroupMembership,
    OwnershipStatement,
    Permit,
    ScreeningDue,
    ScreeningSubject,
    VerificationCase,
)
from apps.compliance.services.renewals import changed
from apps.compliance.services.subjects import subjects_refresh
from apps.compliance.services.suspensions import standing_adopt
from apps.organisations.models import Organisation
from kernel.clock import utc_now
from tests.factories.compliance import owns, party_for
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


def merge():
    merged, into = OrganisationFactory.create_batch(2)
    return merged, into, lambda: compliance_merge(merged=merged, into=into, now=utc_now())


class TestComplianceMerge:
    def test_moves_owners_holdings_and_words(self) -> None:
        merged, into, run = merge()
        other = OrganisationFactory()
        first = owns(None, merged, share="0.5")
        owns(first.owner, merged, share="0.6", supersedes=first)
        owns(merged, other, share="0.1")

        report = run()

        assert (report.moved["ownership_statements"], report.moved["holdings"]) == (2, 1)
        assert set(OwnershipStatement.objects.values_list("owned_id", flat=True)) == {into.pk, other.pk}
        assert not OwnershipStatement.objects.filter(stated_by=merged).exists()

    def test_the_owners_that_the_other_stated_hold(self) -> None:
        merged, into, run = merge()
        owns(None, merged, share="0.9")
        kept = owns(None, into, share="0.9")

        report = run()

        assert report.conflicts["ownership_statements"] == 1
        assert list(OwnershipStatement.objects.filter(owned=into.pk)) == [kept]

    def test_nobody_owns_itself(self) -> None:
        merged, into, run = merge()
        owns(merged, into, share="0.9")

        run()

        assert not OwnershipStatement.objects.standing().exists()

    def test_a_holding_that_both_have_is_counted_once(self) -> None:
        merged, into, run = merge()
        other = OrganisationFactory()
        for owner in (merged, into):
            owns(owner, other, share="0.4")

        report = run()

        assert report.conflicts["holdings"] == 1
        assert OwnershipStatement.objects.filter(owner=into.pk).count() == 1

    def test_of_two_roles_in_groups_the_others_holds(self) -> None:
        merged, into, run = merge()
        for organisation in (merged, into):
            GroupMembership.objects.create(organisation=organisation, role="top_company", party=party_for(organisation))

        run()

        assert GroupMembership.objects.filter(organisation=into).count() == 2
        assert GroupMembership.objects.get(ended_at=None).party_id == into.pk


class TestPapers:
    def test_cases_and_permits_go_along(self) -> None:
        merged, into, other = OrganisationFactory(), OrganisationFactory(), OrganisationFactory()
        standing_adopt(organisation=merged)
        changed(organisation_id=merged.pk, cause="ownership_changed")  # type: ignore[arg-type]
        kept = standing_adopt(organisation=into)
        permit = _permit(merged)
        named = _permit(other, recipient_ids=[merged.pk, other.pk])

        moved = compliance_merge(merged=merged, into=into, now=utc_now())

        assert (moved.moved["verification_cases"], moved.moved["permits"]) == (2, 1)
        assert VerificationCase.objects.get(organisation=into, is_standing=True) == kept
        permit.refresh_from_db()
        named.refresh_from_db()
        assert permit.organisation_id == into.pk
        assert set(named.recipient_ids) == {into.pk, other.pk}

    def test_of_two_alike_the_others_counts(self) -> None:
        merged, into = OrganisationFactory(), OrganisationFactory()
        for organisation in (merged, into):
            changed(organisation_id=organisation.pk, cause="data_changed")  # type: ignore[arg-type]
            _permit(organisation)

        moved = compliance_merge(merged=merged, into=into, now=utc_now())

        assert (moved.conflicts["verification_cases"], moved.conflicts["permits"]) == (1, 1)
        assert VerificationCase.objects.open().filter(organisation=into).count() == 1

    def test_a_permit_that_the_other_had_refused_keeps_none_back(self) -> None:
        merged, into = OrganisationFactory(), OrganisationFactory()
        _permit(into, status="refused")
        confirmed = _permit(merged, status="confirmed")

        moved = compliance_merge(merged=merged, into=into, now=utc_now())

        assert (moved.moved["permits"], moved.conflicts["permits"]) == (1, 0)
        confirmed.refresh_from_db()
        assert (confirmed.organisation_id, confirmed.status) == (into.pk, "confirmed")


def _permit(organisation: Organisation, **values: Any) -> Permit:
    stated = {
        "kind": "export",
        "issuer": "Export control",
        "issuer_country": "UA",
        "number": "1",
        "export_codes": ["ML10"],
        "recipient_countries": ["EE"],
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": dt.date(2026, 12, 31),
        **values,
    }
    return Permit.objects.create(organisation=organisation, **stated)


class TestScreeningMerge:
    def test_ends_being_screened_for_the_merged_one(self) -> None:
        merged, into, run = merge()
        for organisation in (merged, into):
            subjects_refresh(organisation_id=organisation.pk)
        ScreeningDue.objects.create(screened=merged, cause="yearly")

        run()

        assert list(ScreeningSubject.objects.filter(is_current=True).values_list("screened", flat=True)) == [into.pk]
        assert not ScreeningDue.objects.exists()
