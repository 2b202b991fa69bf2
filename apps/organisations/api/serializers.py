"""The shapes of callers, organisations, members and keys in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.disclosure import TIERS, Tier
from apps.organisations.models import Organisation
from apps.organisations.states import KINDS, PERMISSIONS, REGISTERED_KINDS, ROLES, Scheme, Standing
from apps.organisations.tiered import TieredSerializer
from kernel.api.filters import ChoiceFilter, StrictFilterSet, TextFilter
from kernel.api.serializers import ApiSerializer
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
    tiers = {**TIERS[Organisation], "identifiers": Tier.T1}

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    legal_name = serializers.CharField()
    legal_name_uk = serializers.CharField()
    country = serializers.CharField()
    standing = serializers.ChoiceField(choices=Standing.choices)
    identifiers = IdentifierField(many=True)
    basis = serializers.CharField()
    created_at = serializers.DateTimeField()


class OrganisationFilter(StrictFilterSet):
    kind = ChoiceFilter(choices=KINDS)
    country = TextFilter()
    standing = ChoiceFilter(choices=Standing.choices)


class OrganisationBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    legal_name = serializers.CharField()
    country = serializers.CharField()
    standing = serializers.ChoiceField(choices=Standing.choices)


class PersonField(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()


class MemberOut(ApiSerializer):
    id = serializers.UUIDField()
    user = PersonField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    created_at = serializers.DateTimeField()


class ApiKeyBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    expires_at = serializers.DateTimeField()


class MembershipField(serializers.Serializer[Any]):
    organisation = OrganisationBrief()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))


class MeUser(PersonField):
    language = serializers.ChoiceField(choices=[("en", "English"), ("uk", "Українська")])


class MeOut(ApiSerializer):
    user = MeUser(allow_null=True)
    organisation = OrganisationBrief(allow_null=True)
    api_key = ApiKeyBrief(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=PERMISSIONS))
    memberships = MembershipField(many=True)


class ApiKeyIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=PERMISSIONS), min_length=1, max_length=len(PERMISSIONS)
    )
    expires_at = serializers.DateTimeField()


class ApiKeyOut(ApiSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    created_by = serializers.UUIDField(source="created_by_id")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class ApiKeyMadeOut(ApiSerializer):
    key = ApiKeyOut()
    token = serializers.CharField(help_text="Shown this once; only its hash is kept.")
