# ruff: noqa: E501, PTH208 - rows of broken answers stay on their lines; names of entries are compared
from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path

import pytest

from apps.documents.inspection import Inspection, Limits, Verdict, inspect, process
from apps.documents.inspection.outcome import MEGABYTE, Reason

pytestmark = pytest.mark.long


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "received"
    path.write_bytes(b"an ordinary text\n")
    return path


def inspected(file: Path, **limits: float) -> Inspection:
    return inspect(file, name="a.txt", declared_type="text/plain", limits=Limits(**limits))


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the child run other code: its folder is `folder`."""
    monkeypatch.setattr(process, "BOOT", f"import sys, os, json, time\nfolder = sys.argv[2]\n{code}")


def answer(**changed: object) -> str:
    plain = {
        "verdict": "clean", "reasons": [], "media_type": "text/plain", "extension": "txt", "sanitised": False, "pages": None,
        "marking": None, "text_length": 3, "removed": [], "walls_missing": [],
    }  # fmt: skip
    return f"open(folder + '/answer.json', 'w').write({json.dumps({**plain, **changed})!r})"


def _is_gone(process_id: int) -> bool:
    """Whether a process ends within five seconds; who inherits it may take a while to bury it."""
    for _ in range(100):
        try:
            if Path(f"/proc/{process_id}/stat").read_text().split()[2] in "ZX":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def code(outcome: Inspection) -> str | None:
    return outcome.reasons[0].code if outcome.reasons else None


class TestInspect:
    def test_tells_what_an_ordinary_file_is(self, file: Path) -> None:
        outcome = inspected(file)

        assert (outcome.verdict, outcome.media_type, outcome.extension) == (Verdict.CLEAN, "text/plain", "txt")
        assert (outcome.sanitised, outcome.text_length) == (None, 17)
        assert sorted(os.listdir(file.parent)) == ["received"]

    def test_refuses_what_is_no_file(self, tmp_path: Path) -> None:
        assert code(inspected(tmp_path / "absent")) == Reason.INSPECTION_FAILED
        assert code(inspected(tmp_path)) == Reason.INSPECTION_FAILED

    @pytest.mark.parametrize(
        "broken",
        [
            "os.abort()", "sys.exit(3)", "raise MemoryError", "pass", "os.kill(os.getpid(), 9)",
            "open(folder + '/answer.json', 'w').write('{')", "open(folder + '/answer.json', 'w').write('[' * 100000)",
            "os.symlink('/etc/passwd', folder + '/answer.json')", "open(folder + '/answer.json', 'w').truncate(9000000)",
            answer(verdict="fine"), answer(extra=1), answer(reasons=[["no_such_code", None]]), answer(media_type="text/html"),
            answer(media_type=None), answer(sanitised=1), answer(pages=-1), answer(pages=True), answer(marking="x" * 2_000),
            answer(walls_missing=["no_such_wall"]), answer(walls_missing=[["files"]]), answer(walls_missing=None),
            answer(is_overdue=True), answer(verdict="blocked"), answer(reasons=[["macro", None]]), answer(text_length="3"), answer(sanitised=True),
            answer(sanitised=True) + "; os.symlink('/etc/passwd', folder + '/sanitised')",
            answer(sanitised=True, media_type="application/pdf") + "; open(folder + '/sanitised', 'w').write('<html>')",
        ],
    )  # fmt: skip
    def test_believes_no_broken_child(self, file: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
        child(monkeypatch, broken)

        assert code(inspected(file)) == Reason.INSPECTION_FAILED
        assert sorted(os.listdir(file.parent)) == ["received"]

    def test_believes_a_child_that_keeps_to_the_schema(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        child(monkeypatch, answer())

        assert inspected(file).verdict is Verdict.CLEAN

    def test_kills_the_whole_group_when_time_is_up(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = file.parent / "grandchild"
        child(monkeypatch, f"p = os.fork()\nif p: open({str(told)!r}, 'w').write(str(p))\ntime.sleep(60)")

        began = time.monotonic()
        outcome = inspected(file, seconds=3)

        assert (code(outcome), outcome.is_overdue) == (Reason.INSPECTION_FAILED, True)
        assert time.monotonic() - began < 20
        assert _is_gone(int(told.read_text()))

    def test_ends_what_computes_too_long(self, file: Path) -> None:
        file.write_bytes(b"[" + b'"x",' * 8_000_000 + b"1]")

        assert (
            code(inspect(file, name="a.json", declared_type="", limits=Limits(cpu_seconds=1)))
            == Reason.INSPECTION_FAILED
        )

    def test_ends_what_takes_too_much_memory(self, file: Path) -> None:
        file.write_bytes(b"[" + b"[]," * 2_500_000 + b"1]")

        outcome = inspect(file, name="a.json", declared_type="", limits=Limits(memory=120 * MEGABYTE))

        assert (code(outcome), outcome.is_overdue) == (Reason.INSPECTION_FAILED, False)

    @pytest.mark.parametrize(
        "reason",
        ["OSError(errno.ENOSPC, 'x')", "OSError(errno.EDQUOT, 'x')", "RuntimeError('a.pdf: No space left on device')"],
    )
    def test_a_full_disk_says_nothing_of_the_file(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, reason: str
    ) -> None:
        child(
            monkeypatch,
            f"""
import errno
sys.path.insert(0, sys.argv[1])
from apps.documents.inspection import child
def verdict(*_, **__):
    try: raise {reason}
    except Exception as first: raise ValueError("not written") from first
child.confine = lambda **_: []
child.Examination.verdict = verdict
child.main(folder)
""",
        )

        with pytest.raises(OSError, match="No space left") as refused:
            inspected(file)

        assert refused.value.errno == errno.ENOSPC
        assert sorted(os.listdir(file.parent)) == ["received"]

    def test_refuses_a_file_beyond_the_limit_unread(self, file: Path) -> None:
        assert code(inspected(file, file_bytes=3)) == Reason.TOO_LARGE


class TestChild:
    def test_tells_which_walls_do_not_stand(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        code = "sys.path.insert(0, sys.argv[1])\nfrom apps.documents.inspection import child\n"
        child(monkeypatch, code + "child.confine = lambda **_: ['network', 'files']\nchild.main(folder)")

        outcome = inspected(file)

        assert (outcome.verdict, outcome.walls_missing) == (Verdict.CLEAN, ("network", "files"))

    def test_gets_no_secret(self, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("SECRET_KEY", "not for the child")
        told = tmp_path / "told"
        child(monkeypatch, f"json.dump([dict(os.environ), os.listdir('/proc/self/fd')], open({str(told)!r}, 'w'))")

        inspected(file)

        environment, handles = json.loads(told.read_text())
        assert set(environment) <= {"PATH", "LANG", "TMPDIR", "MALLOC_ARENA_MAX", "LC_CTYPE"}
        assert len(handles) <= 5

    def test_is_confined(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tried = """
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from apps.documents.inspection.child import _libraries
from apps.documents.inspection.confinement import confine
import resource, socket
missing = confine(memory=2 << 30, cpu_seconds=5, file_bytes=1000, readable=_libraries(), writable=Path(folder))
kinds = ("AS", "CPU", "FSIZE", "NOFILE", "CORE", "NPROC")
limits = [resource.getrlimit(getattr(resource, "RLIMIT_" + kind))[1] for kind in kinds]
assert limits == [2 << 30, 5, 1000, 64, 0, 0], limits
def refused(act):
    try: act()
    except OSError: return True
    return False
assert "files" in missing or refused(lambda: open("/etc/passwd"))
assert "files" in missing or refused(lambda: open(sys.argv[1] + "/README.md"))
assert "files" in missing or refused(lambda: open("/tmp/written-by-a-child", "w"))
assert "truncation" in missing or refused(lambda: os.truncate(folder + "/../received", 1))
open(folder + "/short", "w").close()
os.remove(folder + "/short")
assert "network" in missing or refused(lambda: socket.create_connection(("127.0.0.1", 9), 1))
assert refused(lambda: open(folder + "/long", "wb", 0).write(b"x" * 2000) == 2000 or open("/nowhere"))
assert "django" not in sys.modules
os.remove(folder + "/long")
"""
        child(monkeypatch, tried + "\n" + answer())

        assert inspected(file).verdict is Verdict.CLEAN
        assert file.read_bytes() == b"an ordinary text\n"
