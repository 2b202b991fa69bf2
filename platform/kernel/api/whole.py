"""Parts of a body that are sent whole or not at all, also where the body itself changes only some fields."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class WholeSerializer(serializers.Serializer[Any]):
    """A nested object: required fields stay required and defaults stay given when the outer serializer is partial."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        is_settled, data = self.validate_empty_values(data)
        if is_settled:
            return data
        if self.parent is None:
            return super().run_validation(data)
        inner = type(self)(data=data, context=self.context)
        inner.is_valid(raise_exception=True)
        return inner.validated_data
