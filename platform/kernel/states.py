"""State machines as data: statuses, transitions, who may fire them, what they publish."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction

from kernel.access import Actor
from kernel.errors import Conflict, Forbidden
from kernel.events import publish

M = TypeVar("M", bound=models.Model)

Guard = Callable[[Any, Actor], str | None]
"""Looks at the locked row and says why not, or None. Pure: it reads what is loaded and queries nothing."""


class NotNow(Conflict):
    """The object's status does not allow this."""


class NotPermitted(Forbidden):
    """Your role does not allow this."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A named arrow. `permission` None means that only the system fires it."""

    name: str
    sources: frozenset[str]
    target: str
    permission: str | None
    event: str
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True)
class Machine:
    """The life of one model's `status` column. Nothing else assigns that column."""

    name: str
    statuses: type[enum.Enum]
    initial: str
    transitions: tuple[Transition, ...]
    by_name: Mapping[str, Transition] = field(init=False)

    def __post_init__(self) -> None:
        known = {str(status.value) for status in self.statuses}
        for arrow in self.transitions:
            stray = ({arrow.target} | arrow.sources) - known
            if stray:
                raise ValueError(f"{self.name}.{arrow.name}: unknown status {sorted(stray)}")
        object.__setattr__(self, "by_name", {arrow.name: arrow for arrow in self.transitions})
        if len(self.by_name) != len(self.transitions):
            raise ValueError(f"{self.name}: a transition's name is given twice")

    def fire(
        self,
        name: str,
        *,
        instance: M,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        organisation_id: Any = None,
    ) -> M:
        """Move `instance` along the arrow `name`: permission, lock, legality, guards, save, publish; returns it
        refreshed.

        Raises NotPermitted (403) or NotNow (409). Of two callers at once one wins, the other gets NotNow.
        """
        arrow = self.by_name[name]
        if not self.permits(arrow, actor):
            raise NotPermitted
        with transaction.atomic():
            locked = type(instance)._default_manager.select_for_update(of=("self",)).get(pk=instance.pk)
            status = self._left(arrow, locked, actor)
            fields = {"status": arrow.target}
            if hasattr(locked, "version"):
                fields["version"] = locked.version + 1
            for attribute, value in fields.items():
                setattr(locked, attribute, value)
                setattr(instance, attribute, value)
            locked.save(update_fields=list(fields))
            publish(
                arrow.event,
                actor=actor,
                subject=locked,
                organisation_id=organisation_id,
                data={"from": status, "to": arrow.target, **(data or {})},
            )
        return instance

    def fire_many(
        self, name: str, *, rows: models.QuerySet[M], actor: Actor, data: Mapping[str, Any] | None = None
    ) -> int:
        """Move all `rows` along the arrow `name` as `fire` moves one, in few statements; how many they were.

        Raises NotPermitted (403) or NotNow (409); then none has moved.
        """
        from kernel.bulk_events import publish_many

        arrow = self.by_name[name]
        if not self.permits(arrow, actor):
            raise NotPermitted
        with transaction.atomic():
            locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
            statuses = [self._left(arrow, row, actor) for row in locked]
            moved = rows.model._default_manager.filter(pk__in=[row.pk for row in locked])
            has_version = any(each.name == "version" for each in rows.model._meta.fields)
            moved.update(status=arrow.target, **({"version": models.F("version") + 1} if has_version else {}))
            publish_many(
                arrow.event,
                actor=actor,
                subjects=[(row._meta.label_lower, row.pk, getattr(row, "organisation_id", None)) for row in locked],
                data=[{"from": status, "to": arrow.target, **(data or {})} for status in statuses],
            )
        return len(locked)

    @staticmethod
    def _left(arrow: Transition, locked: models.Model, actor: Actor) -> str:
        """The status that a locked row leaves along the arrow. Raises NotNow."""
        status = str(locked.status)  # type: ignore[attr-defined]
        if status not in arrow.sources:
            raise NotNow("{action}: not possible while {status}.", action=arrow.name, status=status)
        for guard in arrow.guards:
            reason = guard(locked, actor)
            if reason:
                raise NotNow(reason)
        return status

    def require(self, name: str, *, instance: models.Model, actor: Actor) -> None:
        """Raise what `fire` would raise for the row as it was read, before anything else is done for it."""
        arrow = self.by_name[name]
        if not self.permits(arrow, actor):
            raise NotPermitted
        self._left(arrow, instance, actor)

    def permits(self, arrow: Transition, actor: Actor) -> bool:
        """Whether the actor's permissions cover the arrow (a None permission is the system's alone)."""
        return actor.is_system if arrow.permission is None else actor.may(arrow.permission)

    def available(self, instance: models.Model, actor: Actor) -> list[str]:
        """The names of the arrows this actor may fire now, in the order they are declared."""
        status = str(instance.status)  # type: ignore[attr-defined]
        return [
            arrow.name
            for arrow in self.transitions
            if status in arrow.sources
            and self.permits(arrow, actor)
            and not any(guard(instance, actor) for guard in arrow.guards)
        ]

    def mermaid(self) -> str:
        """The machine as a Mermaid state diagram, for `docs/states/`."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for arrow in self.transitions:
            who = arrow.permission or "system"
            lines += [f"    {source} --> {arrow.target}: {arrow.name} ({who})" for source in sorted(arrow.sources)]
        return "\n".join(lines) + "\n"
