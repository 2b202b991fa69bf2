"""How many single changes of the permission table the hand-written tests notice.

`python -m tests.authorisation.mutations [--sample N] [--seed S] [--kind K] [--role R] [--workers W] [path …]`

A mutation takes one permission from a role of a kind, or gives it one it does not have. One recording run notes which
tests look up which row of the table. Then each mutation runs the tests of its row, the most telling first, in a child
of the warm process until one fails. Each worker has a copy of the test database. Tests generated from the table, and
tests of whole processes, which would not see the change, do not count.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from apps import permissions
from apps.permissions import Kind, Permission, Role

PATHS = ("tests/authorisation",)
"""The tests that are about roles; more can be named, recording them takes longer."""
GENERATED = ("test_matrix.py", "test_operations.py", "test_write_docs.py", "test_docs.py", "test_mutations.py")
SURVIVES, NOTICED, BROKEN = 0, 1, 2
"""How the child of a mutation ends."""
OUTPUT = os.dup(1)
Row = tuple[Kind, Role]
Mutation = tuple[Row, Permission]
Found = tuple[int, float, pytest.Item]
"""A test with the number of rows that it looks up and the seconds that it takes."""


class Table(dict[Row, frozenset[Permission]]):
    """The permission table, noting which rows are looked up."""

    def __init__(self, rows: dict[Row, frozenset[Permission]]) -> None:
        super().__init__(rows)
        self.looked_up: set[Row] = set()

    def __getitem__(self, row: Row) -> frozenset[Permission]:
        self.looked_up.add(row)
        return super().__getitem__(row)

    def get(self, row: Row, default: Any = None) -> Any:
        self.looked_up.add(row)
        return super().get(row, default)

    def values(self) -> Any:
        self.looked_up |= set(self)
        return super().values()

    def items(self) -> Any:
        self.looked_up |= set(self)
        return super().items()


TABLE = Table(permissions.ROLE_PERMISSIONS)


def mutations(*, kind: str | None = None, role: str | None = None) -> list[Mutation]:
    """Every permission of the table flipped in every row, or in the rows of one kind or role."""
    rows = [row for row in TABLE if kind in {None, row[0].value} and role in {None, row[1].value}]
    return list(itertools.product(rows, Permission))


def described(mutation: Mutation) -> str:
    (kind, role), permission = mutation
    held = permission in dict.__getitem__(TABLE, (kind, role))
    return f"{kind} {role} {'loses' if held else 'gains'} {permission}"


class Judge:
    """A pytest plugin that runs the tests once to record them, then the mutations instead of a second time."""

    def __init__(self, *, chosen: list[Mutation], workers: int) -> None:
        self.chosen, self.workers = chosen, workers
        self.by_row: dict[Row, list[Found]] = {row: [] for row in TABLE}
        self.red: list[str] = []
        self.survivors: list[Mutation] = []
        self.noticed = 0
        self.session: pytest.Session | None = None

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        kept = [
            item for item in items if item.path.name not in GENERATED and item.get_closest_marker("process") is None
        ]
        items[:] = kept

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session = session
        self._record(session)
        self._judge()
        return True

    def _run(self, item: pytest.Item) -> bool:
        """Whether the test passes; its fixtures are undone down to the session's."""
        reports = runtestprotocol(item, nextitem=self.session, log=False)  # type: ignore[arg-type]
        return all(report.passed for report in reports)

    def _record(self, session: pytest.Session) -> None:
        for number, item in enumerate(session.items, 1):
            TABLE.looked_up.clear()
            start = time.perf_counter()
            if self._run(item):
                rows = TABLE.looked_up & set(TABLE)
                for row in rows:
                    self.by_row[row].append((len(rows), time.perf_counter() - start, item))
            else:
                self.red.append(item.nodeid)
            if number % 100 == 0:
                _say(f"recorded {number} of {len(session.items)} tests")
        for found in self.by_row.values():
            found.sort(key=_precedence)

    def _judge(self) -> None:
        from django.db import connection, connections

        name = connection.settings_dict["NAME"]
        connections.close_all()
        names = [_copied(name, number) for number in range(self.workers)]
        lanes: dict[int, tuple[Mutation, str, int]] = {}
        gc.collect()
        gc.freeze()  # collecting would touch, and so copy, the pages that the children share
        todo = iter(self.chosen)
        done = 0
        start = time.monotonic()
        while True:
            while names and (mutation := next(todo, None)) is not None:
                lane = names.pop()
                lanes[self._child(mutation, lane)] = (mutation, lane, done)
            if not lanes:
                break
            pid, status = os.wait()
            mutation, lane, _ = lanes.pop(pid)
            names.append(lane)
            done += 1
            code = os.waitstatus_to_exitcode(status)
            if code not in {SURVIVES, NOTICED}:
                raise RuntimeError(f"the child for {described(mutation)} ended with {code}")
            self.noticed += code == NOTICED
            if code == SURVIVES:
                self.survivors.append(mutation)
                _say(f"survives: {described(mutation)}")
            if done % 50 == 0:
                _say(f"{done} of {len(self.chosen)} in {time.monotonic() - start:.0f} s")

    def _child(self, mutation: Mutation, database: str) -> int:
        """Forks a process that ends with 0 when the mutation survives and with 1 when a test fails."""
        pid = os.fork()
        if pid:
            return pid
        code = BROKEN
        try:
            code = SURVIVES if self._survives(mutation, database) else NOTICED
        except BaseException:  # noqa: BLE001 - whatever it is, it must not run on into the parent's work
            _say(traceback.format_exc())
        finally:
            os._exit(code)

    def _survives(self, mutation: Mutation, database: str) -> bool:
        from django.core.cache import cache
        from django.db import connections

        for connection in connections.all():
            connection.settings_dict["NAME"] = database
        cache.clear()
        row, permission = mutation
        dict.__setitem__(TABLE, row, dict.__getitem__(TABLE, row) ^ {permission})
        return all(self._run(item) for *_, item in self.by_row[row])


def _precedence(found: Found) -> tuple[bool, int, float]:
    """Tests that are about roles first, of them those about few, then the quick ones."""
    rows, seconds, item = found
    return "authorisation" not in item.path.parts, rows, seconds


def _copied(name: str, number: int) -> str:
    """A copy of the test database for one worker; the server goes with the run, and the copy with it."""
    import psycopg
    from django.db import connection

    copy = f"{name}_{number}"
    options = connection.get_connection_params()
    address = {key: options[key] for key in ("host", "port", "user", "password") if key in options}
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as maintenance:
        maintenance.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        maintenance.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    return copy


def _say(text: str) -> None:
    """Past the capturing of what tests print."""
    os.write(OUTPUT, f"{text}\n".encode())


def _chosen(options: argparse.Namespace) -> list[Mutation]:
    found = mutations(kind=options.kind, role=options.role)
    if options.sample and options.sample < len(found):
        found = random.Random(options.seed).sample(found, options.sample)
    return sorted(found)


def _parsed(arguments: Iterable[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.authorisation.mutations", description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=0, help="so many mutations, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=[kind.value for kind in Kind])
    parser.add_argument("--role", choices=[role.value for role in Role])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--least", type=float, default=0.8, help="the share that must be noticed")
    parser.add_argument("--report", type=Path, help="write the figures here, as JSON")
    parser.add_argument("paths", nargs="*", default=list(PATHS))
    return parser.parse_args(list(arguments))


def main(arguments: Iterable[str]) -> int:
    """Prints the figure and the survivors; 0 when enough mutations are noticed."""
    options = _parsed(arguments)
    permissions.ROLE_PERMISSIONS = TABLE  # before anything imports it
    judge = Judge(chosen=_chosen(options), workers=options.workers)
    start = time.monotonic()
    pytest.main(
        ["-c", "pyproject.toml", "-p", "no:cacheprovider", "-qq", "--no-summary", *options.paths], plugins=[judge]
    )
    if judge.noticed + len(judge.survivors) != len(judge.chosen):
        _say("The run broke off.")
        return 2
    share = judge.noticed / len(judge.chosen)
    for line in _summary(judge, judge.noticed, share, time.monotonic() - start):
        _say(line)
    if options.report:
        options.report.write_text(
            json.dumps(
                {
                    "mutations": len(judge.chosen),
                    "noticed": judge.noticed,
                    "survivors": list(map(described, judge.survivors)),
                }
            )
        )
    return 0 if share >= options.least else 1


def _summary(judge: Judge, noticed: int, share: float, seconds: float) -> Iterator[str]:
    if judge.red:
        yield f"{len(judge.red)} tests are red without any change and judge nothing:"
        yield from (f"  {name}" for name in judge.red)
    yield f"{len(judge.survivors)} survivors:"
    yield from (f"  {described(mutation)}" for mutation in sorted(judge.survivors))
    yield f"{noticed} of {len(judge.chosen)} mutations noticed ({share:.1%}) in {seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
