"""Nested parts of a partial body."""

from typing import Any

import pytest
from rest_framework import serializers

from kernel.api.whole import WholeSerializer


class Part(WholeSerializer):
    name = serializers.CharField()
    required = serializers.BooleanField(default=False)


class Body(serializers.Serializer[Any]):
    part = Part(allow_null=True)
    parts = Part(many=True)


class TestWholeSerializer:
    def test_is_sent_whole_or_not_at_all(self) -> None:
        for data in ({}, {"part": None}, {"part": {"name": "a"}}, {"parts": []}):
            assert Body(data=data, partial=True).is_valid()

    @pytest.mark.parametrize(
        "data", [{"part": {}}, {"part": {"required": True}}, {"parts": [{"name": "a"}, {}]}, {"part": 3}]
    )
    def test_needs_its_fields_also_in_a_change(self, data: dict[str, Any]) -> None:
        assert not Body(data=data, partial=True).is_valid()

    def test_gives_its_defaults_also_in_a_change(self) -> None:
        serializer = Body(data={"parts": [{"name": "a"}]}, partial=True)

        assert serializer.is_valid()
        assert [dict(item) for item in serializer.validated_data["parts"]] == [{"name": "a", "required": False}]
