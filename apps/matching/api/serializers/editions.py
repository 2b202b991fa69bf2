"""Which edition of a file was used, and where its numbers come from."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class EditionField(serializers.Serializer[Any]):
    id = serializers.CharField()
    sha256 = serializers.CharField()


class BasisField(EditionField):
    basis = serializers.CharField(help_text="where the numbers come from; assumptions say so")
