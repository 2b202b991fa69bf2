import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import addresses, home
from embedded.__main__ import main


class TestMain:
    def test_status_tells_whether_it_runs(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["status", "--var", str(place)]) == 1
        with home.locked(var=place):
            assert main(["status", "--var", str(place)]) == 0

        assert capsys.readouterr().out.splitlines() == [
            f"Not running (data in {place}).",
            f"Running: process {os.getpid()} (data in {place}).",
        ]

    def test_addresses_are_fit_for_a_shell(
        self, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in addresses.NAMES:
            monkeypatch.delenv(name, raising=False)
        with home.locked(var=place):
            addresses.publish(var=place, addresses={"DATABASE_URL": "postgresql://a", "REDIS_URL": "redis://b"})

            assert main(["addresses", "--var", str(place)]) == 0

        assert capsys.readouterr().out == "DATABASE_URL=postgresql://a\nREDIS_URL=redis://b\n"

    def test_check_examines_the_servers_in_use(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "--var", str(place)]) == 0
        assert capsys.readouterr().out == "PostgreSQL and Redis are fit for use.\n"

    def test_check_says_when_there_is_nothing_to_examine(
        self, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in addresses.NAMES:
            monkeypatch.delenv(name, raising=False)

        assert main(["check", "--var", str(place)]) == 1
        assert "not running" in capsys.readouterr().out

    @pytest.mark.long
    def test_needs_neither_django_nor_our_apps(self, bare_environment: dict[str, str]) -> None:
        source = (
            "import sys, embedded.__main__; "
            "print([name for name in sys.modules if name.split('.')[0] in {'django', 'kernel', 'apps', 'config'}])"
        )

        shown = subprocess.run([sys.executable, "-c", source], env=bare_environment, capture_output=True, text=True)

        assert shown.stdout == "[]\n", shown.stderr
