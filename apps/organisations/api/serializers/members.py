"""People as members."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.states import ROLES
from kernel.api.serializers import ApiSerializer


class PersonField(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()


class MemberOut(ApiSerializer):
    id = serializers.UUIDField()
    user = PersonField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    created_at = serializers.DateTimeField()


class MemberEdit(serializers.Serializer[Any]):
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES), min_length=1, max_length=len(ROLES))
