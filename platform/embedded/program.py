"""The programs of an installation as data: what runs once before the others, and what keeps running."""

import http.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something that runs once and must succeed before the programs start, such as the migrations.

    With `is_owner` its DATABASE_URL is that of the schema's owner.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    is_owner: bool = False


@dataclass(frozen=True, kw_only=True)
class Program:
    """Something that keeps running.

    `ready` is a URL that answers below 400, or a function; without it the program counts as ready when it has lived
    for a moment. `restart`: started again when it ends by itself; otherwise its end is the end of the installation.
    Programs are stopped from the highest `rank` down, equal ranks together, each given `patience` seconds.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: str | Callable[[], bool] | None = None
    restart: bool = True
    rank: int = 0
    patience: float = 30.0

    def is_ready(self) -> bool:
        """Ask once whether the program does its work; a program that does not say so is taken at its word."""
        if self.ready is None:
            return True
        if callable(self.ready):
            return self.ready()
        return answers(url=self.ready)


def answers(*, url: str) -> bool:
    """Tell whether a plain HTTP address answers with a status below 400 within a second."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port or 80, timeout=1)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
