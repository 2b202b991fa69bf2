"""Invitations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.briefs import OrganisationBrief
from apps.organisations.states import ROLES
from kernel.api.serializers import ApiSerializer


class InvitationIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES), min_length=1, max_length=len(ROLES))


class InvitationOut(ApiSerializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    invited_by = serializers.UUIDField(source="invited_by_id", allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField(allow_null=True, help_text="When the mail server took it; null until then.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    is_open = serializers.BooleanField(help_text="Whether it can still be accepted.")


class AcceptanceIn(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200, help_text="From the mail.")


class AcceptanceOut(ApiSerializer):
    organisation = OrganisationBrief()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
