"""The shape of facts in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from kernel.api.serializers import ApiSerializer


class EventOut(ApiSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="app.object.what_happened")
    at = serializers.DateTimeField()
    actor = serializers.CharField(
        help_text="`user:<id>` or `key:<id>` of one's own organisation, `organisation:<id>` of another that one sees, "
        "`organisation` of one that one does not, `operator`, `system`, or `person`."
    )
    organisation = serializers.UUIDField(allow_null=True, required=False, help_text="Whose fact it is.")
    object_type = serializers.CharField(required=False)
    object_id = serializers.UUIDField(required=False)
    request_id = serializers.CharField(required=False, help_text="Of one's own requests alone.")
    data = serializers.DictField(help_text="Ids and codes; nothing of those whom one does not see.")  # type: ignore[assignment]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if name not in instance.hidden}
