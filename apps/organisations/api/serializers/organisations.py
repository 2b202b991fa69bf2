"""Organisations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.briefs import RomanisedField
from apps.organisations.disclosure import TIERS, Tier
from apps.organisations.models import Organisation
from apps.organisations.states import KINDS, REGISTERED_KINDS, Scheme, Standing
from apps.organisations.tiered import TieredSerializer
from kernel.api.filters import ChoiceFilter, StrictFilterSet, TextFilter
from kernel.api.whole import WholeSerializer


class IdentifierField(WholeSerializer):
    scheme = serializers.ChoiceField(choices=Scheme.choices)
    value = serializers.CharField(max_length=40)


class OrganisationIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=REGISTERED_KINDS)
    legal_name = serializers.CharField(max_length=200)
    legal_name_uk = serializers.CharField(max_length=200, allow_blank=True, required=False)
    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2")
    identifiers = IdentifierField(many=True, required=False, max_length=10)  # type: ignore[call-arg]


class OrganisationEdit(serializers.Serializer[Any]):
    legal_name = serializers.CharField(max_length=200)
    legal_name_uk = serializers.CharField(max_length=200, allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2")
    identifiers = IdentifierField(many=True, max_length=10)  # type: ignore[call-arg]


class OrganisationOut(TieredSerializer):
    tiers = {
        **TIERS[Organisation],
        "identifiers": Tier.T1,
        "legal_name_romanised": TIERS[Organisation]["legal_name"],
    }

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    legal_name = serializers.CharField()
    legal_name_uk = serializers.CharField()
    legal_name_romanised = RomanisedField()
    country = serializers.CharField()
    standing = serializers.ChoiceField(choices=Standing.choices)
    identifiers = IdentifierField(many=True)
    basis = serializers.CharField()
    dark_since = serializers.DateTimeField(allow_null=True, help_text="Since then nobody outside sees it.")
    created_at = serializers.DateTimeField()


class OrganisationFilter(StrictFilterSet):
    kind = ChoiceFilter(choices=KINDS)
    country = TextFilter()
    standing = ChoiceFilter(choices=Standing.choices)
