"""The tree of capability areas: affinity between two codes, and figures inherited from ancestors."""

from typing import Any

from tests.oracle.tables import Row


class Taxonomy:
    def __init__(self, areas: dict[str, Any], rows: list[Row]) -> None:
        self._entries: dict[str, dict[str, Any]] = {row["code"]: {"parent": row.get("parent") or None} for row in rows}
        self._entries |= {entry["code"]: entry for entry in areas["areas"]}

    def path(self, code: str) -> list[str]:
        """Return the code and its ancestors, root last."""
        found: list[str] = []
        at: str | None = code
        while at is not None and at not in found:
            found.append(at)
            at = self._entries.get(at, {}).get("parent")
        return found

    def affinity(self, wanted: str, held: str, decay: float) -> float:
        """Return aff(a, l): 1 at or below, decay per edge from `wanted` up to the common ancestor, 0 across roots."""
        above = self.path(held)
        for edges, ancestor in enumerate(self.path(wanted)):
            if ancestor in above:
                return decay**edges
        return 0.0

    def figure(self, code: str, *names: str) -> Any:
        """Return the nearest stated value of a (nested) field, from the area up to its root; None if nobody has it."""
        for area in self.path(code):
            value: Any = self._entries.get(area)
            for name in names:
                value = value.get(name) if isinstance(value, dict) else None
            if value is not None:
                return value
        return None
