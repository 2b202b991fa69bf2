"""What an answer shows of others' guarded data: noted row by row, recorded by the product before the answer leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, transaction
from django.utils.module_loading import import_string

from kernel.access import Actor
from kernel.api.problems import UNAVAILABLE, ApiProblem

DISCLOSED = "disclosed"
"""In the context of an answer: the list of what it shows of others' guarded data."""
RETRY_AFTER = "5"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A row (`app.model` and id) of an organisation, shown to a caller who may see that much (`level`) of it."""

    object_type: str
    object_id: UUID
    organisation_id: UUID
    level: int


class ReadUnrecorded(ApiProblem):
    """The record of what the answer shows cannot be written now, so the answer is not given."""

    status_code = 503
    default_code = "unavailable"
    default_detail = UNAVAILABLE

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": RETRY_AFTER})


def disclosed_note(*, context: Mapping[str, Any], disclosed: Disclosed) -> None:
    """Remember that the answer being made shows this row. Raises LookupError where nobody would record it."""
    if DISCLOSED not in context:
        raise LookupError("guarded data of others is shown by an answer of ApiView, with its output_context")
    context[DISCLOSED].append(disclosed)


def disclosed_record(*, actor: Actor, operation: str, disclosed: Iterable[Disclosed]) -> None:
    """Have the product record what `operation` shows the actor: one call of `API_READS_RECORDER`, in a transaction.

    The recorder takes `actor`, `operation` and `disclosed`, each row once. Raises ReadUnrecorded (503) when the
    database does not take the record.
    """
    recorder = import_string(settings.API_READS_RECORDER)
    try:
        with transaction.atomic():
            recorder(actor=actor, operation=operation, disclosed=tuple(dict.fromkeys(disclosed)))
    except Error as reason:
        raise ReadUnrecorded from reason
