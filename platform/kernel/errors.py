"""The errors that services raise and the API answers with: what is wrong, a stable code, and one of few statuses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one place of the input; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """Something a caller did that cannot be done; subclasses are named for what is wrong and live beside their
    service.
    """

    status: ClassVar[int] = 409
    title: ClassVar[str] = "Not possible"
    code: ClassVar[str] = "domain_error"

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str = "", *, errors: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail or (self.__doc__ or self.title).strip().splitlines()[0]
        self.errors = list(errors)


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
