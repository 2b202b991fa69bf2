"""The shapes of mandates' versions in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.investors.disclosure import TIERS
from apps.investors.models import MandateVersion
from apps.organisations.tiered import TieredSerializer


class TermChange(serializers.Serializer[Any]):
    """What one field was and is; decimals are texts."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is no name that a class can give.
        return {
            "field": serializers.CharField(),
            "from": serializers.JSONField(allow_null=True),
            "to": serializers.JSONField(allow_null=True),
        }


class MandateVersionOut(TieredSerializer):
    tiers = TIERS[MandateVersion]

    number = serializers.IntegerField(help_text="Counts with every change; some numbers change no term.")
    at = serializers.DateTimeField()
    actor = serializers.CharField(help_text="`user:<id>` or `key:<id>` of one's own organisation, or `system`.")
    changes = TermChange(many=True, help_text="Of the first version all that it states.")
    terms = serializers.DictField(help_text="All terms after the change.")
