"""Whether an organisation is visible to others."""

from __future__ import annotations

from rest_framework import serializers

from kernel.api.serializers import ApiSerializer


class DarknessOut(ApiSerializer):
    organisation = serializers.UUIDField(source="id")
    dark_since = serializers.DateTimeField(allow_null=True, help_text="null: visible")
