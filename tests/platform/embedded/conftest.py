"""Places and processes for the tests of the servers: reachable for the servers' account, removed afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import embedded

SOURCE_ROOT = str(Path(embedded.__file__).parent.parent)


def make_place() -> Path:
    """Return a fresh directory that any account can pass through, unlike pytest's own ones."""
    place = Path(tempfile.mkdtemp(prefix="tandem-place-"))
    place.chmod(0o711)
    return place


@pytest.fixture
def place() -> Iterator[Path]:
    made = make_place()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def shared_place() -> Iterator[Path]:
    made = make_place()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def bare_environment() -> dict[str, str]:
    """The environment of a process that is told of no servers."""
    theirs = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in theirs and not name.startswith("PYTEST")}
    return {**kept, "PYTHONPATH": SOURCE_ROOT, "PYTHONUNBUFFERED": "1"}


Launch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Start Python source in a process of its own; what still runs at the end of the test is killed."""
    started = []

    def start(source: str, *, environment: dict[str, str]) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", source],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def wait_until(condition: Callable[[], object], *, seconds: float = 15.0) -> None:
    """Return when the condition holds; fail the test when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


def read_until(process: "subprocess.Popen[str]", phrase: str) -> list[str]:
    """Return the lines that the process writes up to the one that holds the phrase."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if phrase in line:
            return lines
    pytest.fail(f"{phrase!r} was never written: {lines}")
