"""What a run scores: recorded as append-only versions, read back as the engine's columns."""

from __future__ import annotations

import functools
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from apps.investors.models import Mandate
from apps.investors.states import MandateStatus
from apps.matching.engine.columns import Mandates, Raises, in_pool, mandates_columns, raises_columns
from apps.matching.engine.facts import MandateFacts, RaiseFacts, from_json, to_json
from apps.matching.engine.model import Areas, Model, Reference
from apps.matching.engine.packing import pack_mandates, pack_raises, unpack_mandates, unpack_raises
from apps.matching.engine.world import World, world
from apps.matching.models import InputVersion, MatchRun, RunPart
from apps.matching.scoring_models import engine_areas, engine_reference, scoring_model
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.matching.selectors.runs import INPUTS
from apps.matching.services.runs import run_begin
from apps.matching.services.shadows import shadow_facts
from apps.matching.states import InputKind
from apps.reference.areas import Area
from apps.reference.tables import editions
from apps.startups.models import Raise
from apps.startups.states import OPEN_RAISES
from kernel.errors import Conflict
from kernel.ids import uuid7

F = TypeVar("F", MandateFacts, RaiseFacts)
UUIDS = np.dtype("V16")


class ReferenceChanged(Conflict):
    """A file that the run was scored with is not the recorded one any more."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a run scores, as the engine's values; built once per process and run."""

    run: MatchRun
    """without the lists of its versions"""
    model: Model
    areas: Areas
    reference: Reference
    all_mandates: Mandates
    all_raises: Raises
    organisations: Mapping[str, NDArray[Any]] = field(repr=False)
    """Kind → the organisation, as sixteen bytes, that the lists of each mandate or raise belong to."""

    @functools.cached_property
    def whole(self) -> World:
        """All mandates against all raises."""
        return world(
            mandates=self.all_mandates,
            raises=self.all_raises,
            model=self.model,
            reference=self.reference,
            as_of=self.run.as_of,
        )

    @functools.cached_property
    def owners(self) -> dict[str, UUID]:
        """Mandate or raise id → organisation that its list belongs to."""
        return {
            identifier: UUID(bytes=bytes(organisation))
            for kind, columns in ((InputKind.MANDATE, self.all_mandates), (InputKind.RAISE, self.all_raises))
            for identifier, organisation in zip(columns.ids, self.organisations[kind], strict=True)
        }

    @functools.cached_property
    def mandates(self) -> tuple[MandateFacts, ...]:
        """The facts of all mandates, read from their versions: many megabytes of a large pool."""
        return tuple(_read(MandateFacts, self.run.mandate_versions))

    @functools.cached_property
    def raises(self) -> tuple[RaiseFacts, ...]:
        """As `mandates`, of all raises."""
        return tuple(_read(RaiseFacts, self.run.raise_versions))


def inputs_record(
    *,
    run_id: UUID,
    kind: str,
    place: int,
    after: str | None,
    until: str | None,
    check: Callable[[], None] = lambda: None,
) -> Callable[[], dict[str, Any]]:
    """Read the active mandates or open raises of a range of ids as of the run's date; the returned function records
    them as versions, and their columns as a part of the run.
    """
    run = run_begin(run_id=run_id)
    model = scoring_model(run.model_id)
    figures: dict[str, Any] = {
        "model": model.engine,
        "areas": engine_areas(run.areas_id, tuple((code, parent) for code, parent in run.extra_areas)),
        "reference": engine_reference(run.reference_id),
    }
    facts = _facts(run, kind, after, until)
    check()
    if kind == InputKind.MANDATE:
        content = pack_mandates(mandates_columns(mandates=facts, as_of=run.as_of, **figures))
    else:
        content = pack_raises(raises_columns(raises=facts, **figures))
    contents = _contents(facts)
    check()

    def store() -> dict[str, Any]:
        ids = [UUID(item.id) for item in facts]
        RunPart.objects.create(
            run=run,
            kind=kind,
            place=place,
            entity_ids=ids,
            version_ids=_versions(kind, [item.id for item in facts], contents),
            organisation_ids=_organisations(kind, ids),
            content=content,
        )
        return {"mandates" if kind == InputKind.MANDATE else "raises": len(facts)}

    return store


def _facts(run: MatchRun, kind: str, after: str | None, until: str | None) -> list[Any]:
    """The facts of a range of ids, of one snapshot: what is read of them and of their surroundings belongs together."""
    if run.is_shadow:
        return shadow_facts(run=run, kind=kind, after=after, until=until)
    span = {name: value for name, value in (("pk__gt", after), ("pk__lte", until)) if value is not None}
    model, reference = scoring_model(run.model_id), editions().table(run.reference_id)
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if kind == InputKind.MANDATE:
            mandates = Mandate.objects.filter(status=MandateStatus.ACTIVE, **span).values_list("pk", flat=True)
            return mandate_facts(as_of=run.as_of, model=model.raw, reference=reference, ids=list(mandates))
        raises = Raise.objects.filter(status__in=OPEN_RAISES, **span).values_list("pk", flat=True)
        taxonomy = (
            editions()
            .taxonomy(run.areas_id)
            .extended(areas=[Area(code=code, parent=parent, label_en=code) for code, parent in run.extra_areas])
        )
        found = raise_facts(as_of=run.as_of, model=model.raw, reference=reference, taxonomy=taxonomy, ids=list(raises))
    return [item for item in found if in_pool(raise_=item, as_of=run.as_of)]


def versions_record(*, kind: str, facts: Sequence[F]) -> list[UUID]:
    """Record each value unless the same content is known already; returns the versions' ids in the order given."""
    return _versions(kind, [item.id for item in facts], _contents(facts))


def _contents(facts: Sequence[F]) -> list[tuple[str, str]]:
    """Each value as JSON text, with its sha256."""
    texts = [json.dumps(to_json(item), sort_keys=True, separators=(",", ":")) for item in facts]
    return [(text, hashlib.sha256(text.encode()).hexdigest()) for text in texts]


def _versions(kind: str, ids: Sequence[str], contents: Sequence[tuple[str, str]]) -> list[UUID]:
    digests = [digest for _, digest in contents]
    wanted = [UUID(identifier) for identifier in ids]
    known = _known(kind, wanted, digests)
    fresh = [place for place, pair in enumerate(zip(wanted, digests, strict=True)) if pair not in known]
    if fresh:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO matching_inputversion (id, kind, entity_id, sha256, facts)
                SELECT id, %s, entity_id, sha256, facts
                  FROM ROWS FROM (unnest(%s::uuid[]), unnest(%s::uuid[]), unnest(%s::text[]),
                                  jsonb_array_elements(%s::jsonb)) AS made (id, entity_id, sha256, facts)
                    ON CONFLICT DO NOTHING
                """,
                # As whole texts: the driver writes arrays value by value, which takes longer than all the rest.
                [
                    kind,
                    _array(uuid7() for _ in fresh),
                    _array(wanted[place] for place in fresh),
                    _array(digests[place] for place in fresh),
                    f"[{','.join(contents[place][0] for place in fresh)}]",
                ],
            )
        known |= _known(kind, [wanted[place] for place in fresh], [digests[place] for place in fresh])
    return [known[pair] for pair in zip(wanted, digests, strict=True)]


def _known(kind: str, ids: Sequence[UUID], digests: Sequence[str]) -> dict[tuple[UUID, str], UUID]:
    """The versions of these contents, by mandate or raise and sha256."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version.entity_id, version.sha256, version.id"
            " FROM unnest(%s::uuid[], %s::text[]) AS asked (entity_id, sha256)"
            " JOIN matching_inputversion AS version ON version.kind = %s"
            " AND version.entity_id = asked.entity_id AND version.sha256 = asked.sha256",
            [_array(ids), _array(digests), kind],
        )
        return {(entity, digest): version for entity, digest, version in cursor.fetchall()}


def _array(values: Iterable[object]) -> str:
    """Ids or hashes as the text of an array: nothing in them needs quotes."""
    return f"{{{','.join(map(str, values))}}}"


_kept: OrderedDict[UUID, Inputs] = OrderedDict()


def inputs_of(*, run_id: UUID) -> Inputs:
    """The run's inputs, kept for the run's other blocks that this process gets."""
    if run_id not in _kept:
        # One at a time: a large pool takes hundreds of megabytes.
        _kept.clear()
        _kept[run_id] = inputs_load(run_id=run_id)
    return _kept[run_id]


def inputs_load(*, run_id: UUID) -> Inputs:
    """Read the recorded inputs of a run back as the engine's columns. Raises ReferenceChanged when a file is not the
    recorded one.
    """
    run = MatchRun.objects.defer(*(name for name in INPUTS if name != "extra_areas")).get(pk=run_id)
    model, areas, reference = (
        scoring_model(run.model_id).engine,
        engine_areas(run.areas_id, tuple((code, parent) for code, parent in run.extra_areas)),
        engine_reference(run.reference_id),
    )
    recorded = (run.model_sha256, run.areas_sha256, run.reference_sha256)
    if recorded != (model.sha256, areas.sha256, reference.sha256):
        raise ReferenceChanged
    organisations: dict[str, NDArray[Any]]
    parts: dict[str, list[tuple[bytes, list[UUID]]]] = {
        kind: _parts(run_id, kind) for kind in (InputKind.MANDATE, InputKind.RAISE)
    }
    if parts[InputKind.MANDATE] and parts[InputKind.RAISE]:
        mandates = unpack_mandates([content for content, _ in parts[InputKind.MANDATE]])
        raises = unpack_raises([content for content, _ in parts[InputKind.RAISE]], areas=areas)
        organisations = {
            kind: _keys(identifier for _, organisation_ids in found for identifier in organisation_ids)
            for kind, found in parts.items()
        }
    else:
        figures: dict[str, Any] = {"model": model, "areas": areas, "reference": reference}
        mandates = mandates_columns(
            mandates=list(_read(MandateFacts, run.mandate_versions)), as_of=run.as_of, **figures
        )
        raises = raises_columns(raises=list(_read(RaiseFacts, run.raise_versions)), **figures)
        organisations = {
            kind: _keys(_organisations(kind, [UUID(identifier) for identifier in ids]))
            for kind, ids in ((InputKind.MANDATE, mandates.ids), (InputKind.RAISE, raises.ids))
        }
    return Inputs(
        run=run,
        model=model,
        areas=areas,
        reference=reference,
        all_mandates=mandates,
        all_raises=raises,
        organisations=organisations,
    )


def _parts(run_id: UUID, kind: str) -> list[tuple[bytes, list[UUID]]]:
    rows = RunPart.objects.filter(run=run_id, kind=kind).order_by("place").values_list("content", "organisation_ids")
    return [(bytes(content), organisations) for content, organisations in rows]


def _read(kind: type[F], versions: Sequence[UUID]) -> Iterator[F]:
    facts = dict(InputVersion.objects.filter(id__in=versions).values_list("id", "facts"))
    for version in versions:
        yield from_json(kind, facts[version])


def _organisations(kind: str, ids: Sequence[UUID]) -> list[UUID]:
    """The organisation of each mandate or raise."""
    if kind == InputKind.MANDATE:
        found = dict(Mandate.objects.filter(id__in=ids).values_list("id", "fund__organisation_id"))
    else:
        found = dict(Raise.objects.filter(id__in=ids).values_list("id", "firm__organisation_id"))
    return [found[identifier] for identifier in ids]


def _keys(ids: Iterable[UUID]) -> NDArray[Any]:
    return np.frombuffer(b"".join(identifier.bytes for identifier in ids), UUIDS)


def id_keys(ids: Iterable[str]) -> NDArray[Any]:
    """Ids as their sixteen bytes."""
    return _keys(map(UUID, ids))
