"""The errors that services raise and the API answers with: what is wrong, a stable code, and one of few statuses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one place of the input; `pointer` is a JSON pointer (RFC 6901).

    `detail` is the text as the catalogue of translations knows it; `values` fill its places: `"One of {known}."`.
    """

    pointer: str
    code: str
    detail: str
    values: Mapping[str, object] = field(default_factory=dict)


class DomainError(Exception):
    """This cannot be done.

    Subclasses are named for what is wrong and live beside their service. The text is the docstring's first line, unless
    another is given; `values` fill its places.
    """

    status: ClassVar[int] = 409
    title: ClassVar[str] = "Not possible"
    code: ClassVar[str] = "domain_error"

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str = "", *, errors: Sequence[FieldProblem] = (), **values: object) -> None:
        self.detail = detail or (self.__doc__ or self.title).strip().splitlines()[0]
        self.errors = list(errors)
        self.values = values
        super().__init__(self.detail.format_map(values) if values else detail)


class Forbidden(DomainError):
    """You may see this, but not do that."""

    status = 403
    title = "Forbidden"


class NotFound(DomainError):
    """There is nothing here."""

    status = 404
    title = "Not found"


class Conflict(DomainError):
    """Not in this state, or somebody was faster."""

    status = 409
    title = "Conflict"


class Invalid(DomainError):
    """Well-formed, but not acceptable."""

    status = 422
    title = "Invalid"


class StorageFull(DomainError):
    """There is no room left to store this. Nothing of it was kept."""

    status = 507
    title = "Insufficient storage"
