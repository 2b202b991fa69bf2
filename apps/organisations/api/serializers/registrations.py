"""Registrations and what an operator has to look at in them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.api.serializers.organisations import IdentifierField
from apps.organisations.briefs import OrganisationBrief, RomanisedField
from apps.organisations.states import (
    KINDS,
    REGISTRATION,
    REGISTRATION_CLASH,
    ClashCause,
    ClashStatus,
    RegistrationStatus,
)
from kernel.api.filters import ChoiceFilter, StrictFilterSet
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer


class NumberField(IdentifierField):
    """A number kept as a pair of scheme and number."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        scheme, value = instance
        return {"scheme": scheme, "value": value}


class RegistrationOut(ApiSerializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    legal_name = serializers.CharField()
    legal_name_uk = serializers.CharField()
    legal_name_romanised = RomanisedField()
    country = serializers.CharField()
    identifiers = NumberField(many=True)
    status = serializers.ChoiceField(choices=RegistrationStatus.choices)
    actions = serializers.SerializerMethodField()
    organisation = serializers.SerializerMethodField(help_text="Set once registered.")
    created_at = serializers.DateTimeField()

    def get_actions(self, registration: Any) -> list[str]:
        return ["withdraw"] if registration.status in REGISTRATION.by_name["withdraw"].sources else []

    def get_organisation(self, registration: Any) -> str | None:
        """The organisation that was made of it, or the one that was merged into since if one came along there."""
        made = registration.organisation
        return None if made is None else str(self.successor_of(registration) or made.pk)

    def successor_of(self, registration: Any) -> Any:
        """The id of the organisation that the one made of the registration was merged into, if it may be told."""
        return getattr(registration, "successor_id", None)


class RegistrationFilter(StrictFilterSet):
    status = ChoiceFilter(choices=RegistrationStatus.choices)


class ClashedRegistration(RegistrationOut):
    applicant = serializers.UUIDField(source="applicant_id")
    actions = None  # type: ignore[assignment]

    def successor_of(self, registration: Any) -> Any:
        return registration.organisation.merged_into_id


class ClashedOrganisation(OrganisationBrief):
    legal_name_uk = serializers.CharField()
    identifiers = IdentifierField(many=True)


class RegistrationClashOut(ApiSerializer):
    id = serializers.UUIDField()
    cause = serializers.ChoiceField(choices=ClashCause.choices)
    similarity = serializers.DecimalField(
        max_digits=4, decimal_places=3, allow_null=True, help_text="Of the names, 0 to 1; null where numbers clash."
    )
    status = serializers.ChoiceField(choices=ClashStatus.choices)
    actions = serializers.SerializerMethodField()
    registration = ClashedRegistration()
    organisation = ClashedOrganisation(help_text="The one that was there before.")
    created_at = serializers.DateTimeField()
    decided_by = serializers.UUIDField(source="decided_by_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()

    def get_actions(self, clash: Any) -> list[str]:
        return REGISTRATION_CLASH.available(clash, get_actor(self.context["request"]))


class RegistrationClashFilter(StrictFilterSet):
    status = ChoiceFilter(choices=ClashStatus.choices)
    cause = ChoiceFilter(choices=ClashCause.choices)
    registration_status = ChoiceFilter(field_name="registration__status", choices=RegistrationStatus.choices)


class JudgementIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)
