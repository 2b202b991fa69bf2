"""The history of mandates' terms: one row for every version, written by whoever writes the mandate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.investors.models import Mandate, MandateVersion
from kernel.access import Actor

LEFT_OUT = frozenset({"id", "fund", "version", "created_at"})
"""What of a mandate are no terms."""
BATCH = 1_000


@transaction.atomic
def versions_record(*, actor: Actor, mandate_ids: Sequence[UUID]) -> int:
    """Keep the terms that the mandates have now, each with what differs from its newest version; returns how many.

    To be called in the transaction of the change, with the rows written. A mandate whose terms are those of its newest
    version gets none.
    """
    recorded = 0
    for start in range(0, len(mandate_ids), BATCH):
        ids = mandate_ids[start : start + BATCH]
        newest = MandateVersion.objects.filter(mandate__in=ids).order_by("mandate", "-number").distinct("mandate")
        before = dict(newest.values_list("mandate", "terms"))
        made = [
            MandateVersion(
                mandate=mandate,
                number=mandate.version,
                terms=terms,
                changes=_changes(before.get(mandate.pk, {}), terms),
                actor=actor.label(),
            )
            for mandate, terms in _current(ids)
            if terms != before.get(mandate.pk)
        ]
        recorded += len(MandateVersion.objects.bulk_create(made))
    return recorded


def _current(ids: Sequence[UUID]) -> Iterable[tuple[Mandate, dict[str, Any]]]:
    fields = [field for field in Mandate._meta.concrete_fields if field.name not in LEFT_OUT]
    for mandate in Mandate.objects.filter(pk__in=ids).order_by("pk"):
        yield mandate, {field.name: _plain(getattr(mandate, field.attname)) for field in fields}


def _plain(value: Any) -> Any:
    """The value as JSON keeps it exactly: decimals and ids as texts."""
    return value if value is None or isinstance(value, str | int | list) else str(value)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs by field; of a first version what is stated at all."""
    return [
        {"field": name, "from": before.get(name), "to": value}
        for name, value in after.items()
        if (value != before.get(name) if before else value not in (None, "", []))
    ]
