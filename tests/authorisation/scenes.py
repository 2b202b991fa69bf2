"""What each operation is called on in the matrix: the object, who has one, who sees another's, the body, the success.

Written by hand. A new operation needs a line in `SCENES`; without one the matrix is red.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.permissions import Kind
from tests.authorisation.world import Persona

FIRM, FUND, AUTHORITY, ATTESTOR, OPERATOR = Kind
EVERY_KIND = tuple(Kind)

Seen = Callable[[Kind, Kind, str], bool | int]
"""From the viewer's kind, the owner's kind and the owner's place in the world: whether it is seen, or the status."""


def nobody_sees(_viewer: Kind, _owner: Kind, _place: str) -> bool:
    return False


def seen_by(*kinds: Kind) -> Seen:
    """Verified viewers of these kinds see the object of a verified stranger."""
    return lambda viewer, _owner, place: place == "other" and viewer in kinds


@dataclass(frozen=True)
class Scene:
    """How one operation is called.

    `build` makes the object of an organisation and gives its id, or the values of all names in the path; `owners` are
    the kinds that have one. Without `build` the operation has no object; with `is_shared` it is nobody's and seen by
    all; with `is_personal` it is a person's and `build` is given the persona. `ready` is called once all objects are
    there. `seen` tells who gets the object of a stranger, everybody else is answered 404. `body` is the request's, or
    made for the persona; bytes are sent as they are, under `headers`. `query` follows the path with the id in it.
    `success` is the status of a call that works, `instead` that of personas for whom it works otherwise, by the end of
    their label; `refused` that of those whom the operation refuses, whatever the object; `absent` the status and
    code where there is no such object.
    """

    build: Callable[[Any], Any] | None = None
    owners: tuple[Kind, ...] = ()
    seen: Seen = nobody_sees
    is_shared: bool = False
    is_personal: bool = False
    body: Mapping[str, Any] | Callable[[Persona], Mapping[str, Any]] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    success: int = 200
    format: str = "json"
    ready: Callable[[], Any] | None = None
    instead: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    absent: tuple[int, str] = (404, "not_found")


SCENES: dict[str, Scene] = {}


def scene(*operations: str, **fields: Any) -> None:
    """Gives each of the operations this scene."""
    for operation in operations:
        assert operation not in SCENES, f"{operation} has a scene already"
        SCENES[operation] = Scene(**fields)
