"""What of the registry moves when a firm's two entries are merged."""

import pytest

from apps.organisations.services import organisation_merge
from apps.startups.models import Attestation, AttestorAddress, AttestorSeat
from apps.startups.services.attestations import attestation_give
from kernel.access import Actor
from kernel.models import Event
from tests.apps.startups.services.test_attestation_requests import by_mail
from tests.factories.organisations import OrganisationFactory
from tests.factories.startups import DevelopmentEventFactory, FirmFactory, RaiseFactory, SeatFactory, asked, attestor_of

pytestmark = pytest.mark.django_db


def merge(merged, into):
    organisation_merge(actor=Actor.system(), organisation=merged, into=into, dry_run=False)


class TestBlockedOrganisations:
    def test_are_blocked_by_the_entry_that_stays(self):
        merged, into, third = (OrganisationFactory(kind="fund") for _ in range(3))
        item = RaiseFactory(blocked_organisations=[merged.pk, third.pk])
        both = RaiseFactory(blocked_organisations=[into.pk, merged.pk])

        merge(merged, into)

        for row in (item, both):
            row.refresh_from_db()
        assert item.blocked_organisations == [into.pk, third.pk]
        assert both.blocked_organisations == [into.pk]

    def test_are_never_the_firm_itself(self):
        merged = OrganisationFactory(kind="firm")
        item = RaiseFactory(blocked_organisations=[merged.pk])

        merge(merged, item.firm.organisation)

        item.refresh_from_db()
        assert item.blocked_organisations == []

    def test_are_not_told_of(self):
        merged, into = OrganisationFactory(kind="fund"), OrganisationFactory(kind="fund")
        item = RaiseFactory(blocked_organisations=[merged.pk])
        other, target = OrganisationFactory(kind="fund"), OrganisationFactory(kind="fund")

        merge(merged, into)
        merge(other, target)

        told = [event.data for event in Event.objects.filter(name="organisations.organisation.merged").order_by("id")]
        with_blocked, without = ({**data, "into": None} for data in told)
        assert with_blocked == without
        assert str(item.pk) not in str(told)


class TestAttestors:
    def test_seats_go_along_with_what_they_said(self):
        event, seat, other = DevelopmentEventFactory(), SeatFactory(), SeatFactory()
        for code in (seat.code, other.code):
            request = asked(event, code=code)
            attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")

        merge(seat.organisation, other.organisation)

        assert set(AttestorSeat.objects.values_list("organisation", flat=True)) == {other.organisation_id}
        words = Attestation.objects.values_list("attestor", "token")
        assert set(words) == {(other.organisation_id, seat.code), (other.organisation_id, other.code)}

    def test_addresses_go_along_unless_the_other_asked_them(self):
        asked_by_both, moving, kept = by_mail(), by_mail(email="ivan@unit.example"), by_mail()
        AttestorAddress.objects.filter(pk=moving.address_id).update(organisation=asked_by_both.address.organisation)
        into = FirmFactory().organisation
        AttestorAddress.objects.filter(pk=kept.address_id).update(organisation=into)
        merged = asked_by_both.address.organisation

        merge(merged, into)

        assert set(AttestorAddress.objects.filter(organisation=into).values_list("pk", flat=True)) == {
            moving.address_id,
            kept.address_id,
        }
