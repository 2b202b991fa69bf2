"""What a run scores: recorded as append-only versions, read back as the engine's values."""

from __future__ import annotations

import functools
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from apps.investors.models import Mandate
from apps.matching.engine.columns import Mandates, Raises, in_pool, mandates_columns, raises_columns
from apps.matching.engine.facts import MandateFacts, RaiseFacts, from_json, to_json
from apps.matching.engine.model import Areas, Model, Reference
from apps.matching.models import InputVersion, MatchRun
from apps.matching.scoring_models import engine_areas, engine_reference, scoring_model
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.matching.services.runs import run_begin
from apps.matching.states import InputKind
from apps.reference.areas import Area
from apps.reference.tables import editions
from apps.startups.models import Raise
from kernel.errors import Conflict
from kernel.ids import uuid7

F = TypeVar("F", MandateFacts, RaiseFacts)


class ReferenceChanged(Conflict):
    """A file that the run was scored with is not the recorded one any more."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a run scores, as the engine's values; built once per process and run."""

    run: MatchRun
    mandates: tuple[MandateFacts, ...]
    raises: tuple[RaiseFacts, ...]
    model: Model
    areas: Areas
    reference: Reference
    owners: dict[str, UUID]
    """Mandate or raise id → organisation that its list belongs to."""

    @functools.cached_property
    def all_mandates(self) -> Mandates:
        """The columns of all mandates."""
        return self.mandates_block(0, len(self.mandates))

    @functools.cached_property
    def all_raises(self) -> Raises:
        """The columns of all raises."""
        return self.raises_block(0, len(self.raises))

    def mandates_block(self, first: int, last: int) -> Mandates:
        """The columns of the mandates `first` up to, not including, `last`."""
        return mandates_columns(
            mandates=self.mandates[first:last],
            model=self.model,
            areas=self.areas,
            reference=self.reference,
            as_of=self.run.as_of,
        )

    def raises_block(self, first: int, last: int) -> Raises:
        """The columns of the raises `first` up to, not including, `last`."""
        return raises_columns(
            raises=self.raises[first:last], model=self.model, areas=self.areas, reference=self.reference
        )


def inputs_record(*, run_id: UUID) -> Callable[[], dict[str, Any]]:
    """Read every active mandate and open raise as of the run's date; the returned function records them as versions."""
    run = run_begin(run_id=run_id)
    model = scoring_model(run.model_id)
    reference = editions().table(run.reference_id)
    taxonomy = (
        editions()
        .taxonomy(run.areas_id)
        .extended(areas=[Area(code=code, parent=parent, label_en=code) for code, parent in run.extra_areas])
    )
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            # One snapshot: what is read of mandates, raises and their surroundings belongs together.
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        mandates = mandate_facts(as_of=run.as_of, model=model.raw, reference=reference)
        raises = raise_facts(as_of=run.as_of, model=model.raw, reference=reference, taxonomy=taxonomy)
    pool = [item for item in raises if in_pool(raise_=item, as_of=run.as_of)]

    def store() -> dict[str, Any]:
        run.mandate_versions = _versions(InputKind.MANDATE, mandates)
        run.raise_versions = _versions(InputKind.RAISE, pool)
        run.save(update_fields=["mandate_versions", "raise_versions"])
        return {"mandates": len(mandates), "raises": len(pool)}

    return store


def _versions(kind: str, facts: Sequence[F]) -> list[UUID]:
    """Record each value unless the same content is known already; returns the versions' ids in the order given."""
    contents = [json.dumps(to_json(item), sort_keys=True, separators=(",", ":")) for item in facts]
    digests = [hashlib.sha256(content.encode()).hexdigest() for content in contents]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO matching_inputversion (id, kind, entity_id, sha256, facts)
            SELECT id, %s, entity_id, sha256, facts::jsonb
              FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) AS made (id, entity_id, sha256, facts)
                ON CONFLICT DO NOTHING
            """,
            [kind, [uuid7() for _ in facts], [item.id for item in facts], digests, contents],
        )
    known = {
        (entity, digest): version
        for version, entity, digest in InputVersion.objects.filter(kind=kind, sha256__in=digests).values_list(
            "id", "entity_id", "sha256"
        )
    }
    return [known[UUID(item.id), digest] for item, digest in zip(facts, digests, strict=True)]


_kept: OrderedDict[UUID, Inputs] = OrderedDict()


def inputs_of(*, run_id: UUID) -> Inputs:
    """The run's inputs, kept for the run's other blocks that this process gets."""
    if run_id not in _kept:
        while len(_kept) > 1:
            _kept.popitem(last=False)
        _kept[run_id] = inputs_load(run_id=run_id)
    return _kept[run_id]


def inputs_load(*, run_id: UUID) -> Inputs:
    """Read the recorded versions of a run back as the engine's values. Raises ReferenceChanged when a file is not the
    recorded one.
    """
    run = MatchRun.objects.get(pk=run_id)
    model, areas, reference = (
        scoring_model(run.model_id).engine,
        engine_areas(run.areas_id, tuple((code, parent) for code, parent in run.extra_areas)),
        engine_reference(run.reference_id),
    )
    recorded = (run.model_sha256, run.areas_sha256, run.reference_sha256)
    if recorded != (model.sha256, areas.sha256, reference.sha256):
        raise ReferenceChanged
    mandates = tuple(_read(MandateFacts, run.mandate_versions))
    raises = tuple(_read(RaiseFacts, run.raise_versions))
    return Inputs(
        run=run,
        mandates=mandates,
        raises=raises,
        model=model,
        areas=areas,
        reference=reference,
        owners=_owners(mandates, raises),
    )


def _read(kind: type[F], versions: Sequence[UUID]) -> Iterator[F]:
    facts = dict(InputVersion.objects.filter(id__in=versions).values_list("id", "facts"))
    for version in versions:
        yield from_json(kind, facts[version])


def _owners(mandates: Sequence[MandateFacts], raises: Sequence[RaiseFacts]) -> dict[str, UUID]:
    funds = Mandate.objects.filter(id__in=[item.id for item in mandates]).values_list("id", "fund__organisation_id")
    firms = Raise.objects.filter(id__in=[item.id for item in raises]).values_list("id", "firm__organisation_id")
    return {str(identifier): organisation for identifier, organisation in [*funds, *firms]}
