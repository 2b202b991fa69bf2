"""Seats of attestors and firms' leave for them."""

import pytest

from apps.organisations.rules import NotYours
from apps.organisations.states import Standing
from apps.startups.mailboxes import address_seal, address_unseal
from apps.startups.rules.seat_codes import code_clean
from apps.startups.services import attestor_seats as seating
from apps.startups.services.attestor_ties import SelfAttested
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import CapabilityStatus
from kernel.models import Event
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.factories.startups import CapabilityFactory, SeatFactory

pytestmark = pytest.mark.django_db


class TestAttestorSeatOpen:
    @pytest.mark.parametrize("kind", ["attestor", "authority"])
    def test_gives_a_code_and_seals_the_address(self, kind: str) -> None:
        actor = actor_of(OrganisationFactory(kind=kind))

        seat = seating.attestor_seat_open(actor=actor, role="unit", email="Unit@Army.example")

        assert code_clean(text=seat.code) == seat.code
        assert seat.sealed_address is not None
        assert address_unseal(sealed=seat.sealed_address) == "unit@army.example"
        assert Event.objects.get(name="startups.attestor_seat.opened").data == {"role": "unit"}

    @pytest.mark.parametrize(("kind", "standing"), [("firm", Standing.VERIFIED), ("attestor", Standing.REGISTERED)])
    def test_is_for_verified_attestors(self, kind: str, standing: str) -> None:
        with pytest.raises(seating.NoAttestor):
            seating.attestor_seat_open(actor=actor_of(OrganisationFactory(kind=kind, standing=standing)), role="unit")

    def test_refuses_what_is_no_address(self) -> None:
        with pytest.raises(seating.SeatNotAcceptable):
            seating.attestor_seat_open(
                actor=actor_of(OrganisationFactory(kind="attestor")), role="unit", email="nobody"
            )

    def test_ends_at_a_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seating, "MOST_SEATS", 1)
        seat = SeatFactory()

        with pytest.raises(seating.TooManySeats):
            seating.attestor_seat_open(actor=actor_of(seat.organisation), role="unit")


class TestAttestorSeatDisable:
    def test_erases_the_address(self) -> None:
        seat = SeatFactory(sealed_address=address_seal(address="unit@army.example"))
        actor = actor_of(seat.organisation)

        seating.attestor_seat_disable(actor=actor, seat=seat)
        first = seat.disabled_at
        seating.attestor_seat_disable(actor=actor, seat=seat)

        assert seat.sealed_address is None
        assert seat.disabled_at == first is not None
        assert Event.objects.filter(name="startups.attestor_seat.disabled").count() == 1

    def test_is_not_anothers(self) -> None:
        with pytest.raises(NotYours):
            seating.attestor_seat_disable(actor=actor_of(OrganisationFactory(kind="attestor")), seat=SeatFactory())


class TestAttestorAdmit:
    def test_lets_a_seat_in_once(self) -> None:
        capability, seat = CapabilityFactory(), SeatFactory()
        actor = actor_of(capability.firm.organisation)

        admission = seating.attestor_admit(actor=actor, capability=capability, code=seat.code)

        assert (admission.capability, admission.seat, admission.shows_name) == (capability, seat, False)
        with pytest.raises(seating.AdmittedAlready):
            seating.attestor_admit(actor=actor, capability=capability, code=seat.code)

    def test_ends_at_a_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seating, "MOST_ADMISSIONS", 0)
        capability = CapabilityFactory()

        with pytest.raises(seating.TooManyAdmissions):
            seating.attestor_admit(
                actor=actor_of(capability.firm.organisation), capability=capability, code=SeatFactory().code
            )

    def test_lets_in_nobody_tied_to_the_firm(self) -> None:
        capability, seat = CapabilityFactory(), SeatFactory()
        member = MembershipFactory(organisation=capability.firm.organisation)
        MembershipFactory(organisation=seat.organisation, user=member.user)

        with pytest.raises(SelfAttested):
            seating.attestor_admit(actor=actor_of(capability.firm.organisation), capability=capability, code=seat.code)

    def test_is_the_firms(self) -> None:
        seat = SeatFactory()

        with pytest.raises(NotYours):
            seating.attestor_admit(actor=actor_of(seat.organisation), capability=CapabilityFactory(), code=seat.code)

    def test_admits_to_nothing_archived(self) -> None:
        capability = CapabilityFactory(status=CapabilityStatus.ARCHIVED)

        with pytest.raises(CapabilityArchived):
            seating.attestor_admit(
                actor=actor_of(capability.firm.organisation), capability=capability, code=SeatFactory().code
            )


class TestAttestorAdmissionEnd:
    def test_ends_once_and_is_the_firms(self) -> None:
        capability, seat = CapabilityFactory(), SeatFactory()
        actor = actor_of(capability.firm.organisation)
        admission = seating.attestor_admit(actor=actor, capability=capability, code=seat.code)

        with pytest.raises(NotYours):
            seating.attestor_admission_end(actor=actor_of(seat.organisation), admission=admission)
        seating.attestor_admission_end(actor=actor, admission=admission)
        seating.attestor_admission_end(actor=actor, admission=admission)

        assert admission.ended_at is not None
        assert Event.objects.filter(name="startups.attestor_admission.ended").count() == 1
