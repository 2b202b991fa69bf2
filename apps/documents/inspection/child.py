"""The child's side: takes its job from its folder, confines itself, examines, and leaves the answer there."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

from apps.documents.inspection.confinement import confine
from apps.documents.inspection.examination import Examination
from apps.documents.inspection.outcome import DISK_IS_FULL, FULL, Limits, to_json

ROOT = Path(__file__).resolve().parents[3]
_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/dev/urandom",
    "/usr/share/zoneinfo",
    "/usr/local/lib",
    "/nix/store",
)


def main(folder: str) -> None:
    """Examine the file that `job.json` in the folder names, and write `answer.json` there; exits with DISK_IS_FULL when
    there is no room for what it writes.
    """
    try:
        _answer(Path(folder))
    except Exception as reason:
        if is_full(reason):
            sys.exit(DISK_IS_FULL)
        raise


def is_full(reason: BaseException | None) -> bool:
    """Whether a full disk or an exhausted quota is behind an exception; some libraries tell so by their text only."""
    while reason is not None:
        if isinstance(reason, OSError) and reason.errno in FULL:
            return True
        if any(os.strerror(code) in str(reason) for code in FULL):
            return True
        reason = reason.__cause__ or reason.__context__
    return False


def _answer(workshop: Path) -> None:
    job = json.loads((workshop / "job.json").read_text(encoding="utf-8"))
    limits = Limits(**job["limits"])
    path = Path(job["path"])
    missing = confine(
        memory=job["memory"],
        cpu_seconds=limits.cpu_seconds,
        file_bytes=job["temporary_bytes"],
        readable=[*_libraries(), path],
        writable=workshop,
    )
    verdict = Examination(limits, workshop).verdict(path, name=job["name"], declared_type=job["declared_type"])
    verdict = replace(verdict, walls_missing=tuple(missing))
    (workshop / "answer.json").write_text(json.dumps(to_json(verdict)), encoding="utf-8")


def _libraries() -> list[Path]:
    """Where this interpreter and what it imports stand; nothing of the installation's data or settings."""
    own = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    own |= {entry for entry in sys.path if entry and entry != str(ROOT)}
    own |= {sys.prefix + "/lib", sys.base_prefix + "/lib"}
    return [Path(each) for each in sorted({*own, *_SYSTEM})] + [ROOT / "apps" / "documents" / "inspection"]
