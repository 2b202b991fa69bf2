"""The shapes of requests for attestations and of verdicts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.permissions import Permission
from apps.startups.disclosure import firm_pseudonym
from apps.startups.labels import KINDS, ROLES, language_of
from apps.startups.mailboxes import MAX_ADDRESS, address_masked
from apps.startups.models import AttestationRequest, Capability, Firm
from apps.startups.rules.seat_codes import code_grouped
from apps.startups.states import ATTESTATION_REQUEST, AttestorRole, EventKind, RequestStatus, Verdict
from kernel.access import Actor
from kernel.api.filters import ChoiceFilter, StrictFilterSet, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

REQUEST_ACTIONS = ("confirm", "refuse", "amend", "cancel")
GIVING = ("confirm", "refuse", "amend")
REASON = "Read by the firm: name no unit, place or person."
MAX_CODE = 40
MAX_TOKEN = 200


class AttestationRequestIn(serializers.Serializer[Any]):
    code = serializers.CharField(
        max_length=MAX_CODE, allow_blank=True, required=False, help_text="Of a seat, as its attestor handed it out."
    )
    email = serializers.EmailField(
        max_length=MAX_ADDRESS,
        allow_blank=True,
        required=False,
        help_text="Of a person without a seat; counts once the operator has vouched for the address.",
    )
    role = serializers.ChoiceField(choices=AttestorRole.choices, required=False, help_text="With an address only.")
    shows_name = serializers.BooleanField(
        required=False, help_text="Whether the attestor reads the firm's name beside the capability's title."
    )


class VerdictIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, required=False, help_text=REASON)


class AmendmentIn(VerdictIn):
    kind = serializers.ChoiceField(choices=EventKind.choices, required=False)
    occurred_at = serializers.DateTimeField(required=False, help_text="When it happened as the attestor knows it.")


class WithdrawalIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class LinkIn(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=MAX_TOKEN, help_text="From the mail.")


class LinkVerdictIn(LinkIn, AmendmentIn):
    verdict = serializers.ChoiceField(choices=Verdict.choices)


class LinkWithdrawalIn(LinkIn, WithdrawalIn):
    pass


class AnsweredOut(ApiSerializer):
    """What an event answers, by kind and date."""

    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()


class _EventShown(ApiSerializer):
    """The event that a request is about, and nothing else of the firm."""

    kind = serializers.ChoiceField(choices=EventKind.choices, source="event.kind")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    answers = AnsweredOut(source="event.answers", allow_null=True)
    note = serializers.CharField(source="event.note")
    capability_title = serializers.SerializerMethodField()
    firm_name = serializers.SerializerMethodField(help_text="Its name where it chose to show it, else its pseudonym.")
    role = serializers.ChoiceField(choices=AttestorRole.choices)

    def get_capability_title(self, request: AttestationRequest) -> str:
        return title_shown(capability=request.event.capability)

    def get_firm_name(self, request: AttestationRequest) -> str:
        return name_shown(firm=request.event.capability.firm, shows_name=request.shows_name)


class AttestationRequestOut(_EventShown):
    id = serializers.UUIDField()
    event = serializers.UUIDField(source="event_id")
    code = serializers.SerializerMethodField(help_text="The seat's; null where a mail address was asked.")
    address = serializers.SerializerMethodField(help_text="Masked, for the firm that typed it; null once it is erased.")
    shows_name = serializers.BooleanField()
    status = serializers.ChoiceField(choices=RequestStatus.choices)
    actions = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField(allow_null=True, help_text="When the mail server took it.")

    def get_code(self, request: AttestationRequest) -> str | None:
        return None if request.seat is None else code_grouped(code=request.seat.code)

    def get_address(self, request: AttestationRequest) -> str | None:
        if request.sealed_address is None or not _is_own(self, request):
            return None
        return address_masked(sealed=request.sealed_address)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(REQUEST_ACTIONS)}})
    def get_actions(self, request: AttestationRequest) -> list[str]:
        if request.status != RequestStatus.OPEN:
            return []
        actor = _actor(self)
        if _is_own(self, request):
            return [name for name in ATTESTATION_REQUEST.available(request, actor) if name == "cancel"]
        return list(GIVING) if actor.may(Permission.ATTESTATION_GIVE) else []


class LinkOut(_EventShown):
    kind_label = serializers.SerializerMethodField(help_text="In English or Ukrainian, by Accept-Language.")
    role_label = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField()

    def get_kind_label(self, request: AttestationRequest) -> str:
        return KINDS[language_of(get_language())][request.event.kind]

    def get_role_label(self, request: AttestationRequest) -> str:
        return ROLES[language_of(get_language())][request.role]


class LinkVerdictOut(ApiSerializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    attested_on = serializers.DateField()


class AttestationOut(ApiSerializer):
    """A verdict: to the firm its role and month, to who gave it also by which seat and on which day."""

    id = serializers.UUIDField()
    event = serializers.UUIDField(source="event_id")
    kind = serializers.ChoiceField(choices=EventKind.choices, source="event.kind")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    role = serializers.ChoiceField(choices=[("", ""), *AttestorRole.choices])
    month = serializers.SerializerMethodField(help_text="YYYY-MM")
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField()
    counts = serializers.BooleanField(help_text="Not before the operator vouched for a mail address.")
    is_withdrawn = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField(help_text="The seat's, for its own organisation.")
    attested_on = serializers.SerializerMethodField(help_text="For one's own organisation's.")

    def get_month(self, attestation: Any) -> str:
        return f"{attestation.attested_on:%Y-%m}"

    def get_is_withdrawn(self, attestation: Any) -> bool:
        return attestation.withdrawn_at is not None

    def get_code(self, attestation: Any) -> str | None:
        is_shown = attestation.token and self._is_giver(attestation)
        return code_grouped(code=attestation.token) if is_shown else None

    @extend_schema_field({"type": ["string", "null"], "format": "date"})
    def get_attested_on(self, attestation: Any) -> str | None:
        return attestation.attested_on.isoformat() if self._is_giver(attestation) else None

    def _is_giver(self, attestation: Any) -> bool:
        giver = attestation.attestor_id
        return giver is not None and giver == _actor(self).organisation_id


class AttestorEventIn(serializers.Serializer[Any]):
    request = serializers.UUIDField(required=False, help_text="A request to a seat of one's own.")
    admission = serializers.UUIDField(required=False, help_text="A firm's leave for a seat of one's own.")
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    answers = serializers.UUIDField(required=False, allow_null=True, help_text="An event of the same capability.")
    note = serializers.CharField(max_length=500, allow_blank=True, required=False, help_text=REASON)


class AttestationRequestFilter(StrictFilterSet):
    status = ChoiceFilter(choices=RequestStatus.choices)


class AttestationFilter(StrictFilterSet):
    event = UuidFilter(field_name="event_id")


def title_shown(*, capability: Capability) -> str:
    """The capability's title in the language of the request, where it has one."""
    return (language_of(get_language()) == "uk" and capability.title_uk) or capability.title


def name_shown(*, firm: Firm, shows_name: bool) -> str:
    """The firm's name where it chose to show it, else its pseudonym."""
    if not shows_name:
        return firm_pseudonym(firm_id=str(firm.pk))
    name = firm.organisation.legal_name_uk if language_of(get_language()) == "uk" else ""
    return name or firm.organisation.legal_name


def _actor(serializer: serializers.BaseSerializer[Any]) -> Actor:
    return get_actor(serializer.context["request"])


def _is_own(serializer: serializers.BaseSerializer[Any], request: AttestationRequest) -> bool:
    return request.event.capability.firm.organisation_id == _actor(serializer).organisation_id
