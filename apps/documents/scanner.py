"""The port to a malware scanner: clamd where one is configured; without one a file is not scanned, never clean."""

from __future__ import annotations

import re
import socket
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings

from apps.documents.states import ScanState

_PIECE = 256 * 1024
_LONGEST_ANSWER = 4_096
_VERSION = re.compile(r"(?P<engine>ClamAV [^/]+)(?:/(?P<edition>\d+)(?:/(?P<date>.+))?)?")


@dataclass(frozen=True)
class ScanResult:
    """What a scanner said: its name and version, the day of its signatures, and what it found."""

    state: ScanState
    engine: str | None = None
    signatures_on: date | None = None
    malware: str | None = None


class ScannerUnavailable(Exception):
    """A scanner is configured and gave no usable answer: to be tried again later."""


class BadScannerAddress(Exception):
    """CLAMD is neither `host:port` nor `unix:/path`."""


def scan(path: Path) -> ScanResult:
    """What the scanner says of a file; `not_scanned` where none is configured, or the file is beyond its limit.

    Raises ScannerUnavailable when it cannot be reached, breaks off, or answers with an error.
    """
    if not settings.CLAMD:
        return ScanResult(ScanState.NOT_SCANNED)
    try:
        engine, signatures_on = _version(_asked(b"VERSION"))
        answer = _asked(b"INSTREAM", path)
    except OSError as cause:
        raise ScannerUnavailable(str(cause)) from cause
    if answer == "stream: OK":
        return ScanResult(ScanState.CLEAN, engine, signatures_on)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        malware = answer.removeprefix("stream: ").removesuffix(" FOUND")[:200]
        return ScanResult(ScanState.INFECTED, engine, signatures_on, malware)
    if "size limit exceeded" in answer:
        return ScanResult(ScanState.NOT_SCANNED, engine, signatures_on)
    raise ScannerUnavailable(answer[:200])


def _version(answer: str) -> tuple[str, date | None]:
    match = _VERSION.fullmatch(answer)
    if match is None:
        raise ScannerUnavailable(answer[:200])
    try:
        day = datetime.strptime(match["date"] or "", "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC).date()
    except ValueError:
        day = None
    return match["engine"], day


def _connected() -> socket.socket:
    address, seconds = str(settings.CLAMD), float(settings.CLAMD_SECONDS)
    if address.startswith("unix:"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(seconds)
        try:
            link.connect(address.removeprefix("unix:"))
        except OSError:
            link.close()
            raise
        return link
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise BadScannerAddress(address)
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _asked(command: bytes, path: Path | None = None) -> str:
    """Send one command, with a file in pieces behind it where there is one; gives the answer."""
    with _connected() as link:
        link.sendall(b"z" + command + b"\0")
        if path is not None:
            _send(link, path)
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            piece = link.recv(_LONGEST_ANSWER)
            if not piece:
                break
            answer += piece
    if not answer.endswith(b"\0"):
        raise ScannerUnavailable("the answer broke off")
    return answer[:-1].decode("utf-8", "replace").strip()


def _send(link: socket.socket, path: Path) -> None:
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                link.sendall(struct.pack(">I", len(piece)) + piece)
        link.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        # clamd stops reading at its own limit and says so before it closes: the answer is read all the same.
        return
