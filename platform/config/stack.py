"""`python -m config.stack up|demo`: the whole product on one machine, under one supervisor."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from embedded.home import write_private
from embedded.program import Command, Program
from embedded.supervisor import supervise

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable


def main(arguments: Sequence[str]) -> int:
    """Run `up` (no data of its own) or `demo` (data, a match run, the best matches); returns the exit code."""
    if list(arguments) not in (["up"], ["demo"]):
        sys.stderr.write("usage: python -m config.stack up|demo\n")
        return 2
    is_demo = arguments[0] == "demo"
    given = dict(os.environ)
    var = Path(given.get("TANDEM_VAR") or ROOT / "var").resolve()
    port = given.get("PORT") or "8000"
    serves = given.get("SERVE", "1") != "0"
    data = given.get("DATA", "")
    (var / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one
    environment = {
        **given,
        "TANDEM_VAR": str(var),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
        "DJANGO_SETTINGS_MODULE": given.get("DJANGO_SETTINGS_MODULE", "config.settings.local"),
        "SECRET_KEY": given.get("SECRET_KEY") or _kept(var / "secret_key", lambda: secrets.token_urlsafe(48)),
        "DOCUMENT_MASTER_KEYS": given.get("DOCUMENT_MASTER_KEYS") or _kept(var / "document_master_keys", _master_key),
        "NUMBA_CACHE_DIR": given.get("NUMBA_CACHE_DIR") or str(var / "numba"),
        "LOG_LEVEL": given.get("LOG_LEVEL") or ("WARNING" if is_demo else "INFO"),
    }
    return supervise(
        var=var,
        root=ROOT,
        environment=environment,
        commands=_commands(is_demo=is_demo, data=data, port=port),
        programs=_programs(is_demo=is_demo, data=data, port=port, serves=serves),
        announcement="" if is_demo else f"Serving on http://localhost:{port}; its API is described on /api/docs/.",
    )


def _commands(*, is_demo: bool, data: str, port: str) -> list[Command]:
    if not is_demo:
        return [_manage("prepare", "--compile")]
    folder = ["--data", str(Path(data).resolve())] if data else []
    # Both in one process: starting one takes longer than what it has to do.
    return [_manage("demo_prepare", "--up", "--base-url", f"http://localhost:{port}", *folder)]


def _programs(*, is_demo: bool, data: str, port: str, serves: bool) -> list[Program]:
    celery = [PYTHON, "-m", "celery", "--quiet", "--app=config"]
    queues = "--queues=default,matching,freshness"
    worker_options = ["--without-mingle", "--without-gossip", "--loglevel=WARNING", queues]
    programs = [
        Program(
            name="web",
            argv=[
                *(PYTHON, "-m", "gunicorn", "config.wsgi", f"--bind=localhost:{port}"),
                *("--workers=2", "--threads=4", "--log-level=warning", "--no-control-socket", "--preload"),
            ],
            ready=f"http://localhost:{port}/livez",
            rank=1,
        ),
        Program(name="worker", argv=[*celery, "worker", "--concurrency=2", *worker_options], rank=2, patience=20),
    ]
    if serves or not is_demo:  # a demonstration that ends after its table has no tomorrow
        schedule = f"--schedule={_schedule()}"
        programs.append(Program(name="beat", argv=[*celery, "beat", "--loglevel=WARNING", schedule], rank=3))
    if is_demo:
        programs.append(
            Program(
                name="demo",
                argv=[PYTHON, "-m", "config.demo"],
                env={"SERVE": "1" if serves else "0", "DATA": data},
                restart=False,
                rank=4,
            )
        )
    return programs


def _manage(*words: str) -> Command:
    return Command(name=words[0].partition("_")[0], argv=[PYTHON, str(ROOT / "manage.py"), *words])


def _schedule() -> Path:
    return Path(os.environ.get("TANDEM_VAR") or ROOT / "var").resolve() / "celerybeat"


def _kept(file: Path, make: Callable[[], str]) -> str:
    """A secret of this installation, made once and kept in a file that only its owner may read."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path=file, text=make())
    return file.read_text()


def _master_key() -> str:
    return f"embedded-1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
