"""What is installed for tests, for development and for storage in S3 holds what runs: same versions, same hashes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def locked(name: str) -> dict[str, str]:
    """The version, condition and hashes of each package in a lock."""
    return dict(re.findall(r"^([a-z0-9][^=\s]*)==(.*(?:\n +--hash=.*)+)", (ROOT / name).read_text(), re.MULTILINE))


class TestLocks:
    @pytest.mark.parametrize("name", ["requirements-s3.txt", "requirements-test.txt", "requirements-dev.txt"])
    def test_hold_what_runs(self, name: str) -> None:
        runs = locked("requirements.txt")

        installed = locked(name)

        assert len(runs) > 50
        assert {package: installed.get(package) for package in runs} == runs

    def test_hold_what_the_engine_is_compiled_with(self) -> None:
        wanted = re.search(r"\^\(([\w|-]+)\)==", (ROOT / "Makefile").read_text())

        assert wanted is not None
        assert set(wanted[1].split("|")) <= set(locked("requirements-test.txt"))
