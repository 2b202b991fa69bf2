"""`python -m apps.documents.bench`: megabytes a second in and out through hashing and encryption, beside a plain copy.

In: 8 MB chunks are hashed, sealed and kept in quarantine, opened and put together again with a hash over all, then
encrypted in segments with another hash and kept. Out: every segment is opened and handed over, as it is for a download.
Every file that is kept is made durable before the next step, and so is the plain copy. All is done in turns in one
process; medians are compared. The database and the inspection have no part in this.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from apps.documents.encryption import ContentReader, ContentWriter, Place
from apps.documents.storage.files import FileStorage
from apps.documents.storage.port import storage_key_new

CHUNK = 8 * 1024 * 1024
MEGABYTE = 1_000_000
PIECE = 64 * 1024
NONCE_BYTES = 12
PAIRS = (("upload", "plain copy"), ("download", "plain read"), ("download, hash compared", "plain read"))
PLACE = Place(document_id=UUID(int=1), version=1)


class Bench:
    """One plain file of random bytes, and what is done with it in a folder."""

    def __init__(self, *, folder: Path, size: int) -> None:
        self.size, self._folder = size, folder
        self._storage = FileStorage(root=folder / "kept")
        self._plain = folder / "plain"
        with self._plain.open("wb") as stream:
            for start in range(0, size, CHUNK):
                stream.write(os.urandom(min(CHUNK, size - start)))
        self._key = AESGCM.generate_key(256)
        self._kept: tuple[str, str] = ("", "")

    def copy(self) -> None:
        """The reference of the way in: the file copied and made durable."""
        target = self._folder / "copy"
        shutil.copyfile(self._plain, target)
        with target.open("rb") as stream:
            os.fsync(stream.fileno())

    def read(self) -> None:
        """The reference of the way out: the file read in pieces."""
        with self._plain.open("rb", buffering=0) as stream:
            while stream.read(PIECE):
                pass

    def upload(self) -> None:
        """The way in, from the arriving chunks to the kept content."""
        quarantine, chunks = AESGCM(AESGCM.generate_key(256)), []
        for chunk in self._arriving():
            hashlib.sha256(chunk).digest()
            nonce = os.urandom(NONCE_BYTES)
            chunks.append(storage_key_new())
            self._storage.put(chunks[-1], [nonce + quarantine.encrypt(nonce, chunk, None)])
        whole, received = hashlib.sha256(), self._folder / "received"
        with received.open("wb") as stream:
            for key in chunks:
                part = self._storage.open_range(key, 0, NONCE_BYTES + CHUNK + 16)
                sealed = part.read(NONCE_BYTES + CHUNK + 16)
                part.close()
                chunk = quarantine.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
                whole.update(chunk)
                stream.write(chunk)
        if self._kept[0]:
            self._storage.delete(self._kept[0])
        name = storage_key_new()
        with received.open("rb") as plain:
            writer = ContentWriter(plain=plain, key=self._key, place=PLACE)
            self._storage.put(name, writer)
        if writer.sha256 != whole.hexdigest():
            raise RuntimeError("what was kept is not what arrived")
        self._kept = (name, writer.sha256)
        for key in chunks:
            self._storage.delete(key)

    def download(self) -> None:
        """The way out, as a range over everything."""
        for _ in self._reader().read_range(0, self.size):
            pass

    def verify(self) -> None:
        """The way out, compared with the recorded hash."""
        self._reader().verify()

    def _reader(self) -> ContentReader:
        name, sha256 = self._kept
        return ContentReader(
            open_range=lambda start, stop: self._storage.open_range(name, start, stop),
            stored=self._storage.size(name),
            key=self._key,
            place=PLACE,
            size=self.size,
            sha256=sha256,
        )

    def _arriving(self) -> Iterator[bytes]:
        with self._plain.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


def compare(*, megabytes: int, rounds: int, folder: Path) -> dict[str, float]:
    """Median megabytes a second of each step, printed with the ratios to the plain ones."""
    bench = Bench(folder=folder, size=megabytes * MEGABYTE)
    steps = {
        "plain copy": bench.copy,
        "upload": bench.upload,
        "plain read": bench.read,
        "download": bench.download,
        "download, hash compared": bench.verify,
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            taken[name].append(_seconds(step))
    speed = {name: megabytes / statistics.median(clock for clock, _ in values) for name, values in taken.items()}
    spent = {name: statistics.median(processor for _, processor in values) for name, values in taken.items()}
    _say(f"documents: {megabytes} MB, {rounds} rounds in turns, medians")
    for name, reference in PAIRS:
        ratio = speed[name] / speed[reference]
        _say(
            f"{name}: {speed[name]:.0f} MB/s, {ratio:.2f} of a {reference} ({speed[reference]:.0f} MB/s); "
            f"by processor time, which other work on the machine disturbs less: {megabytes / spent[name]:.0f} MB/s"
        )
    return speed


def _seconds(work: Callable[[], None]) -> tuple[float, float]:
    """How long one call takes: by the clock, and of this process's processor time."""
    began, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - spent


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the comparison as the command line asks for it."""
    parser = argparse.ArgumentParser(description="Speed of documents on their way in and out.")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        compare(megabytes=chosen.megabytes, rounds=chosen.rounds, folder=Path(folder))


if __name__ == "__main__":
    main()
