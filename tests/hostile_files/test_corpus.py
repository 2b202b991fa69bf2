"""Each hostile file gets the outcome it must have, in bounded time and memory, and what comes in is harmless."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from apps.documents.inspection import Inspection, Limits, Verdict, inspect
from apps.documents.inspection.outcome import MEGABYTE
from tests.hostile_files.case import ANY, Case
from tests.hostile_files.corpus import corpus

LIMITS = Limits(memory=600 * MEGABYTE, cpu_seconds=15, seconds=60.0)
SECONDS = 60
EVERY = 12
"""The suite tries one in twelve, `--whole` everything."""


def misjudged(case: Case, folder: Path) -> list[str]:
    """What is wrong with the outcome of a case; empty where nothing is."""
    path = folder / "received"
    case.write(path)
    began = time.monotonic()
    outcome = inspect(path, name=case.name, declared_type=case.declared, limits=LIMITS)
    wrong = [f"took {time.monotonic() - began:.0f} s"] if time.monotonic() - began > SECONDS else []
    wrong += _unlike(case, outcome)
    if outcome.verdict is Verdict.CLEAN:
        kept = outcome.sanitised or path
        wrong += [f"still holds {part!r}" for part in case.gone if _holds(kept.read_bytes(), part)]
        wrong += _again(case, kept, outcome)
    left = sorted(each.name for each in folder.iterdir())
    if set(left) - {"received", "received.sanitised", "again", "again.sanitised"}:
        wrong.append(f"left behind {left}")
    for each in folder.iterdir():
        each.unlink()
    return [f"{case.key}: {problem}" for problem in wrong]


def _unlike(case: Case, outcome: Inspection) -> list[str]:
    codes = [each.code for each in outcome.reasons]
    if case.becomes == ANY:
        return [] if (outcome.verdict is Verdict.CLEAN) != bool(codes) else ["verdict and reasons disagree"]
    if codes != ([case.becomes] if case.becomes else []):
        return [f"became {codes or 'clean'}, not {case.becomes or 'clean'}"]
    if case.member is not None and outcome.reasons[0].member != case.member:
        return [f"names {outcome.reasons[0].member}, not {case.member}"]
    removed = {each.code for each in outcome.removed}
    if case.becomes is None and removed != set(case.removed):
        return [f"lost {sorted(removed)}, not {sorted(case.removed)}"]
    return []


def _again(case: Case, kept: Path, outcome: Inspection) -> list[str]:
    """What comes out must come in again unchanged in what it holds."""
    if outcome.sanitised is None:
        return []
    again = kept.rename(kept.with_name("again"))
    second = inspect(again, name=case.name, declared_type="", limits=LIMITS)
    return [] if second.verdict is Verdict.CLEAN and not second.removed else [f"its output is not clean: {second}"]


def _holds(data: bytes, part: bytes) -> bool:
    if part in data:
        return True
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(_holds(archive.read(name), part) for name in archive.namelist())
    for start in _streams(data):
        try:
            if part in zlib.decompressobj().decompress(data[start:], 1_000_000):
                return True
        except zlib.error:
            continue
    return False


def _streams(data: bytes) -> list[int]:
    starts, at = [], data.find(b"stream\n")
    while at >= 0:
        starts.append(at + 7)
        at = data.find(b"stream\n", at + 1)
    return starts if data.startswith(b"%PDF") else []


class TestCorpus:
    def test_is_large(self) -> None:
        judged = [case for case in corpus() if case.becomes != ANY]

        assert len(judged) >= 400
        assert len({case.becomes for case in judged}) >= 35

    def test_is_the_same_each_time(self) -> None:
        def told(cases: tuple[Case, ...]) -> list[tuple[object, ...]]:
            return [(case.key, case.name, case.content if isinstance(case.content, bytes) else "") for case in cases]

        once, twice = told(corpus()), told(corpus.__wrapped__())

        assert [
            one[0] for one, other in zip(once, twice, strict=True) if one != other and "encrypted" not in str(one[0])
        ] == []

    def test_every_file_becomes_what_it_must(self, tmp_path: Path, whole: bool) -> None:
        chosen = [case for number, case in enumerate(corpus()) if whole or number % EVERY == 0]

        wrong = [problem for case in chosen for problem in misjudged(case, tmp_path)]

        assert wrong == []

    @pytest.mark.parametrize("key", ["pdf-open-action", "png-located"])
    def test_a_case_that_expects_otherwise_is_told(self, key: str, tmp_path: Path) -> None:
        case = next(case for case in corpus() if case.key == key)

        assert misjudged(replace(case, removed=frozenset()), tmp_path)
        assert misjudged(replace(case, becomes="macro"), tmp_path)
        assert misjudged(replace(case, gone=(b"%PDF", b"PNG")), tmp_path)
