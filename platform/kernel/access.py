"""Who is acting: a person or an API key for one organisation, or the system itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller with what it may do, resolved once per request from the permission table.

    `kind` is the kind of the organisation acted for, `standing` its standing; both are empty for a person without a
    membership. `second_factor_at` is when this session last showed a second factor; `lacks_second_factor` says that a
    role demands one that was never shown. With `preview` set, rows are read as a stranger of that disclosure tier would
    see the actor's own organisation.
    """

    user_id: UUID | None = None
    organisation_id: UUID | None = None
    kind: str = ""
    standing: str = ""
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    api_key_id: UUID | None = None
    is_system: bool = False
    second_factor_at: dt.datetime | None = None
    lacks_second_factor: bool = False
    preview: int | None = None

    @classmethod
    def anonymous(cls) -> Self:
        """Nobody: no permission, no organisation."""
        return cls()

    @classmethod
    def system(cls) -> Self:
        """The product itself: clocks, handlers and commands run by an operator at the console."""
        return cls(is_system=True)

    @property
    def is_signed_in(self) -> bool:
        return self.is_system or self.user_id is not None or self.api_key_id is not None

    def may(self, permission: str) -> bool:
        """Whether this actor holds the permission; the system holds all."""
        return self.is_system or permission in self.permissions

    def label(self) -> str:
        """How the audit trail names this actor: by kind and id, never by a personal value."""
        if self.is_system:
            return "system"
        if self.api_key_id is not None:
            return f"key:{self.api_key_id}"
        return f"user:{self.user_id}" if self.user_id is not None else "anonymous"
