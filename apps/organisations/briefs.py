"""How an organisation is named in answers, those of other apps included."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.rules import name_romanised
from apps.organisations.states import KINDS, Standing


class RomanisedField(serializers.CharField):
    """The native name in Latin letters, of any object with `legal_name` and `legal_name_uk`."""

    def __init__(self) -> None:
        text = "The native name in Latin letters (KMU No. 55 of 2010); null without a name in Cyrillic."
        super().__init__(source="*", read_only=True, allow_null=True, help_text=text)

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]
        return name_romanised(legal_name=value.legal_name, legal_name_uk=value.legal_name_uk)


class OrganisationBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    legal_name = serializers.CharField()
    legal_name_romanised = RomanisedField()
    country = serializers.CharField()
    standing = serializers.ChoiceField(choices=Standing.choices)
