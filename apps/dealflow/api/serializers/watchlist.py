"""The shapes of a fund's stages, watch-list, notes and reminders."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.dealflow.models.notes import MAX_NOTE, MAX_REMINDER
from apps.dealflow.models.pipeline import MAX_STAGE_NAME, MAX_TAG, MAX_TAGS, MAX_TITLE
from apps.dealflow.rules.pipeline import MOST_STAGES
from apps.dealflow.selectors.watchlist import entry_subject
from apps.dealflow.states import Priority, SubjectKind
from apps.organisations.disclosure import Tier
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument
from apps.startups.disclosure import firm_name
from apps.startups.models import Firm
from apps.startups.states import CapabilityStatus, Maturity
from kernel.api.money import MoneyOut
from kernel.api.serializers import ApiSerializer

PERSON = "The user id of a member of the fund."


class StageIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=MAX_STAGE_NAME)


class StageOrder(serializers.Serializer[Any]):
    stages = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_STAGES, help_text="All stages in use, in their new order."
    )


class StageOut(ApiSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    position = serializers.IntegerField()
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class BoardColumnOut(ApiSerializer):
    id = serializers.UUIDField(help_text="Of the stage.")
    name = serializers.CharField()
    position = serializers.IntegerField()
    count = serializers.IntegerField(help_text="Entries in the stage.")
    overdue_count = serializers.IntegerField(help_text="Of them with a follow-up day that has passed.")
    high_count = serializers.IntegerField(help_text="Of them with high priority.")


def _tags() -> serializers.ListField:
    tag = serializers.CharField(max_length=MAX_TAG)
    return serializers.ListField(child=tag, max_length=MAX_TAGS, required=False, help_text="The fund's own words.")


class EntryEdit(serializers.Serializer[Any]):
    title = serializers.CharField(
        max_length=MAX_TITLE, allow_blank=True, required=False, help_text="The fund's own words for what it watches."
    )
    assignee = serializers.UUIDField(allow_null=True, required=False, help_text=PERSON)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    tags = _tags()
    follow_up_on = serializers.DateField(allow_null=True, required=False)


class EntryIn(EntryEdit):
    kind = serializers.ChoiceField(choices=SubjectKind.choices)
    subject = serializers.UUIDField(help_text="The id of a firm, capability or raise that the fund sees.")
    stage = serializers.UUIDField(required=False, help_text="The fund's first stage, if left out.")


class EntryMove(serializers.Serializer[Any]):
    stage = serializers.UUIDField(help_text="Another stage in use.")


class WatchedFirmOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="As at T1: the legal name, or the pseudonym by the firm's choice.")
    is_pseudonym = serializers.BooleanField()
    country = serializers.CharField()


class WatchedRaiseOut(serializers.Serializer[Any]):
    amount = MoneyOut(column="amount")
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices))
    stage = serializers.CharField()
    status = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    need_by = serializers.DateField(allow_null=True)


class WatchedCapabilityOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    area = serializers.CharField()
    trl = serializers.IntegerField(allow_null=True)
    maturity = serializers.ChoiceField(choices=Maturity.choices)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True)


class SubjectOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=SubjectKind.choices)
    is_visible = serializers.BooleanField(help_text="false: no longer visible; nothing else is told then.")
    id = serializers.UUIDField(required=False)
    startup = WatchedFirmOut(required=False)
    capability = WatchedCapabilityOut(required=False, help_text="Of a raise: its lead, where that is published.")
    raise_terms = WatchedRaiseOut(required=False, help_text="Of a raise.")


class EntryOut(ApiSerializer):
    """An entry of `entry_list`. Of what is watched it tells what T1 shows and no more: no reading is recorded for it,
    so that its firm learns nothing.
    """

    id = serializers.UUIDField()
    subject = serializers.SerializerMethodField()
    title = serializers.CharField()
    stage = serializers.UUIDField(source="stage_id")
    assignee = serializers.UUIDField(source="assignee_id", allow_null=True, help_text=PERSON)
    priority = serializers.ChoiceField(choices=Priority.choices)
    tags = serializers.ListField(child=serializers.CharField())
    follow_up_on = serializers.DateField(allow_null=True)
    moved_at = serializers.DateTimeField(help_text="Since when it is in its stage.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(SubjectOut)
    def get_subject(self, entry: Any) -> dict[str, Any]:
        row = entry_subject(entry=entry)
        if row is None:
            return {"kind": entry.kind, "is_visible": False}
        firm = row if entry.kind == SubjectKind.FIRM else row.firm
        shown = {"kind": entry.kind, "is_visible": True, "id": str(row.pk), "startup": _firm(firm, row)}
        capability = {SubjectKind.CAPABILITY: row, SubjectKind.RAISE: getattr(row, "lead_capability", None)}
        described = capability.get(entry.kind)
        if described is not None and described.status == CapabilityStatus.PUBLISHED:
            shown["capability"] = _capability(described)
        if entry.kind == SubjectKind.RAISE:
            shown["raise_terms"] = WatchedRaiseOut(row).data
        return shown


def _firm(firm: Firm, row: Any) -> dict[str, Any]:
    """A firm as T1 shows it, whatever it granted: what goes further is read, and recorded, where it is shown whole."""
    shown = firm_name(firm=firm, viewer_tier=Tier.T1, is_revealed=row.is_revealed)
    country = firm.organisation.country
    return {"id": str(firm.pk), "name": shown.name, "is_pseudonym": shown.is_pseudonym, "country": country}


def _capability(capability: Any) -> dict[str, Any]:
    named = {name: getattr(capability, name) for name in ("title", "trl", "maturity", "tier")}
    return {**named, "area": capability.area.code}


class MoveOut(ApiSerializer):
    id = serializers.UUIDField()
    from_stage = serializers.UUIDField(source="from_stage_id", allow_null=True, help_text="null: put on the list.")
    to_stage = serializers.UUIDField(source="to_stage_id")
    moved_by = serializers.UUIDField(source="moved_by_id", allow_null=True)
    moved_at = serializers.DateTimeField()


class WatchlistNoteIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=MAX_NOTE)


class WatchlistNoteBrief(ApiSerializer):
    id = serializers.UUIDField()
    author = serializers.UUIDField(source="author_id", help_text=PERSON)
    text = serializers.CharField()
    edited_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class WatchlistNoteTextOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    written_at = serializers.DateTimeField()


class WatchlistNoteOut(WatchlistNoteBrief):
    earlier = serializers.SerializerMethodField(help_text="What it said before, the oldest text first.")

    @extend_schema_field(WatchlistNoteTextOut(many=True))
    def get_earlier(self, note: Any) -> list[dict[str, Any]]:
        texts = sorted(note.earlier.all(), key=lambda item: item.number)
        return list(WatchlistNoteTextOut(texts, many=True).data)


class ReminderIn(serializers.Serializer[Any]):
    due_at = serializers.DateTimeField(help_text="To come, within five years.")
    person = serializers.UUIDField(required=False, help_text=f"{PERSON} Oneself, if left out.")
    text = serializers.CharField(max_length=MAX_REMINDER, allow_blank=True, required=False)


class ReminderOut(ApiSerializer):
    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id", help_text=PERSON)
    set_by = serializers.UUIDField(source="set_by_id", allow_null=True)
    due_at = serializers.DateTimeField()
    text = serializers.CharField()
    told_at = serializers.DateTimeField(allow_null=True, help_text="null: still to come.")
    created_at = serializers.DateTimeField()
