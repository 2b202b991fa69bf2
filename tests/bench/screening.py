"""`python -m tests.bench.screening`: screening against a large list: seconds for a name, recall, seconds for an update.

Runs servers of its own in a temporary folder and loads a seeded list of made-up people and companies as the console
does. Then other spellings of some of them are looked up through the index; for some of these every entry of a sample is
scored, to tell what the index does not find. At last the list comes again with some entries changed, and the
organisations that they concern are screened.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.compliance.names import Kind, Side, normalise, score
from tests.bench.installation import ROOT, installation
from tests.bench.loading import along, list_load
from tests.labels.synthetic_names import bearers, spelt

LIST = "opensanctions"
PEOPLE = 0.6
COUNTRIES = ("ru", "by", "ua", "ir", "sy", "cn", "cy", "ae", "tr", "kz")
BATCH = 20_000
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Query:
    """Another spelling of an entry's bearer, or of nobody's."""

    kind: Kind
    name: str
    country: str


def entities(*, count: int, changed: int = 0) -> Iterator[dict[str, Any]]:
    """People and companies, about one and a half names each; the first `changed` with another name beside."""
    people = int(count * PEOPLE)
    kinds = ((Kind.PERSON, people), (Kind.ENTITY, count - people))
    for kind, size in kinds:
        for place, bearer in enumerate(bearers(count=size, kind=kind, seed=1)):
            draw = random.Random(place)
            names = [spelt(bearer, seed=place)]
            if draw.random() < 0.5:
                names.append(spelt(bearer, seed=-place - 1, varied=True))
            if place < changed * (PEOPLE if kind == Kind.PERSON else 1 - PEOPLE):
                names.append(spelt(bearer, seed=place + 7, varied=True) + " X")
            properties: dict[str, list[str]] = {
                "name": names[:1],
                "alias": names[1:],
                "country": [draw.choice(COUNTRIES)],
                "topics": ["sanction"],
            }
            if kind == Kind.PERSON:
                day = f"{draw.randint(1940, 2002)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
                properties["birthDate"] = [day]
            schema = "Person" if kind == Kind.PERSON else "Company"
            yield {"id": f"{kind}-{place}", "schema": schema, "properties": properties, "target": True}


def file_make(*, path: Path, count: int, changed: int = 0) -> None:
    """Write the entities as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for entity in entities(count=count, changed=changed):
            file.write(json.dumps(entity, separators=(",", ":"), ensure_ascii=False) + "\n")


def queries_made(*, count: int, entries: int) -> list[Query]:
    """Half of them other spellings of bearers on the list, half of bearers that need not be; six in ten people."""
    made = []
    people = int(entries * PEOPLE)
    for kind, share, listed in ((Kind.PERSON, PEOPLE, people), (Kind.ENTITY, 1 - PEOPLE, entries - people)):
        size = int(count * share)
        known = bearers(count=listed, kind=kind, seed=1)
        step = max(listed // max(size // 2, 1), 1)
        chosen = [known[place] for place in range(0, listed, step)][: size // 2]
        chosen += bearers(count=size - len(chosen), kind=kind, seed=2)
        made += [
            Query(kind, spelt(bearer, seed=10**7 + place, varied=True), "UA") for place, bearer in enumerate(chosen)
        ]
    return made


def lookups(queries: Sequence[Query]) -> tuple[list[float], list[int], set[tuple[int, str]]]:
    """Seconds and candidates of each query through the index, and the pairs that match."""
    from apps.compliance.selectors.candidates import compare, keys_of

    seconds, sizes, matches = [], [], set()
    for place, query in enumerate(queries):
        began = time.perf_counter()
        side = Side(kind=query.kind, names=(query.name,), countries=(query.country,))
        found = compare(query=side, keys=keys_of(kind=query.kind, names=[query.name]))
        seconds.append(time.perf_counter() - began)
        sizes.append(len(found.candidates))
        matches |= {(place, entry.source_id) for entry, _score in found.matches}
    return seconds, sizes, matches


def scanned(task: tuple[list[Query], int, int, int]) -> list[tuple[int, str]]:
    """The pairs of the queries and every entry of one part of the list that match; every `step`-th entry is taken."""
    import django

    django.setup()
    from django.db import connection

    from apps.compliance.selectors.candidates import entries_load

    queries, part, parts, step = task
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM compliance_listentry ORDER BY source_id")
        ids = [row[0] for row in cursor.fetchall()][part * step :: parts * step]
        sides = [Side(item.kind, (normalise(item.name, item.kind),), (item.country,)) for item in queries]
        found = []
        for kind in Kind:
            asked = [(place, side) for place, side in enumerate(sides) if side.kind == kind]
            for first in range(0, len(ids), BATCH):
                for entry in entries_load(cursor, kind=kind.value, ids=ids[first : first + BATCH]):
                    names = tuple(normalise(str(name), kind) for name in entry.side.names)
                    theirs = Side(kind, names, entry.side.countries, entry.side.date, entry.side.identifiers)
                    found += [(place, entry.source_id) for place, side in asked if score(side, theirs).match]
    connection.close()
    return found


def market_make(*, organisations: int) -> None:
    """Organisations with an owner and a signatory each, all screened once."""
    from django.db import connection

    from apps.accounts.models import User
    from apps.compliance.models import ScreeningRun, ScreeningSubject
    from apps.compliance.names import ALGORITHM, THRESHOLD, VERSION
    from apps.compliance.rules.screening import SubjectState
    from apps.compliance.selectors.candidates import keys_of
    from apps.compliance.states import OwnerKind, SubjectRole
    from apps.organisations.models import Membership, Organisation
    from kernel.clock import utc_now

    firms = [
        spelt(item, seed=place) for place, item in enumerate(bearers(count=organisations, kind=Kind.ENTITY, seed=5))
    ]
    people = bearers(count=2 * organisations, kind=Kind.PERSON, seed=6)
    rows = Organisation.objects.bulk_create(
        [Organisation(kind="firm", legal_name=name[:200], country="UA", standing="verified") for name in firms]
    )
    users = User.objects.bulk_create(
        [User(email=f"p{place}@example.org", name=spelt(item, seed=place)) for place, item in enumerate(people)]
    )
    Membership.objects.bulk_create(
        Membership(organisation=rows[place // 2], user=user, roles=["signatory" if place % 2 else "owner"])
        for place, user in enumerate(users)
    )
    now = utc_now()
    states = [
        (row, SubjectState(SubjectRole.ORGANISATION, row.pk, OwnerKind.ENTITY, (row.legal_name,), ("UA",)))
        for row in rows
    ]
    states += [
        (rows[place // 2], SubjectState(SubjectRole.MEMBER, user.pk, OwnerKind.PERSON, (user.name,)))
        for place, user in enumerate(users)
    ]
    ScreeningSubject.objects.bulk_create(
        (
            ScreeningSubject(
                screened=row,
                role=state.role,
                party_id=state.party_id,
                kind=state.kind,
                names=list(state.names),
                countries=list(state.countries),
                digest=state.digest,
                keys=keys_of(kind=state.kind, names=state.names),
            )
            for row, state in states
        ),
        batch_size=5_000,
    )
    ScreeningRun.objects.bulk_create(
        ScreeningRun(
            screened=row,
            cause="requested",
            asked_by="system",
            algorithm=ALGORITHM,
            algorithm_version=VERSION,
            threshold=THRESHOLD,
            result="clear",
            started_at=now,
            ended_at=now,
        )
        for row in rows
    )
    connection.cursor().execute("ANALYZE")


def rescreened() -> tuple[float, dict[str, Any]]:
    """Seconds in which two processes screen whom the version in force concerns, and the job's counts."""
    from apps.compliance.models import ListVersion
    from apps.compliance.services.screening import RESCREEN, rescreen_enqueue
    from kernel.chunks import job_drive

    version = ListVersion.objects.get(watch_list__code=LIST, status="in_force")
    other = along(kind=RESCREEN)
    began = time.perf_counter()
    job = job_drive(job_id=rescreen_enqueue(list_version_id=version.pk).pk)
    seconds = time.perf_counter() - began
    other.terminate()
    other.wait()
    return seconds, {"status": job.status, **job.result}


def main(arguments: Sequence[str]) -> int:
    """Print seconds, candidates, recall; then the update."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--scanned-queries", type=int, default=60)
    parser.add_argument("--scanned-share", type=int, default=10, help="one entry in so many is scored")
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--changed", type=int, default=1_000)
    parser.add_argument("--var", type=Path, help="a folder whose servers and list are used again")
    options = parser.parse_args(arguments)
    with installation(var=options.var) as made:
        _measure(options, made.folder / "entities.json", is_new=made.is_new)
    return 0


def _measure(options: argparse.Namespace, file: Path, *, is_new: bool) -> None:
    _tell(f"{os.cpu_count()} processors, load of the machine before: {os.getloadavg()[0]:.1f}")
    if is_new:
        for words in (("migrate", "-v0"), ("grant_application_role",)):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        file_make(path=file, count=options.entries)
        loaded = list_load(code=LIST, file=file)
        peaks = " and ".join(f"{peak / MB:.0f}" for peak in loaded.peaks)
        _tell(
            f"{options.entries} entries ({file.stat().st_size / MB:.0f} MB) loaded in {loaded.seconds:.0f} s "
            f"({loaded.spent:.0f} s of processor time beside the database's), {peaks} MB resident at the peaks of the "
            f"two processes"
        )
    queries = queries_made(count=options.queries, entries=options.entries)
    step = max(len(queries) // options.scanned_queries, 1)
    sample = queries[::step]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        began = time.perf_counter()
        parts = [(sample, part, 2, options.scanned_share) for part in range(2)]
        all_matches = {pair for found in pool.map(scanned, parts, chunksize=1) for pair in found}
        scan_seconds = time.perf_counter() - began
    import django

    django.setup()
    from django.db import connection

    connection.cursor().execute("ANALYZE compliance_listname")
    lookups(queries[:20])
    seconds, sizes, matches = lookups(queries)
    found = {(place // step, entry) for place, entry in matches if place % step == 0}
    _tell(
        f"{len(queries)} names: p50 {_at(seconds, 0.5) * 1000:.1f} ms, p95 {_at(seconds, 0.95) * 1000:.1f} ms, "
        f"largest {max(seconds) * 1000:.0f} ms; candidates p50 {_at(sizes, 0.5):.0f}, p95 {_at(sizes, 0.95):.0f}"
    )
    recall = len(all_matches & found) / max(len(all_matches), 1)
    _tell(
        f"scan of one entry in {options.scanned_share} by {len(sample)} names ({scan_seconds:.0f} s): "
        f"{len(all_matches)} matches, of which the index finds {recall:.4f}"
    )
    from apps.compliance.models import ListEntry

    for place, entry in sorted(all_matches - found):
        names = ListEntry.objects.filter(source_id=entry).values_list("names", flat=True)[0]
        _tell(f"  missed: {sample[place].name} | {' / '.join(names)}")
    if options.organisations:
        market_make(organisations=options.organisations)
        file_make(path=file, count=options.entries, changed=options.changed)
        list_load(code=LIST, file=file)
        spent, counts = rescreened()
        _tell(
            f"{options.changed} changed entries against {options.organisations} organisations: {spent:.1f} s, {counts}"
        )


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
