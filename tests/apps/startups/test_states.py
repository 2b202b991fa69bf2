"""The lives of capabilities and raises as their tables give them."""

from apps.startups.states import CAPABILITY, OPEN_RAISES, RAISE
from kernel.states import Machine


def arrows(machine: Machine) -> set[tuple[str, str, str]]:
    return {(str(source), item.name, str(item.target)) for item in machine.transitions for source in item.sources}


class TestCapability:
    def test_goes_from_draft_to_published_to_archived(self) -> None:
        assert CAPABILITY.initial == "draft"
        assert arrows(CAPABILITY) == {("draft", "publish", "published"), ("published", "archive", "archived")}


class TestRaise:
    def test_opens_commits_and_ends(self) -> None:
        assert RAISE.initial == "draft"
        assert arrows(RAISE) == {
            ("draft", "open", "open"),
            ("open", "commit_partly", "partly_committed"),
            ("partly_committed", "reopen", "open"),
            ("open", "close", "closed"),
            ("partly_committed", "close", "closed"),
            ("draft", "withdraw", "withdrawn"),
            ("open", "withdraw", "withdrawn"),
            ("partly_committed", "withdraw", "withdrawn"),
        }

    def test_is_open_while_it_can_still_be_closed(self) -> None:
        assert set(OPEN_RAISES) == RAISE.by_name["close"].sources

    def test_is_moved_by_nobody_without_a_permission(self) -> None:
        assert all(item.permission for machine in (CAPABILITY, RAISE) for item in machine.transitions)
