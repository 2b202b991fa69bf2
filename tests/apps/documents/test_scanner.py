from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from apps.documents import scanner
from apps.documents.scanner import BadScannerAddress, ScannerUnavailable
from apps.documents.states import ScanState

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """Speaks as much of clamd's protocol as the port needs; `says` overrides the answer to a stream."""

    def __init__(self, server: socket.socket) -> None:
        self.server = server
        self.says: bytes | None = None
        self.longest = 10_000_000
        self.received = b""
        self.version = b"ClamAV 1.4.1/27482/Sun Dec  8 09:35:56 2024"
        server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self.server.accept()
            except OSError:
                return
            with link:
                self._answer(link)

    def _answer(self, link: socket.socket) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += link.recv(1)
        if command == b"zVERSION\0":
            link.sendall(self.version + b"\0")
            return
        self.received = b""
        while length := struct.unpack(">I", self._exactly(link, 4))[0]:
            self.received += self._exactly(link, length)
            if len(self.received) > self.longest:
                link.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"stream: Eicar-Test-Signature FOUND" if EICAR in self.received else b"stream: OK"
        link.sendall(self.says if self.says is not None else found + b"\0")

    @staticmethod
    def _exactly(link: socket.socket, length: int) -> bytes:
        data = b""
        while len(data) < length:
            data += link.recv(length - len(data))
        return data


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, settings, tmp_path: Path) -> Iterator[Clamd]:
    if request.param == "tcp":
        server = socket.create_server(("127.0.0.1", 0))
        settings.CLAMD = f"127.0.0.1:{server.getsockname()[1]}"
    else:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(tmp_path / "clamd"))
        settings.CLAMD = f"unix:{tmp_path / 'clamd'}"
    settings.CLAMD_SECONDS = 5
    yield Clamd(server)
    server.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"an ordinary file\n" * 50_000)
    return path


class TestScan:
    def test_is_not_scanned_without_a_scanner(self, settings, file: Path) -> None:
        settings.CLAMD = ""

        assert scanner.scan(file).state is ScanState.NOT_SCANNED

    def test_is_clean_by_the_scanners_word(self, clamd: Clamd, file: Path) -> None:
        result = scanner.scan(file)

        assert (result.state, result.malware) == (ScanState.CLEAN, None)
        assert (result.engine, result.signatures_on) == ("ClamAV 1.4.1", date(2024, 12, 8))
        assert clamd.received == file.read_bytes()

    def test_names_what_was_found(self, clamd: Clamd, file: Path) -> None:
        file.write_bytes(b"before " * 100_000 + EICAR)

        result = scanner.scan(file)

        assert (result.state, result.malware) == (ScanState.INFECTED, "Eicar-Test-Signature")

    def test_is_not_scanned_beyond_the_scanners_limit(self, clamd: Clamd, file: Path) -> None:
        clamd.longest = 300_000

        assert scanner.scan(file).state is ScanState.NOT_SCANNED

    @pytest.mark.parametrize("answer", [b"", b"stream: OK", b"stream: Can't allocate memory ERROR\0", b"OK\0", b"\0"])
    def test_believes_no_other_answer(self, clamd: Clamd, file: Path, answer: bytes) -> None:
        clamd.says = answer

        with pytest.raises(ScannerUnavailable):
            scanner.scan(file)

    def test_keeps_the_engine_whose_signatures_have_no_date(self, clamd: Clamd, file: Path) -> None:
        clamd.version = b"ClamAV 1.4.1"

        result = scanner.scan(file)

        assert (result.engine, result.signatures_on) == ("ClamAV 1.4.1", None)

    def test_is_tried_again_when_nobody_listens(self, settings, file: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings.CLAMD = f"127.0.0.1:{server.getsockname()[1]}"

        with pytest.raises(ScannerUnavailable):
            scanner.scan(file)

    def test_is_tried_again_when_the_socket_is_gone(self, settings, file: Path, tmp_path: Path) -> None:
        settings.CLAMD = f"unix:{tmp_path / 'nobody'}"

        with pytest.raises(ScannerUnavailable):
            scanner.scan(file)

    @pytest.mark.parametrize("address", ["clamd", "clamd:", ":3310", "clamd:port"])
    def test_an_address_that_is_none_is_told(self, settings, file: Path, address: str) -> None:
        settings.CLAMD = address

        with pytest.raises(BadScannerAddress):
            scanner.scan(file)
