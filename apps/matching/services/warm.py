"""What a process that refreshes lists keeps in memory: the columns of what the current generation's lists go by."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.matching.engine.columns import Mandates, Raises, mandates_columns, raises_columns
from apps.matching.engine.facts import MandateFacts, RaiseFacts, from_json
from apps.matching.engine.pairs import world
from apps.matching.engine.pools import Against, Pool, against
from apps.matching.models import InputVersion, MatchRun
from apps.matching.selectors.freshness import changes_of
from apps.matching.services.inputs import Inputs, inputs_load
from apps.matching.states import InputKind

Facts = MandateFacts | RaiseFacts
KINDS: Mapping[str, type[Any]] = {InputKind.MANDATE: MandateFacts, InputKind.RAISE: RaiseFacts}
OTHER = {InputKind.MANDATE: InputKind.RAISE, InputKind.RAISE: InputKind.MANDATE}


@dataclass(eq=False)
class Warm:
    """The columns of what the current generation's lists go by, at a revision of it."""

    run: MatchRun
    inputs: Inputs
    revision: int
    versions: dict[str, dict[str, UUID]]
    pools: dict[str, Pool[Any]]

    @property
    def kept(self) -> int:
        return int(self.inputs.model.parameters["list_kept"])

    def columns(self, kind: str, facts: Sequence[Any]) -> Any:
        """The columns of some mandates or raises. Raises AreaUnknown."""
        same: dict[str, Any] = {
            "model": self.inputs.model,
            "areas": self.inputs.areas,
            "reference": self.inputs.reference,
        }
        if kind == InputKind.MANDATE:
            return mandates_columns(mandates=facts, as_of=self.run.as_of, **same)
        return raises_columns(raises=facts, **same)

    def scored(self, kind: str, facts: Sequence[Facts]) -> Iterator[Against]:
        """Each of some mandates or raises against everything of the other side."""
        own = self.columns(kind, facts)
        worlds = []
        for block in self.pools[OTHER[InputKind(kind)]].blocks():
            mandates, raises = (own, block.columns) if kind == InputKind.MANDATE else (block.columns, own)
            made = world(
                mandates=mandates,
                raises=raises,
                model=self.inputs.model,
                reference=self.inputs.reference,
                as_of=self.run.as_of,
            )
            worlds.append((made, block))
        for place in range(len(facts)):
            yield against(worlds=worlds, kind=kind, place=place)

    def follow(self, *, until: int) -> None:
        """Take over what other processes brought into the lists."""
        if until == self.revision:
            return
        changes = changes_of(run=self.run, after=self.revision, until=until)
        contents = contents_of(versions=[change.version_id for change in changes if change.version_id is not None])
        for kind in KINDS:
            self.replace(
                kind,
                {
                    str(change.entity_id): None
                    if change.version_id is None
                    else (change.version_id, from_json(KINDS[kind], contents[change.version_id]))
                    for change in changes
                    if change.kind == kind
                },
            )
        self.revision = until

    def replace(self, kind: str, changes: Mapping[str, tuple[UUID, Facts] | None]) -> None:
        """Take these mandates or raises as they are now."""
        pool, versions = self.pools[kind], self.versions[kind]
        pool.replace(changes={identifier: None if now is None else now[1] for identifier, now in changes.items()})
        for identifier, now in changes.items():
            versions.pop(identifier, None)
            if now is not None:
                versions[identifier] = now[0]


_kept: list[Warm] = []
"""The columns of this process: at most those of one generation."""


def warm_drop() -> None:
    """Forget the columns: the next refresh reads them from the database."""
    _kept.clear()


def warm_of(*, run: MatchRun) -> Warm:
    """The columns at the run's revision."""
    if not _kept or _kept[0].run.pk != run.pk or _kept[0].revision > run.revision:
        _kept[:] = []
        _kept.append(_load(run))
    warm = _kept[0]
    warm.follow(until=run.revision)
    return warm


def _load(run: MatchRun) -> Warm:
    inputs = inputs_load(run_id=run.pk)
    recorded: dict[str, tuple[Mandates | Raises, list[UUID]]] = {
        InputKind.MANDATE: (inputs.all_mandates, inputs.run.mandate_versions),
        InputKind.RAISE: (inputs.all_raises, inputs.run.raise_versions),
    }
    warm = Warm(
        run=run,
        inputs=inputs,
        revision=0,
        versions={
            kind: dict(zip(columns.ids, versions, strict=True)) for kind, (columns, versions) in recorded.items()
        },
        pools={},
    )
    for kind, (columns, _) in recorded.items():
        warm.pools[kind] = Pool(base=columns, build=functools.partial(warm.columns, kind))
    return warm


def contents_of(*, versions: Sequence[UUID]) -> dict[UUID, dict[str, object]]:
    """The recorded facts of versions."""
    return dict(InputVersion.objects.filter(pk__in=versions).values_list("pk", "facts"))
