"""Ids: rows whose id is above the viewer's tier get another one."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from apps.compliance.models import Party
from apps.organisations.models import Organisation
from apps.startups.models import Capability, Listing, Raise
from apps.startups.models.speed import SpeedPoint
from kernel.ids import uuid7
from tests.leaks.changes.rows import listed_anew
from tests.leaks.rules import ELSEWHERE, OWN, Sight, registries

UPDATE = 'UPDATE "{0}" SET "{1}" = %s WHERE "{1}" = %s'


def rekey(model: type[models.Model], old: Any, new: Any) -> None:
    """Gives a row another id, and everything that points at it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if model is Organisation:
            # The party of an organisation bears its id.
            _point(cursor, Party, old, new)
            cursor.execute("UPDATE compliance_party SET id = %s, organisation_id = %s WHERE id = %s", [new, new, old])
        _point(cursor, model, old, new)
        cursor.execute(UPDATE.format(model._meta.db_table, model._meta.pk.column), [new, old])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _point(cursor: Any, model: type[models.Model], old: Any, new: Any) -> None:
    """Has everything that points at a row point at another id."""
    hidden = model._meta.get_fields(include_hidden=True)
    for relation in (item for item in hidden if item.one_to_many or (item.one_to_one and item.auto_created)):
        cursor.execute(UPDATE.format(relation.field.model._meta.db_table, relation.field.column), [new, old])


def rekeyed(sight: Sight) -> int:
    """Gives every row whose id is above the viewer's tier another one; returns how many."""
    wanted = []
    for model, tiers in registries().items():
        if model in ELSEWHERE or model is SpeedPoint:
            continue
        for row in model._base_manager.order_by("pk"):
            tier = sight.of_row(row)
            is_hidden = int(tiers.get("id", OWN)) > tier and tier != OWN and "id" not in sight.beside(row)
            if isinstance(row, Organisation):
                # Whoever reads a document of somebody is told whose it is.
                is_hidden = is_hidden and row.pk not in sight.owners_of_opened
                is_hidden = is_hidden and row.kind in {"firm", "fund"} and not sight.is_name_shown(row)
            if is_hidden:
                wanted.append((model, row.pk))
    # A listing has the id of what it lists.
    Listing.objects.filter(pk__in=[key for model, key in wanted if model in {Capability, Raise}]).delete()
    for model, key in wanted:
        rekey(model, key, uuid7())
    listed_anew()
    return len(wanted)
