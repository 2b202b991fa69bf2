"""Nothing that a caller sends is answered by a 5xx, and what is refused changes nothing."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from tests.hostile.corpus import corpus
from tests.hostile.inputs import EXTRA, FOREIGN
from tests.hostile.runner import SLOW, Case, Sender, cases, fingerprint, other_addresses, sampled
from tests.leaks.calls import entitled, names_filled
from tests.leaks.catalogue import operations
from tests.leaks.world import World

pytestmark = pytest.mark.django_db

SEED = 20261
PER_OPERATION = 3
PARTS = 8
"""The whole corpus takes hours on one core: operations are dealt out over so many tests."""


def dealt(part: int, *, is_whole: bool) -> list[Case]:
    """The cases of one part: of every operation some, so that the parts are equally long."""
    every = list(cases(corpus()))
    return (every if is_whole else sampled(every, seed=SEED, per_operation=PER_OPERATION))[part::PARTS]


class TestCorpus:
    @pytest.mark.parametrize("part", range(PARTS))
    def test_no_input_breaks_an_operation(
        self, world: World, whole: bool, part: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        chosen = dealt(part, is_whole=whole)
        sender = Sender(world)
        began = time.monotonic()

        for case in chosen:
            sender.send(case)

        found = sender.outcome
        with capsys.disabled():
            sys.stdout.write(
                f"\nhostile: {len(found.reached)} operations × {len(found.used)} inputs, {found.requests} requests, "
                f"worst {found.worst}, {time.monotonic() - began:.0f} s, {dict(sorted(found.statuses.items()))}\n"
            )
        assert "\n".join(found.wrong[:60]) == ""
        assert found.worst < 500
        assert found.requests == len(chosen)

    def test_the_corpus_is_large_and_every_operation_is_in_it(self) -> None:
        every = list(cases(corpus()))

        assert len(corpus()) >= 300
        for is_whole in (False, True):
            sent = [case for part in range(PARTS) for case in dealt(part, is_whole=is_whole)]
            assert {str(case.given) for case in sent} == {str(given) for given in corpus()}
            reached = {case.operation.label for case in every if is_whole or case.operation.path not in SLOW}
            assert {case.operation.label for case in sent} >= reached
        assert {case.operation.label for case in every} == {
            operation.label for operation in (*operations(), *other_addresses())
        }
        assert {address.path for address in other_addresses()} >= {"/livez", "/readyz", "/metrics", *SLOW}


class TestReach:
    def test_every_path_can_be_filled(self, world: World) -> None:
        """With something of the caller's own: a new operation that this fails for needs a line in `calls._own`."""
        empty = []
        for operation in operations():
            name = entitled(world, operation)
            if not name or set(names_filled(world, operation, name)) != set(operation.path_names):
                empty.append(operation.label)

        assert empty == []


class TestWatch:
    """The runner would notice."""

    def test_a_breaking_view_is_noticed(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_args: Any, **_named: Any) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("apps.startups.selectors.firm_list", broken)
        sender = Sender(world)

        for case in cases(corpus()[-60:]):
            if case.operation.label == "GET /api/v1/startups":
                sender.send(case)

        assert sender.outcome.worst == 500
        assert sender.outcome.wrong != []

    def test_a_field_that_takes_effect_is_noticed(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        sender = Sender(world)
        found = next(
            case
            for case in cases([item for item in corpus() if item.name == "standing"])
            if case.operation.label == "POST /api/v1/organisations"
        )
        sender.send(found)
        assert sender.outcome.wrong == []

        sender.plain[found.operation.label]["organisations"] = []
        sender.send(found)

        assert "took effect on ['organisations']" in sender.outcome.wrong[0]

    def test_every_change_shows_in_the_fingerprint(self, world: World) -> None:
        before = fingerprint()

        world["aster"].__class__.objects.filter(pk=world["aster"].pk).update(version=7)

        assert fingerprint() != before

    def test_bodies_with_added_fields_are_accepted_often_enough(self, world: World) -> None:
        sender = Sender(world)
        chosen = [item for item in corpus() if item.kind == EXTRA][:1]

        for case in cases(chosen):
            sender.send(case)

        accepted = sum(count for status, count in sender.outcome.statuses.items() if status < 300)
        assert accepted >= sender.outcome.requests / 2, sender.outcome.statuses
        assert FOREIGN in {item.kind for item in corpus()}
        assert isinstance(next(iter(cases(chosen))), Case)
