"""Merging organisations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.models import Organisation
from kernel.api.serializers import ApiSerializer, VisibleObject


class MergeIn(serializers.Serializer[Any]):
    into = VisibleObject(Organisation.objects.all())
    dry_run = serializers.BooleanField(help_text="true: only count what would move.")


class MergeOut(ApiSerializer):
    dry_run = serializers.BooleanField()
    organisation = serializers.UUIDField(source="organisation_id")
    into = serializers.UUIDField(source="into_id")
    moved = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by kind.")
    conflicts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Rows by kind that stay, as the other organisation has its own."
    )
