from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from apps.organisations.management.commands.write_docs import machine_page, machines, permissions_page
from kernel.states import Machine, Transition


class DoorStatus(models.TextChoices):
    OPEN = "open"
    SHUT = "shut"


def is_unlocked(door: object, actor: object) -> str | None:
    """the door is unlocked."""


DOOR = Machine(
    name="door",
    statuses=DoorStatus,
    initial=DoorStatus.OPEN,
    transitions=(
        Transition("shut", frozenset({"open"}), "shut", "house.door.shut", "house.door.was_shut"),
        Transition("blow_open", frozenset({"shut"}), "open", None, "house.door.blown_open", guards=(is_unlocked,)),
    ),
)


def write(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("write_docs", "--folder", str(folder), *options, stdout=out)
    return out.getvalue()


class TestMachines:
    def test_are_found_in_the_apps(self):
        found = machines()

        assert found["match-run"][0] == "apps.matching.states"
        assert {"capability", "import", "mandate", "raise"} <= set(found)


class TestMachinePage:
    def test_says_of_each_transition_what_it_needs_publishes_and_is_guarded_by(self):
        page = machine_page("house.states", DOOR)

        assert "| `shut` | `open` | `shut` | `house.door.shut` | `house.door.was_shut` | – |" in page
        assert "| `blow_open` | `shut` | `open` | the system | `house.door.blown_open` | the door is unlocked |" in page

    def test_draws_the_machine(self):
        assert f"```mermaid\n{DOOR.mermaid()}```" in machine_page("house.states", DOOR)


class TestPermissionsPage:
    def test_shows_what_only_the_owner_may(self):
        row = "| `organisations.api_key.create` | yes | – | – | – | – |"

        assert row in permissions_page()


class TestWriteDocs:
    def test_writes_once_and_then_finds_nothing_to_do(self, tmp_path: Path):
        first = write(tmp_path)
        second = write(tmp_path)

        assert "wrote states/match-run.md" in first
        assert second == ""

    def test_removes_the_page_of_a_machine_that_is_gone(self, tmp_path: Path):
        write(tmp_path)
        (tmp_path / "states" / "gone.md").write_text("# Gone\n")

        assert write(tmp_path) == "removed states/gone.md\n"

    def test_check_names_what_differs_and_writes_nothing(self, tmp_path: Path):
        write(tmp_path)
        page = tmp_path / "states" / "raise.md"
        page.write_text("something else\n")

        with pytest.raises(CommandError, match=r"states/raise\.md"):
            write(tmp_path, "--check")

        assert page.read_text() == "something else\n"
