"""How often the right firm stands first, and among the first five, for the labelled queries over the sample data.

`python -m tests.labels.deal_flow [--half development|held_out] [--var FOLDER]`: loads the sample into servers of its
own, asks as a verified fund without any grant, and prints the shares by kind with what was missed. The half held out
is asked only where it is named. A folder given by `--var` keeps the servers' data for the next time.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.installation import ROOT, installation
from tests.labels.deal_flow_queries import HALVES, Half, LabelledQuery, labelled_queries

FIRST = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """The firms that a query found, each once, best first, by the sample's keys; and the seconds that it took."""

    query: LabelledQuery
    firms: tuple[str, ...]
    seconds: float

    @property
    def is_first(self) -> bool:
        return self.firms[:1] != () and self.firms[0] in self.query.right

    @property
    def is_among_first(self) -> bool:
        return not self.query.right.isdisjoint(self.firms[:FIRST])


@dataclass(frozen=True, slots=True)
class Measured:
    """The answers to the queries of one half."""

    answers: tuple[Answer, ...]

    @property
    def first(self) -> float:
        """Share of queries whose first firm is right."""
        return sum(answer.is_first for answer in self.answers) / len(self.answers)

    @property
    def among_first(self) -> float:
        """Share of queries with a right firm among the first five."""
        return sum(answer.is_among_first for answer in self.answers) / len(self.answers)


def sample_load() -> None:
    """Bring the sample's areas, firms and raises into the database, and count its words."""
    from apps.exchange import sample
    from apps.exchange.services import import_folder
    from apps.startups.services.listings import listings_refresh
    from apps.startups.services.search import search_refresh
    from apps.startups.services.search_words import search_words_refresh

    report = import_folder(folder=Path(sample.__file__).parent / "data", verified=True)
    if report.problems:
        raise SystemExit(f"the sample has {len(report.problems)} problems")
    search_refresh()
    listings_refresh()
    search_words_refresh()


def measured(half: Half) -> Measured:
    """Ask every query of a half as a verified fund to which no firm has opened itself; needs the sample loaded."""
    from django.db import transaction

    from apps.exchange.models import ImportKey
    from apps.organisations.models import Organisation
    from apps.permissions import Kind
    from apps.startups.models import Firm
    from tests.factories.organisations import actor_of

    names = dict(ImportKey.objects.filter(table="startups").values_list("object_id", "key"))
    keys = {pk: names.get(pk) or names[owner] for pk, owner in Firm.objects.values_list("pk", "organisation_id")}
    fund = Organisation.objects.filter(kind=Kind.FUND, standing="verified").order_by("pk")[0]
    with transaction.atomic():
        actor = actor_of(fund)
        answers = tuple(_answer(query, actor, keys) for query in labelled_queries(half))
        transaction.set_rollback(True)
    return Measured(answers)


def _answer(query: LabelledQuery, actor: object, keys: dict[object, str]) -> Answer:
    from apps.dealflow.rules.queries import DealFlowQuery
    from apps.dealflow.selectors.listings import deal_flow_take

    began = time.perf_counter()
    rows = deal_flow_take(actor=actor, query=DealFlowQuery(text=query.text), limit=50)  # type: ignore[arg-type]
    seconds = time.perf_counter() - began
    return Answer(query, tuple(dict.fromkeys(keys[row.firm_id] for row in rows)), seconds)


def told(half: Half, figures: Measured) -> str:
    """The figures and the misses as text."""
    by_kind: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in figures.answers:
        by_kind[answer.query.kind].append(answer)
    spent = sorted(answer.seconds * 1000 for answer in figures.answers)
    summary = (
        f"{half}: {len(figures.answers)} queries, right firm first {figures.first:.1%}, among the first {FIRST} "
        f"{figures.among_first:.1%}; median {spent[len(spent) // 2]:.0f} ms, slowest {spent[-1]:.0f} ms"
    )
    lines = [summary]
    for kind, answers in by_kind.items():
        some = Measured(tuple(answers))
        lines.append(
            f"  {kind}: {len(answers)}, first {some.first:.0%}, among the first {FIRST} {some.among_first:.0%}"
        )
    for answer in figures.answers:
        if not answer.is_first:
            place = next((at for at, firm in enumerate(answer.firms, start=1) if firm in answer.query.right), None)
            lines.append(
                f"  {answer.query.id} «{answer.query.text}»: right {' or '.join(sorted(answer.query.right))} "
                f"{'not found' if place is None else f'at {place}'}, before it {', '.join(answer.firms[:FIRST])}"
            )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print the figures of a half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES, default="development")
    parser.add_argument("--var", type=Path, help="a folder whose servers are used again")
    options = parser.parse_args(arguments)
    with installation(var=options.var) as made:
        if made.is_new:
            for words in (("migrate", "-v0"), ("grant_application_role",)):
                subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, check=True)
        import django

        django.setup()
        if made.is_new:
            sample_load()
        sys.stdout.write(told(options.half, measured(options.half)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
