"""What the supervisor shows: every program's lines behind its name, coloured on a terminal."""

import contextlib
from collections.abc import Iterable
from typing import BinaryIO

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_LONGEST_LINE = 64_000


class Console:
    """One stream for all programs. A stream that is closed or full of errors never stops the supervisor."""

    def __init__(self, *, stream: BinaryIO, names: Iterable[str], is_coloured: bool) -> None:
        self._stream = stream
        listed = list(dict.fromkeys(names))
        self._width = max((len(name) for name in listed), default=0)
        self._colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(listed)}
        self._is_coloured = is_coloured

    def write(self, *, name: str, line: str) -> None:
        """Show one line."""
        prefix = f"{name:<{self._width}} |"
        if self._is_coloured:
            prefix = f"\x1b[{self._colours.get(name, 37)}m{prefix}\x1b[0m"
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{prefix} {line}\n".encode(errors="replace"))
            self._stream.flush()


class Lines:
    """Cuts a stream of bytes into lines; an endless line is cut where it gets too long."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Take what was read and return the lines that are complete by now."""
        *complete, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            complete.append(self._rest)
            self._rest = b""
        return [line.decode(errors="replace").rstrip("\r") for line in complete]

    def end(self) -> list[str]:
        """Return the last line, where it was not ended."""
        rest, self._rest = self._rest, b""
        return [rest.decode(errors="replace")] if rest else []
