"""Which tests run together on one of several workers: those of one file; the files that share an installation, too."""

from __future__ import annotations

from collections import Counter

import pytest
from xdist.scheduler import LoadScopeScheduling

INSTALLATION = "tests/journeys/"
"""Its files share servers, a migrated database and one with data: made once, on one worker."""


class ByFile(LoadScopeScheduling):
    """Hands a worker that runs out of tests the next file, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return INSTALLATION if file.startswith(INSTALLATION) else self.part(nodeid)

    def part(self, nodeid: str) -> str:
        """What of a file stays together."""
        return nodeid.partition("::")[0]


class ByClass(ByFile):
    """The same by class, for files that hold most of the tests of a run."""

    def part(self, nodeid: str) -> str:
        return nodeid.rpartition("::")[0]


SCHEDULINGS: dict[str, type[ByFile]] = {"loadfile": ByFile, "loadscope": ByClass}
"""By what `--dist` says; any other way of sharing out is left as it is."""


def longest_first(items: list[pytest.Item]) -> None:
    """Sort the tests of whole processes to the front, then the files with the most tests: the workers end together."""
    sizes = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[bool, int, str]:
        return item.get_closest_marker("process") is None, -sizes[item.path], str(item.path)

    items.sort(key=place)
