"""The parent's side: one child per file, no wait beyond the limit, belief only in what keeps to the schema."""

from __future__ import annotations

import errno
import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from apps.documents.inspection.kinds import MAGIC, MEDIA_TYPES
from apps.documents.inspection.outcome import (
    DISK_IS_FULL,
    FULL,
    BadOutcome,
    Inspection,
    Limits,
    Reason,
    blocked,
    from_json,
)

ROOT = Path(__file__).resolve().parents[3]
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); from apps.documents.inspection.child import main; main(sys.argv[2])"
)
LONGEST_ANSWER = 1024 * 1024
DEFAULT = Limits()


def inspect(path: Path, *, name: str, declared_type: str, limits: Limits = DEFAULT) -> Inspection:
    """What the file at `path` is and whether it may come in under `name`.

    The declared media type never speaks for a file, only against it. A sanitised file stands beside the received one,
    with the ending `.sanitised`, and is the caller's to move or delete. Never raises for what the file holds or does to
    the child; raises OSError when there is no room for the child's folder or for what the child writes. Where the time
    runs out, the verdict says so by `is_overdue`.
    """
    workshop = Path(tempfile.mkdtemp(prefix=".inspection-", dir=path.parent))
    try:
        return _inspect(path.resolve(), workshop, name=name, declared_type=declared_type, limits=limits)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _inspect(path: Path, workshop: Path, *, name: str, declared_type: str, limits: Limits) -> Inspection:
    try:
        facts = path.lstat()
    except OSError:
        return blocked(Reason.INSPECTION_FAILED)
    if not stat.S_ISREG(facts.st_mode):
        return blocked(Reason.INSPECTION_FAILED)
    if facts.st_size > limits.file_bytes:
        return blocked(Reason.TOO_LARGE)
    # Lone surrogates cannot be written as UTF-8; a name that holds one is refused by the child as invisible.
    job = {
        "path": str(path),
        "name": name[:2_000],
        "declared_type": declared_type[:200],
        "limits": asdict(limits),
        "temporary_bytes": max(limits.unpacked_bytes, facts.st_size * 2) + LONGEST_ANSWER,
        "memory": limits.memory + facts.st_size,
    }
    (workshop / "job.json").write_text(json.dumps(job), encoding="utf-8")
    code = _run(workshop, limits.seconds)
    if code == DISK_IS_FULL:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if code != 0:
        return replace(blocked(Reason.INSPECTION_FAILED), is_overdue=code is None)
    try:
        return _kept(_answer(workshop), path)
    except (BadOutcome, OSError, ValueError, RecursionError) as reason:
        if isinstance(reason, OSError) and reason.errno in FULL:
            raise
        return blocked(Reason.INSPECTION_FAILED)


def _run(workshop: Path, seconds: float) -> int | None:
    """What the child ended with, None if not in time. Its whole group is killed while its number cannot be anybody
    else's.
    """
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-I", "-X", "utf8", "-c", BOOT, str(ROOT), str(workshop)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=workshop,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(workshop), "MALLOC_ARENA_MAX": "2"},
        close_fds=True,
        start_new_session=True,
    )
    watched = os.pidfd_open(child.pid)
    try:
        ended = bool(select.select([watched], [], [], seconds)[0])
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        os.close(watched)
        child.wait()
    return child.returncode if ended else None


def _answer(workshop: Path) -> Inspection:
    answer = workshop / "answer.json"
    if not stat.S_ISREG(answer.lstat().st_mode) or answer.lstat().st_size > LONGEST_ANSWER:
        raise BadOutcome
    plain = json.loads(answer.read_text(encoding="utf-8"))
    return from_json(plain, sanitised=workshop / "sanitised", media_types=MEDIA_TYPES)


def _kept(inspection: Inspection, path: Path) -> Inspection:
    """The verdict with the sanitised file moved beside the received one, if it is what the verdict says."""
    if inspection.sanitised is None:
        return inspection
    if not stat.S_ISREG(inspection.sanitised.lstat().st_mode):
        raise BadOutcome
    with inspection.sanitised.open("rb") as file:
        if not file.read(16).startswith(MAGIC.get(inspection.media_type or "", b"")):
            raise BadOutcome
    target = path.with_name(path.name + ".sanitised")
    inspection.sanitised.rename(target)
    return Inspection(**{**inspection.__dict__, "sanitised": target})
