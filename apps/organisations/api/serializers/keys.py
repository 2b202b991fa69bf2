"""API keys."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.services.keys import MOST_NETWORKS
from apps.organisations.states import PERMISSIONS
from kernel.api.serializers import ApiSerializer


class ApiKeyBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ApiKeyIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=PERMISSIONS), min_length=1, max_length=len(PERMISSIONS)
    )
    expires_at = serializers.DateTimeField()
    allowed_networks = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        max_length=MOST_NETWORKS,
        help_text="IPv4 and IPv6 networks (CIDR) from which alone the key may be used; any address if left out.",
    )


class ApiKeyOut(ApiSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    allowed_networks = serializers.ListField(child=serializers.CharField())
    created_by = serializers.UUIDField(source="created_by_id")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    is_usable = serializers.BooleanField(help_text="False once revoked, expired, or its maker disabled or gone.")


class ApiKeyMadeOut(ApiSerializer):
    key = ApiKeyOut()
    token = serializers.CharField(help_text="Shown this once; only its hash is kept.")
