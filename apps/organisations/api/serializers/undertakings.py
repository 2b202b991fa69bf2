"""The platform's undertaking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from kernel.api.serializers import ApiSerializer
from kernel.digests import SHA256


class UndertakingIn(serializers.Serializer[Any]):
    sha256 = serializers.RegexField(SHA256, max_length=64, help_text="Of the undertaking that was read.")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, help_text="The language it was read in.")


class AcceptanceField(serializers.Serializer[Any]):
    accepted_by = serializers.UUIDField(source="accepted_by_id")
    accepted_at = serializers.DateTimeField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)


class UndertakingOut(ApiSerializer):
    version = serializers.CharField()
    sha256 = serializers.CharField(help_text="Of the file that holds the text in all its languages.")
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    title = serializers.CharField()
    text = serializers.CharField()
    is_accepted = serializers.BooleanField(help_text="By the caller's organisation.")
    acceptance = AcceptanceField(allow_null=True)
