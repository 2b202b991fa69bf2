"""`python -m tests.bench.dealflow`: the search of the deal flow over HTTP, beside the bare SQL of the same queries.

Runs servers of its own in a temporary folder, fills them with a made-up registry, starts the web server as the product
does, and lets some clients ask a fixed mix of queries at once, each with the key of a verified fund; then the same
statements are sent by as many clients that do nothing else. Figures are of the same run, so that a busy machine bends
both; hits are of a whole registry, fewer at smaller sizes.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests.bench.deal_flow_data import Size, registry_make
from tests.bench.installation import ROOT, installation

PLACE = "/api/v1/deal-flow"
KEYS_PER_CLIENT = 4
"""Clients take turns with so many keys: a single one is held to its rate."""
GRANTS = 20
LISTED = 80
WARM_UPS = 2
STARTING_S = 300
LIMITS_MS = {"search": 300, "score": 100}
MOST_TIMES = 3.0
PROVEN = ("tested", "codified", "fielded", "serial")
LOOSE = [("country", "UA"), ("trl_min", "4"), *(("tier", name) for name in ("E1", "E2", "E3"))]
MIDDLING = [("country", "UA"), ("trl_min", "6"), *(("maturity", name) for name in PROVEN)]
TIGHT = [("country", "UA"), ("kind", "raise"), ("trl_min", "6")]
SEARCHES: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
    ("40 000 hits, English", "modular", LOOSE),
    ("40 000 hits, Ukrainian", "модульна", LOOSE),
    ("40 000 hits, romanised", "modulnyi", LOOSE),
    ("5 000 hits, English", "amphibious", MIDDLING),
    ("5 000 hits, Ukrainian", "амфібійні", MIDDLING),
    ("5 000 hits, misspelt", "amfibious", MIDDLING),
    (
        "1 600 hits, two words",
        "modular platform",
        [("country", "UA"), ("tier", "E1"), ("tier", "E2"), ("trl_min", "2")],
    ),
    ("100 hits, English", "tethered", TIGHT),
    ("100 hits, Ukrainian", "прив'язні", TIGHT),
    ("100 hits, common word", "modular", [("country", "DE"), ("stage", "series_a"), ("trl_min", "6")]),
)
"""Name, text, three filters; all with facets."""


@dataclass(frozen=True, slots=True)
class Fund:
    """A verified fund with a key, and a mandate whose scores are current."""

    key: str
    mandate: UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the mix; `statements` are the reads of its search, `count` tells of all that it sends."""

    name: str
    query: str
    statements: tuple[tuple[str, Any], ...] = ()
    count: int = 0


@dataclass
class Turn:
    """What some clients measured in some seconds."""

    seconds: float = 0.0
    spent: float = 0.0
    by_name: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def all(self) -> list[float]:
        return [value for values in self.by_name.values() for value in values]


def funds_make(*, count: int) -> list[Fund]:
    """Verified funds with keys, each with a mandate, its list in one current generation, and grants of some firms."""
    from apps.matching.models import MatchRun
    from apps.organisations.models import Organisation
    from apps.startups.models import Raise
    from kernel.clock import utc_now
    from tests.factories.investors import FundFactory, MandateFactory
    from tests.factories.organisations import GrantFactory, actor_of, key_of

    now = utc_now()
    run = MatchRun.objects.create(
        status="published", is_current=True, as_of=now.date(), published_at=now, model_id="tandem-1.0.0",
        model_sha256="0" * 64, areas_id="areas-1", areas_sha256="0" * 64, reference_id="reference-2025-01",
        reference_sha256="0" * 64,
    )  # fmt: skip
    shown = Raise.objects.filter(firm__organisation__standing="verified").order_by("pk")
    raises = list(shown.values_list("pk", flat=True)[: count * LISTED])
    firms = list(Organisation.objects.filter(kind="firm", standing="verified").order_by("pk")[: count * GRANTS])
    funds = []
    for place in range(count):
        fund = FundFactory(organisation__country="DE")
        mandate = MandateFactory(fund=fund)
        _list_make(run, mandate, raises[place::count])
        for firm in firms[place::count]:
            GrantFactory(viewer=fund.organisation, subject=firm)
        funds.append(Fund(key_of(actor_of(fund.organisation)).token, mandate.pk))
    return funds


def _funds(kept: Path, *, count: int) -> list[Fund]:
    """The funds of a folder that is used again, else new ones."""
    if not kept.exists():
        kept.write_text(json.dumps([[fund.key, str(fund.mandate)] for fund in funds_make(count=count)]))
    funds = [Fund(key, UUID(mandate)) for key, mandate in json.loads(kept.read_text())]
    if len(funds) < count:
        raise SystemExit("The folder holds fewer funds: take as many clients as the first time.")
    return funds


def _list_make(run: Any, mandate: Any, raises: Sequence[UUID]) -> None:
    from apps.matching.models import MatchList

    scores = [9_000 - 50 * place for place in range(len(raises))]
    same = dict.fromkeys(("score_investor", "score_startup", "score_mutual"), scores)
    empty: dict[str, list[int]] = {"contributions_investor": [], "contributions_startup": []}
    confidence = [500_000] * len(raises)
    MatchList.objects.create(
        run=run, side="investor", section="ranked", owner_id=mandate.pk, organisation=mandate.fund.organisation,
        counterpart_ids=list(raises), confidence_investor=confidence, confidence_startup=confidence,
        missing=[0] * len(raises), **same, **empty,
    )  # fmt: skip


def mixes(*, mandate: UUID) -> dict[str, list[Asked]]:
    """The requests of each mix."""
    searches = [
        Asked(name, urlencode([("q", text), *filters, ("with_facets", "true")])) for name, text, filters in SEARCHES
    ]
    by_score = [("mandate", str(mandate)), ("ordering", "-score")]
    scores = [
        Asked("by score", urlencode(by_score)),
        Asked("by score, three filters", urlencode([*by_score, *LOOSE])),
    ]
    return {"search": searches, "score": scores}


def learnt(*, asked: Asked, fund: Fund) -> Asked:
    """The request with its statements, and how many it has in all."""
    from django.db import connection
    from rest_framework.test import APIClient

    sent: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    client, counts = APIClient(), list[int]()
    for _ in range(WARM_UPS + 1):
        sent.clear()
        with connection.execute_wrapper(note):
            answer = client.get(
                f"{PLACE}?{asked.query}", headers={"Authorization": f"Bearer {fund.key}", "Host": "localhost"}
            )
        if answer.status_code != 200:
            raise SystemExit(f"{asked.name}: {answer.status_code} {answer.content.decode()}")
        counts.append(len(sent))
    if len(set(counts[1:])) > 1:  # the first one notes the use of the key and reads what the process remembers
        raise SystemExit(f"{asked.name}: the number of statements changes: {counts}")
    start = next(place for place, (sql, _) in enumerate(sent) if "set_config" in sql)
    reads = [(sql, params) for sql, params in sent[start:] if sql.split()[0].upper() in {"SELECT", "WITH"}]
    return Asked(asked.name, asked.query, tuple(reads), len(sent))


def hits_of(*, asked: Asked, fund: Fund) -> int:
    """How many results a request has in all."""
    from urllib.parse import parse_qs

    from apps.dealflow.parameters import deal_flow_query
    from apps.dealflow.selectors.listings import deal_flow_hits
    from apps.organisations.selectors import actor_for_key, api_key_find

    key = api_key_find(prefix=fund.key.split("_")[1])
    assert key is not None
    actor = actor_for_key(key=key)
    query = deal_flow_query(actor=actor, parameters=parse_qs(asked.query), ordering=[])
    return deal_flow_hits(actor=actor, query=query).count()


def over_http(*, port: int, mix: Callable[[Fund], list[Asked]], funds: Sequence[Fund], options: Any, pids: Any) -> Turn:
    """What the clients measure of the web server."""

    def client(place: int) -> Callable[[Asked], None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        keys = itertools.cycle(funds[place :: options.clients])

        def ask(asked: Asked) -> None:
            fund = next(keys)
            query = next(item.query for item in mix(fund) if item.name == asked.name)
            headers = {"Authorization": f"Bearer {fund.key}"}
            connection.request("GET", f"{PLACE}?{query}", headers=headers)
            try:
                answer = connection.getresponse()
            except http.client.RemoteDisconnected:  # idle for too long, before the time began
                connection.close()
                connection.request("GET", f"{PLACE}?{query}", headers=headers)
                answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{asked.name}: {answer.status} {body[:300]!r}")

        return ask

    return _turn(client, mix(funds[0]), options, pids)


def bare(*, mix: Sequence[Asked], options: Any, pids: Any) -> Turn:
    """What as many clients measure of the database, with the same statements and nothing else."""
    import psycopg

    def client(_place: int) -> Callable[[Asked], None]:
        connection = psycopg.connect(os.environ["DATABASE_URL"], cursor_factory=psycopg.ClientCursor)

        def ask(asked: Asked) -> None:
            with connection.transaction(), connection.cursor() as cursor:
                for sql, params in asked.statements:
                    cursor.execute(sql, params)
                    cursor.fetchall()

        return ask

    return _turn(client, mix, options, pids)


def _turn(client: Callable[[int], Callable[[Asked], None]], mix: Sequence[Asked], options: Any, pids: Any) -> Turn:
    """Let the clients ask the mix in turn, each from another place of it, until the time is over."""
    turn, problems = Turn(), list[Exception]()
    lock, ready = threading.Lock(), threading.Barrier(options.clients + 1)
    ends = [0.0]

    def work(place: int) -> None:
        try:
            ask = client(place)
            for asked in mix:
                ask(asked)
            ready.wait(300)
            for asked in itertools.islice(itertools.cycle(mix), place, None):
                began = time.perf_counter()
                if began >= ends[0] or problems:
                    return
                ask(asked)
                with lock:
                    turn.by_name[asked.name].append(time.perf_counter() - began)
        except Exception as problem:  # noqa: BLE001 - told by whoever waits for the thread
            problems.append(problem)
            ready.abort()

    ends[0] = float("inf")
    threads = [threading.Thread(target=work, args=(place,)) for place in range(options.clients)]
    for thread in threads:
        thread.start()
    with contextlib.suppress(threading.BrokenBarrierError):
        # The time begins when all have warmed up.
        ready.wait(300)
    before, began = _spent(pids), time.perf_counter()
    ends[0] = began + options.seconds
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    turn.seconds, turn.spent = time.perf_counter() - began, _spent(pids) - before
    return turn


def _spent(pids: Sequence[int]) -> float:
    """Processor seconds of these processes with all below them, those that ended included."""
    ticks, todo = 0, list(pids)
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(value) for value in values[11:15])
            for task in Path(f"/proc/{pid}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
    return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def web(*, log: Path) -> Iterator[tuple[int, int]]:
    """The web server as the product starts it; its port and process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}"),
                *("--workers=2", "--threads=4", "--log-level=warning", "--no-control-socket", "--preload"),
            ],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        try:
            give_up_at = time.monotonic() + STARTING_S
            while process.poll() is None and time.monotonic() < give_up_at:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            else:
                raise SystemExit(f"The web server did not start: {log.read_text()}")
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def explained(*, asked: Asked) -> Iterator[str]:
    """The plans of a request's statements."""
    import psycopg

    with (
        psycopg.connect(os.environ["DATABASE_URL"], cursor_factory=psycopg.ClientCursor) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SET jit = off")
        for sql, params in asked.statements:
            if "startups_" in sql:
                yield f"-- {asked.name}"
                yield cursor.mogrify(sql, params)
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql, params)
                yield from (row[0] for row in cursor.fetchall())


def _measure(options: argparse.Namespace, var: Path, pids: list[int], *, is_new: bool) -> int:
    _tell(f"{os.cpu_count()} processors, load of the machine before: {os.getloadavg()[0]:.1f}")
    if is_new:
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()
    from apps.organisations.models import Organisation
    from kernel.clock import utc_now

    if not Organisation.objects.exists():
        size = Size(options.firms, options.capabilities, options.raises)
        steps = registry_make(size=size, now=utc_now())
        told = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in steps.items())
        _tell(f"{size.firms} firms, {size.capabilities} capabilities, {size.raises} raises: {told}")
    funds = _funds(var / "bench-funds.json", count=options.clients * KEYS_PER_CLIENT)
    made = {
        name: [learnt(asked=item, fund=funds[0]) for item in mix]
        for name, mix in mixes(mandate=funds[0].mandate).items()
    }
    for name, mix in made.items():
        for item in mix:
            hits = f"{hits_of(asked=item, fund=funds[0])} hits, " if name == "search" else ""
            _tell(f"{item.name}: {hits}{item.count} statements each time")
    if options.explain:
        for mix in made.values():
            for item in mix:
                for line in explained(asked=item):
                    _tell(line)
    is_kept = True
    with web(log=var / "bench-web.log") as (port, pid):
        for name, mix in made.items():
            asked = {"mix": lambda fund, name=name: mixes(mandate=fund.mandate)[name], "funds": funds}
            served = over_http(port=port, options=options, pids=[*pids, pid], **asked)
            alone = bare(mix=mix, options=options, pids=pids)
            _report(name, mix, served, alone)
            is_kept &= _at(served.all, 0.95) * 1000 <= LIMITS_MS[name]
    return 0 if is_kept or not options.strict else 1


def _report(name: str, mix: Sequence[Asked], served: Turn, alone: Turn) -> None:
    _tell(f"{name}: over HTTP | bare SQL | ratio of the medians")
    for title in (*(item.name for item in mix), "all"):
        ours = served.all if title == "all" else served.by_name[title]
        theirs = alone.all if title == "all" else alone.by_name[title]
        ratio = f"{statistics.median(ours) / statistics.median(theirs):.2f}" if ours and theirs else "-"
        _tell(f"  {title:32} {_told(ours)} | {_told(theirs)} | {ratio}")
    for turn, label in ((served, "HTTP"), (alone, "SQL")):
        count = len(turn.all)
        each = 1000 * turn.spent / count
        _tell(f"  {label}: {count / turn.seconds:.1f} requests per second, {each:.1f} ms of processor time each")
    kept = _at(served.all, 0.95) * 1000
    _tell(f"  p95 {kept:.0f} ms of {LIMITS_MS[name]} ms, load of the machine after: {os.getloadavg()[0]:.1f}")


def _told(values: Sequence[float]) -> str:
    if not values:
        return "none in the time"
    return f"p50 {1000 * statistics.median(values):6.1f} p95 {1000 * _at(values, 0.95):6.1f} ms n {len(values):4}"


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def main(arguments: Sequence[str]) -> int:
    """Print the figures; with `--strict` 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--capabilities", type=int, default=250_000)
    parser.add_argument("--raises", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--explain", action="store_true", help="print the plans of all statements")
    parser.add_argument("--strict", action="store_true", help="fail where a limit is not kept")
    parser.add_argument("--var", type=Path, help="a folder whose servers and registry are used again")
    options = parser.parse_args(arguments)
    with installation(var=options.var, LOG_LEVEL="WARNING") as made:
        return _measure(options, made.var, [server.process.pid for server in made.running.embedded], is_new=made.is_new)


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
