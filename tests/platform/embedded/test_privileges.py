import os
import stat
from pathlib import Path

import pytest

from embedded import privileges
from embedded.failures import DirectoryOfStranger


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestPrivateDirectory:
    def test_is_for_the_account_alone(self, place: Path) -> None:
        account = privileges.server_account()

        made = privileges.private_directory(path=place / "data", account=account)

        assert mode(made) == 0o700
        assert made.stat().st_uid == (os.geteuid() if account is None else account.uid)

    def test_narrows_one_of_ours(self, place: Path) -> None:
        (place / "data").mkdir(mode=0o755)

        assert mode(privileges.private_directory(path=place / "data")) == 0o700

    def test_refuses_a_link(self, place: Path) -> None:
        (place / "elsewhere").mkdir()
        (place / "data").symlink_to(place / "elsewhere")

        with pytest.raises(DirectoryOfStranger):
            privileges.private_directory(path=place / "data")

    def test_refuses_a_directory_of_somebody_else(self, place: Path) -> None:
        strangers = place / "data"
        if os.geteuid() == 0:
            strangers.mkdir()
            os.chown(strangers, 4321, 4321)
        else:
            strangers = Path("/usr")

        with pytest.raises(DirectoryOfStranger):
            privileges.private_directory(path=strangers, account=privileges.server_account())


class TestPassableDirectory:
    def test_lets_the_servers_account_through_and_nobody_else(self, place: Path) -> None:
        account = privileges.server_account()

        made = privileges.passable_directory(path=place / "var", account=account)

        assert mode(made) == (0o700 if account is None else 0o710)
        assert made.stat().st_uid == os.geteuid()
        assert privileges.may_enter(account=account, directory=made)


class TestMayEnter:
    def test_is_false_behind_a_closed_parent(self, place: Path) -> None:
        account = privileges.server_account()
        inner = place / "closed" / "inner"
        inner.mkdir(parents=True)
        inner.parent.chmod(0o700 if account is not None else 0)

        assert not privileges.may_enter(account=account, directory=inner)
        inner.parent.chmod(0o700)

    def test_is_false_for_what_does_not_exist(self, place: Path) -> None:
        assert not privileges.may_enter(account=privileges.server_account(), directory=place / "nothing")


class TestMayRun:
    @pytest.mark.parametrize(("command", "expected"), [("/bin/true", True), ("/bin/false", False), ("/none", False)])
    def test_tells_by_running(self, command: str, expected: bool) -> None:
        assert privileges.may_run(account=privileges.server_account(), argv=[command]) is expected
