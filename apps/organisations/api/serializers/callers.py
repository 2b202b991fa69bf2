"""The caller."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.api.serializers.keys import ApiKeyBrief
from apps.organisations.api.serializers.members import PersonField
from apps.organisations.briefs import OrganisationBrief
from apps.organisations.states import PERMISSIONS, ROLES
from kernel.api.serializers import ApiSerializer

LANGUAGES = [("en", "English"), ("uk", "Українська")]


class MembershipField(serializers.Serializer[Any]):
    organisation = OrganisationBrief()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))


class MeUser(PersonField):
    language = serializers.ChoiceField(choices=LANGUAGES)


class MeOut(ApiSerializer):
    user = MeUser(allow_null=True)
    organisation = OrganisationBrief(allow_null=True)
    api_key = ApiKeyBrief(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=PERMISSIONS))
    memberships = MembershipField(many=True)


class MeEdit(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, allow_blank=True)
    language = serializers.ChoiceField(choices=LANGUAGES, help_text="Of the mails to this person")


class EraseIn(serializers.Serializer[Any]):
    confirm = serializers.CharField(max_length=254, help_text="The e-mail address of the account")


class PersonalDataOut(ApiSerializer):
    made_at = serializers.DateTimeField()
    sections = serializers.DictField(
        child=serializers.JSONField(), help_text="By the part of the product that keeps it"
    )
