"""The shapes of verification cases: as the organisation reads its own, and as officers read the file."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compliance.checklists import checklists
from apps.compliance.rules.cases import suspension_shown
from apps.compliance.selectors.cases import open_branches
from apps.compliance.selectors.screening import is_cleared
from apps.compliance.services.actions import OFFICER_ACTIONS, OWN_ACTIONS, officer_actions, own_actions
from apps.compliance.states import (
    OPEN_CASES,
    CaseCause,
    CaseStatus,
    Clearance,
    ItemNeed,
    ItemState,
    RequestKind,
    SuspensionCause,
)
from apps.organisations.briefs import OrganisationBrief
from apps.organisations.states import KINDS
from kernel.api.filters import ChoiceFilter, FlagFilter, StrictFilterSet, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer
from kernel.clock import utc_today

ACTIONS_OF = {"type": "array", "items": {"type": "string"}}


class ShownIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40, help_text="Of the item on the checklist.")
    documents = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=20,
        help_text="Of one's own, each with a clean version.",
    )
    statement = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class ProvisionIn(serializers.Serializer[Any]):
    items = ShownIn(many=True, allow_empty=False, max_length=40)  # type: ignore[call-arg]


class AnswerIn(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=4000)
    documents = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=20)


class RequestIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=RequestKind.choices, default=RequestKind.QUESTION)
    text = serializers.CharField(max_length=4000, help_text="The organisation reads it.")
    items = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=40)
    due_on = serializers.DateField(help_text="From tomorrow on; a notice of refusal leaves five working days.")


class JudgementOnItem(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40)
    state = serializers.ChoiceField(choices=[ItemState.ACCEPTED.value, ItemState.REJECTED.value])
    note = serializers.CharField(
        max_length=2000,
        allow_blank=True,
        required=False,
        help_text="Required to reject. The organisation reads it, but for the officer's own items.",
    )


class NoteIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)


class VerifyIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)
    ownership_note = serializers.CharField(
        max_length=2000, allow_blank=True, required=False, help_text="Why a branch of the ownership may stay open."
    )


class RefuseIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, help_text="The organisation reads it.")
    remedy = serializers.CharField(max_length=2000, help_text="What the organisation can do.")


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class _DocumentIds(serializers.ListField):
    """The ids of the documents shown for an item or with an answer."""

    def __init__(self) -> None:
        super().__init__(child=serializers.UUIDField(), source="case_documents", read_only=True)

    def to_representation(self, data: Any) -> list[str]:
        return [str(row.document_id) for row in data.all()]


class OwnItemOut(ApiSerializer):
    code = serializers.CharField()
    title = serializers.SerializerMethodField()
    need = serializers.ChoiceField(choices=ItemNeed.choices)
    state = serializers.ChoiceField(choices=ItemState.choices)
    statement = serializers.CharField()
    documents = _DocumentIds()
    note = serializers.CharField(help_text="Why it was rejected, or what the officer says of it.")
    provided_at = serializers.DateTimeField(allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, item: Any) -> str:
        known = checklists().by_code().get(item.code)
        return item.code if known is None else known.title(language=get_language() or "en")


class ItemOut(OwnItemOut):
    provided_by = serializers.UUIDField(source="provided_by_id", allow_null=True)
    judged_by = serializers.UUIDField(source="judged_by_id", allow_null=True)


class OwnRequestOut(ApiSerializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    text = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField(), source="item_codes")
    due_on = serializers.DateField()
    asked_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    documents = _DocumentIds()


class RequestOut(OwnRequestOut):
    asked_by = serializers.UUIDField(source="asked_by_id", allow_null=True)
    answered_by = serializers.UUIDField(source="answered_by_id", allow_null=True)


class NoteOut(ApiSerializer):
    id = serializers.UUIDField()
    author = serializers.UUIDField(source="author_id", allow_null=True)
    text = serializers.CharField()
    at = serializers.DateTimeField()


class _CaseOut(ApiSerializer):
    id = serializers.UUIDField()
    cause = serializers.ChoiceField(choices=CaseCause.choices)
    status = serializers.ChoiceField(choices=CaseStatus.choices)
    checklist = serializers.CharField(help_text="The edition that the items come from.")
    is_standing = serializers.BooleanField(help_text="Whether the organisation's standing rests on this case.")
    opened_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    taken_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Of the decision.")
    remedy = serializers.CharField(help_text="What can be done against a refusal.")
    suspended_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text="By when the organisation has to renew.")
    next_due_on = serializers.DateField(allow_null=True, help_text="When the verification is to be renewed.")


class OwnCaseOut(_CaseOut):
    organisation = serializers.UUIDField(source="organisation_id")
    actions = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField(help_text="Of a refusal.")  # type: ignore[assignment]
    suspension_cause = serializers.SerializerMethodField(allow_null=True)
    suspension_reason = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()
    requests = OwnRequestOut(many=True)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(OWN_ACTIONS)}})
    def get_actions(self, case: Any) -> list[str]:
        return own_actions(actor=get_actor(self.context["request"]), case=case)

    def get_reason(self, case: Any) -> str:
        return str(case.reason) if case.status == CaseStatus.REFUSED else ""

    @extend_schema_field({"type": ["string", "null"], "enum": [*SuspensionCause.values, None]})
    def get_suspension_cause(self, case: Any) -> str | None:
        return suspension_shown(cause=case.suspension_cause, reason="")[0] or None

    def get_suspension_reason(self, case: Any) -> str:
        return suspension_shown(cause=case.suspension_cause, reason=case.suspension_reason)[1]

    @extend_schema_field(OwnItemOut(many=True))
    def get_items(self, case: Any) -> Any:
        shown = [item for item in case.items.all() if item.need != ItemNeed.OFFICER]
        return OwnItemOut(shown, many=True, context=self.context).data


class CaseBrief(_CaseOut):
    """A case in the officers' list."""

    organisation = OrganisationBrief()
    actions = serializers.SerializerMethodField()
    officer = serializers.UUIDField(source="officer_id", allow_null=True)
    decided_by = serializers.UUIDField(source="decided_by_id", allow_null=True)
    suspension_cause = serializers.CharField()
    suspension_reason = serializers.CharField()

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(OFFICER_ACTIONS)}})
    def get_actions(self, case: Any) -> list[str]:
        return officer_actions(actor=get_actor(self.context["request"]), case=case)


class CaseOut(CaseBrief):
    """The case file."""

    submitted_by = serializers.UUIDField(source="submitted_by_id", allow_null=True)
    ownership_note = serializers.CharField()
    clearance = serializers.SerializerMethodField(help_text="What screening says now.")
    open_branches = serializers.SerializerMethodField(
        help_text="Parties above which the ownership ends at nobody who is named, where that may reach a threshold."
    )
    items = ItemOut(many=True)
    requests = RequestOut(many=True)
    notes = NoteOut(many=True)

    @extend_schema_field({"type": "string", "enum": Clearance.values})
    def get_clearance(self, case: Any) -> str:
        return str(is_cleared(organisation_id=case.organisation_id))

    @extend_schema_field({"type": "array", "items": {"type": "string", "format": "uuid"}})
    def get_open_branches(self, case: Any) -> list[str]:
        return [str(branch.party) for branch in open_branches(organisation_id=case.organisation_id, on=utc_today())]


class OverdueFilter(FlagFilter):
    """Whether a date of the case has passed: to renew it, or to bring its renewal to an end."""

    def filter(self, qs: QuerySet[Any], value: list[bool] | None) -> QuerySet[Any]:
        if not value or set(value) == {True, False}:
            return qs
        today = utc_today()
        late = Q(status__in=OPEN_CASES, due_on__lt=today) | Q(is_standing=True, next_due_on__lt=today)
        return qs.filter(late) if value[0] else qs.filter(~late | Q(due_on=None, next_due_on=None))


class CaseFilter(StrictFilterSet):
    status = ChoiceFilter(choices=CaseStatus.choices)
    kind = ChoiceFilter(field_name="organisation__kind", choices=KINDS)
    cause = ChoiceFilter(choices=CaseCause.choices)
    suspension_cause = ChoiceFilter(choices=SuspensionCause.choices)
    organisation = UuidFilter(field_name="organisation_id")
    officer = UuidFilter(field_name="officer_id")
    is_standing = FlagFilter()
    overdue = OverdueFilter(field_name="due_on")


class InterestIn(serializers.Serializer[Any]):
    organisation = serializers.UUIDField()
    reason = serializers.CharField(max_length=500)
    until = serializers.DateField(required=False, allow_null=True, help_text="The last day; open when left out.")


class InterestOut(ApiSerializer):
    id = serializers.UUIDField()
    user = serializers.UUIDField(source="user_id")
    organisation = serializers.UUIDField(source="organisation_id")
    reason = serializers.CharField()
    declared_at = serializers.DateTimeField()
    until = serializers.DateField(allow_null=True)
