"""Bringing the public levers that the product carries into the database."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.investors import events
from apps.investors.lever_editions import lever_edition_at
from apps.investors.models import Lever
from apps.investors.services.levers import lever_require
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.events import publish
from kernel.versions import version_save


@transaction.atomic
def levers_load(*, actor: Actor, on: dt.date | None = None) -> int:
    """Write the levers of the edition in force `on` a day; returns how many rows were new or changed.

    Idempotent: a second run changes nothing and publishes nothing. A lever that the edition lacks stays, because
    mandates name it, and ends on the day before the edition. Raises LeverNotAcceptable.
    """
    edition = lever_edition_at(on=on or utc_today())
    rows = {row.code: row for row in Lever.objects.select_for_update(no_key=True).exclude(code=None).order_by("code")}
    changed = []
    for code, stated in sorted(edition.levers.items()):
        lever_require(whole=stated, values=stated)
        fields = {**stated, "edition": edition.id}
        row = rows.get(code)
        if row is None:
            row = Lever.objects.create(code=code, **fields)
            publish(events.LEVER_CREATED, actor=actor, subject=row)
            changed.append(row)
        elif _change(actor, row, fields):
            changed.append(row)
    last = edition.as_of - dt.timedelta(days=1)
    changed += [
        row
        for code, row in rows.items()
        if code not in edition.levers and _change(actor, row, {"valid_to": _earlier(row.valid_to, last)})
    ]
    if changed:
        data = {"edition": edition.id, "sha256": edition.sha256, "changed": len(changed)}
        publish(events.LEVERS_LOADED, actor=actor, subject=changed[0], data=data)
    return len(changed)


def _change(actor: Actor, row: Lever, fields: dict[str, object]) -> bool:
    names = version_save(instance=row, changes=fields)
    if names:
        publish(events.LEVER_UPDATED, actor=actor, subject=row, data={"fields": names})
    return bool(names)


def _earlier(ends: dt.date | None, last: dt.date) -> dt.date:
    return last if ends is None else min(ends, last)
