"""The shapes of seats, admissions, mail addresses and attempts of self-attestation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.startups.api.serializers.attestations import MAX_CODE, name_shown, title_shown
from apps.startups.mailboxes import MAX_ADDRESS, address_masked
from apps.startups.models import AttestorAdmission, AttestorSeat
from apps.startups.rules.seat_codes import code_grouped
from apps.startups.states import AddressStatus, AttestorRole, Tie
from kernel.api.filters import ChoiceFilter, StrictFilterSet, UuidFilter
from kernel.api.serializers import ApiSerializer


class SeatIn(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=AttestorRole.choices)
    email = serializers.EmailField(
        max_length=MAX_ADDRESS,
        required=False,
        allow_null=True,
        help_text="Where its requests are mailed to; without one they wait here only.",
    )


class SeatOut(ApiSerializer):
    id = serializers.UUIDField()
    code = serializers.SerializerMethodField(help_text="Give it to firms; who sits here, keep yourselves.")
    role = serializers.ChoiceField(choices=AttestorRole.choices)
    address = serializers.SerializerMethodField(help_text="Masked.")
    opened_at = serializers.DateTimeField()
    disabled_at = serializers.DateTimeField(allow_null=True)

    def get_code(self, seat: AttestorSeat) -> str:
        return code_grouped(code=seat.code)

    def get_address(self, seat: AttestorSeat) -> str | None:
        return None if seat.sealed_address is None else address_masked(sealed=seat.sealed_address)


class AdmissionIn(serializers.Serializer[Any]):
    capability = serializers.UUIDField()
    code = serializers.CharField(max_length=MAX_CODE, help_text="Of a seat, as its attestor handed it out.")
    shows_name = serializers.BooleanField(required=False, help_text="Whether the attestor reads the firm's name.")


class AdmissionOut(ApiSerializer):
    id = serializers.UUIDField()
    capability_title = serializers.SerializerMethodField()
    firm_name = serializers.SerializerMethodField(help_text="Its name where it chose to show it, else its pseudonym.")
    code = serializers.SerializerMethodField()
    role = serializers.ChoiceField(choices=AttestorRole.choices, source="seat.role")
    shows_name = serializers.BooleanField()
    admitted_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_capability_title(self, admission: AttestorAdmission) -> str:
        return title_shown(capability=admission.capability)

    def get_firm_name(self, admission: AttestorAdmission) -> str:
        return name_shown(firm=admission.capability.firm, shows_name=admission.shows_name)

    def get_code(self, admission: AttestorAdmission) -> str:
        return code_grouped(code=admission.seat.code)


class AddressOut(ApiSerializer):
    """A mail address as an officer judges it: its domain, never itself."""

    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id", help_text="The firm that asked.")
    role = serializers.ChoiceField(choices=AttestorRole.choices)
    domain = serializers.CharField()
    shares_domain = serializers.BooleanField(help_text="Somebody of the firm signs in with the same domain.")
    status = serializers.ChoiceField(choices=AddressStatus.choices)
    first_asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class AddressReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class SelfAttestationOut(ApiSerializer):
    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id", help_text="The firm.")
    attestor = serializers.UUIDField(source="attestor_id", allow_null=True, help_text="Null for a mail address.")
    tie = serializers.ChoiceField(choices=Tie.choices)
    attempted_at = serializers.DateTimeField()


class AddressFilter(StrictFilterSet):
    status = ChoiceFilter(choices=AddressStatus.choices)
    organisation = UuidFilter(field_name="organisation_id")


class SelfAttestationFilter(StrictFilterSet):
    organisation = UuidFilter(field_name="organisation_id")
