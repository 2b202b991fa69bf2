"""One hostile file: how it is made, under which name it comes, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from apps.documents.inspection.outcome import Reason, Removed

ANY = "any"
"""For damaged and random files: refused or clean, as long as nothing active is left and nothing breaks."""


@dataclass(frozen=True)
class Case:
    """`becomes` is the reason of the refusal, None for a clean file, ANY where both will do.

    What is clean must have lost `removed` exactly, and its output holds none of `gone`, plain or packed.
    """

    key: str
    name: str
    content: bytes | Callable[[Path], None]
    becomes: Reason | str | None
    removed: frozenset[Removed] = frozenset()
    gone: tuple[bytes, ...] = ()
    declared: str = ""
    member: str | None = None

    def write(self, path: Path) -> None:
        """Make the file at `path`."""
        if isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            self.content(path)
