"""The record of every answer that showed somebody else's guarded data."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.db import models

from apps.organisations.events import DISCLOSURE_READ
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.api.reads import Disclosed
from kernel.events import publish


def reads_record(*, actor: Actor, operation: str, disclosed: Sequence[Disclosed]) -> None:
    """One fact for one request: `operation` showed the actor these rows of others.

    It belongs to the organisation whose rows they are when that is one; else to none, and `subjects` names them. It is
    about the row when that is one, else about the reader. Raises RuntimeError outside a transaction.
    """
    subjects = sorted({str(item.organisation_id) for item in disclosed})
    publish(
        DISCLOSURE_READ,
        actor=actor,
        subject=_about(actor, disclosed),
        organisation_id=disclosed[0].organisation_id if len(subjects) == 1 else None,
        data={
            "operation": operation,
            "tier": max(item.level for item in disclosed),
            "subjects": subjects,
            "objects": [
                {
                    "type": item.object_type,
                    "id": str(item.object_id),
                    "organisation": str(item.organisation_id),
                    "tier": item.level,
                }
                for item in disclosed
            ],
        },
    )


def _about(actor: Actor, disclosed: Sequence[Disclosed]) -> models.Model:
    if len(disclosed) > 1:
        return Organisation(pk=actor.organisation_id)
    model: type[models.Model] = apps.get_model(disclosed[0].object_type)
    return model(pk=disclosed[0].object_id)
