"""A made-up registry for measuring its search: firms, capabilities, bills, speed and raises by COPY, always the same.

Words that queries ask for are planted at known rates; words, listings and counts of words are the product's own work.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import multiprocessing
import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

BATCH = 2_000
PROCESSES = 2
WIDE = (("modular", "модульний"), 0.25)
MIDDLE = (("amphibious", "амфібійний"), 0.04)
NARROW = (("tethered", "прив'язний"), 0.0019)
"""Words in titles, English and Ukrainian, with the share of capabilities that have them."""
NOUNS = (
    ("platform", "платформа"), ("system", "система"), ("kit", "комплект"), ("unit", "блок"),
    ("station", "станція"), ("carrier", "носій"), ("vehicle", "машина"), ("receiver", "приймач"), ("sensor", "давач"),
    ("camera", "камера"), ("antenna", "антена"), ("engine", "двигун"), ("battery", "батарея"), ("link", "канал"),
    ("terminal", "термінал"), ("turret", "турель"), ("shelter", "укриття"), ("workshop", "майстерня"),
    ("mast", "щогла"), ("boat", "човен"), ("trailer", "причіп"),
    ("charger", "зарядка"), ("computer", "обчислювач"), ("display", "екран"),
)  # fmt: skip
ADJECTIVES = (
    ("light", "легкий"), ("heavy", "важкий"), ("portable", "переносний"), ("mobile", "мобільний"), ("quiet", "тихий"),
    ("thermal", "тепловізійний"), ("optical", "оптичний"), ("digital", "цифровий"), ("armoured", "броньований"),
    ("tracked", "гусеничний"), ("wheeled", "колісний"), ("folding", "складаний"), ("rugged", "захищений"),
    ("electric", "електричний"), ("hybrid", "гібридний"), ("remote", "дистанційний"), ("autonomous", "автономний"),
    ("compact", "компактний"), ("sealed", "герметичний"), ("cooled", "охолоджуваний"), ("tactical", "тактичний"),
    ("airborne", "повітряний"), ("coastal", "береговий"), ("winter", "зимовий"), ("medical", "медичний"),
)  # fmt: skip
USES = (
    ("reconnaissance", "розвідка"), ("logistics", "логістика"), ("evacuation", "евакуація"), ("training", "навчання"),
    ("demining", "розмінування"), ("communication", "зв'язок"), ("protection", "захист"), ("repair", "ремонт"),
    ("observation", "спостереження"), ("navigation", "навігація"), ("supply", "постачання"),
    ("production", "виробництво"),
)  # fmt: skip
COUNTRIES = (("UA", "EE", "PL", "DE", "LT", "FR"), (85, 4, 4, 3, 2, 2))
MATURITIES = (("concept", "prototype", "tested", "codified", "fielded", "serial"), (4, 10, 16, 20, 30, 20))
TIERS = (("", "E0", "E1", "E2", "E3"), (3, 10, 40, 35, 12))
TRLS = ((None, 2, 3, 4, 5, 6, 7, 8, 9), (2, 4, 8, 10, 13, 15, 18, 16, 14))
STAGES = (("", "pre_seed", "seed", "series_a", "growth"), (5, 20, 40, 25, 10))
INSTRUMENTS = (
    (["equity"], ["convertible", "equity"], ["loan"], ["loan", "venture_debt"], ["grant"]),
    (45, 20, 20, 10, 5),
)
ORIGINS = ((None, "UA", "DE", "EE", "CN", "US", "TW"), (5, 50, 12, 8, 12, 8, 5))
NAMINGS = (("all_verified", "accepted", "nobody"), (40, 50, 10))
HIDDEN = 0.01
"""The share of firms that are suspended: a search has to leave them out."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each there are; every raise has a lead of its own, so there are no more raises than capabilities."""

    firms: int
    capabilities: int
    raises: int


def registry_make(*, size: Size, now: dt.datetime) -> dict[str, float]:
    """Fill an empty, migrated database; returns the seconds of each step."""
    from apps.reference.services import areas_load
    from kernel.access import Actor

    areas_load(actor=Actor.system())
    steps: dict[str, Callable[[], object]] = {
        "rows": functools.partial(_rows_make, size, now),
        "rows analysed": _analyse,
        "listings": functools.partial(_in_parallel, listings_made),
        "words": functools.partial(_in_parallel, words_made),
        "words counted": _words_count,
        "analysed": _analyse,
    }
    seconds = {}
    for name, step in steps.items():
        began = dt.datetime.now(dt.UTC)
        step()
        seconds[name] = (dt.datetime.now(dt.UTC) - began).total_seconds()
    return seconds


def _rows_make(size: Size, now: dt.datetime) -> None:
    from apps.organisations.models import Organisation
    from apps.reference.models import CapabilityArea
    from apps.startups.models import Capability, Component, Firm, Raise, SpeedProfile
    from kernel.ids import uuid7

    areas = list(CapabilityArea.objects.filter(children=None).order_by("code").values_list("pk", "code"))
    firms = [(uuid7(), uuid7()) for _ in range(size.firms)]
    capabilities = [(uuid7(), firms[place % size.firms][0]) for place in range(size.capabilities)]
    copy_rows(Organisation, _organisations(firms))
    copy_rows(Firm, _firms(firms))
    copy_rows(Capability, _capabilities(capabilities, areas))
    copy_rows(Component, _components(capabilities))
    copy_rows(SpeedProfile, _profiles(capabilities, areas, now))
    copy_rows(Raise, _raises(capabilities[: size.raises], now))


def _organisations(firms: Sequence[tuple[UUID, UUID]]) -> Iterator[dict[str, Any]]:
    draw = random.Random(11)
    for place, (_, organisation) in enumerate(firms):
        yield {
            "id": organisation,
            "kind": "firm",
            "legal_name": f"{_surname(place)} Works {place} LLC",
            "legal_name_uk": f"ТОВ «{_surname(place)} {place}»",
            "country": _one(draw, COUNTRIES),
            "standing": "suspended" if draw.random() < HIDDEN else "verified",
            "basis": "import",
        }


def _firms(firms: Sequence[tuple[UUID, UUID]]) -> Iterator[dict[str, Any]]:
    draw = random.Random(12)
    for firm, organisation in firms:
        english, ukrainian = _prose(draw, 6)
        yield {
            "id": firm,
            "organisation_id": organisation,
            "summary": english,
            "summary_uk": ukrainian,
            "naming": _one(draw, NAMINGS),
        }


def _capabilities(
    capabilities: Sequence[tuple[UUID, UUID]], areas: Sequence[tuple[UUID, str]]
) -> Iterator[dict[str, Any]]:
    draw = random.Random(13)
    for place, (capability, firm) in enumerate(capabilities):
        title, title_uk = _title(draw, place)
        english, ukrainian = _prose(draw, 10)
        yield {
            "id": capability,
            "firm_id": firm,
            "area_id": draw.choice(areas)[0],
            "title": title,
            "title_uk": title_uk,
            "description": english,
            "description_uk": ukrainian,
            "trl": _one(draw, TRLS),
            "maturity": _one(draw, MATURITIES),
            "tier": _one(draw, TIERS),
            "flags": [],
            "seeks": ["joint_production"] if draw.random() < 0.1 else [],
            "status": "published",
        }


def _components(capabilities: Sequence[tuple[UUID, UUID]]) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    draw = random.Random(14)
    for capability, _ in capabilities[::2]:
        for place in range(2):
            yield {
                "id": uuid7(),
                "capability_id": capability,
                "name": f"Part {place}",
                "origin": _one(draw, ORIGINS),
                "unit_cost": draw.randint(10, 900),
                "quantity": 1,
                "currency": "EUR",
            }


def _profiles(
    capabilities: Sequence[tuple[UUID, UUID]], areas: Sequence[tuple[UUID, str]], now: dt.datetime
) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    draw = random.Random(15)
    for capability, firm in capabilities[::3]:
        figures = {
            name: {"days": round(draw.lognormvariate(4, 0.8), 2), "tier": "E2", "basis": "figure"}
            for name in ("adaptation", "cadence", "feedback", "delivery")
            if draw.random() < 0.7
        }
        yield {
            "id": uuid7(),
            "firm_id": firm,
            "capability_id": capability,
            "area": areas[0][1],
            "as_of": now.date(),
            "computed_at": now,
            "figures": figures,
            "model": "tandem-1.0.0",
            "model_sha256": "0" * 64,
            "taxonomy": "areas-1",
            "taxonomy_sha256": "0" * 64,
            "log_sha256": "0" * 64,
            "history_to": now.date(),
        }


def _raises(leads: Sequence[tuple[UUID, UUID]], now: dt.datetime) -> Iterator[dict[str, Any]]:
    from kernel.ids import uuid7

    draw = random.Random(16)
    for capability, firm in leads:
        amount = round(draw.lognormvariate(14, 1), -3) + 50_000
        yield {
            "id": uuid7(),
            "firm_id": firm,
            "lead_capability_id": capability,
            "round": uuid7(),
            "amount": amount,
            "amount_left": amount,
            "currency": "EUR",
            "instruments": _one(draw, INSTRUMENTS),
            "stage": _one(draw, STAGES),
            "opened_on": (now - dt.timedelta(days=draw.randint(1, 700))).date(),
            "terms": [],
            "status": "open",
        }


def copy_rows(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows, all with the same columns, by COPY; a column that is left out gets the default of its field."""
    from django.db import connection, transaction
    from django.db.models import JSONField
    from django.db.models.fields import NOT_PROVIDED

    with transaction.atomic(), connection.cursor() as cursor:
        names: list[str] = []
        fill: dict[str, Any] = {}
        copy: Any = None
        whole = {field.attname: field for field in model._meta.concrete_fields}
        documents = {name for name, field in whole.items() if isinstance(field, JSONField)}
        for row in rows:
            if copy is None:
                fill = {
                    name: field.get_default()
                    for name, field in whole.items()
                    if name not in row and not field.generated and not field.null and field.db_default is NOT_PROVIDED
                }
                names = [*row, *fill]
                columns = ", ".join(f'"{whole[name].column}"' for name in names)
                manager = cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN")
                copy = manager.__enter__()
            values = {**fill, **row}
            copy.write_row([json.dumps(values[name]) if name in documents else values[name] for name in names])
        if copy is not None:
            manager.__exit__(None, None, None)


def listings_made(ids: Sequence[UUID]) -> int:
    """The listings of these capabilities, as the product writes them."""
    from apps.startups.services.listings import listings_refresh

    return listings_refresh(capability_ids=ids)


def words_made(ids: Sequence[UUID]) -> int:
    """The words of these capabilities, as the product writes them."""
    from apps.startups.services.search import search_refresh

    return search_refresh(capability_ids=ids)


def _in_parallel(work: Callable[[Sequence[UUID]], int]) -> int:
    from apps.startups.models import Capability

    ids = list(Capability.objects.order_by("pk").values_list("pk", flat=True))
    portions = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES, initializer=_ready) as pool:
        return sum(pool.imap_unordered(work, portions))


def _ready() -> None:
    import django

    django.setup()


def _words_count() -> None:
    from apps.startups.services.search_words import search_words_refresh

    search_words_refresh()


def _analyse() -> None:
    """By the owner of the tables: nobody else may."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def _title(draw: random.Random, place: int) -> tuple[str, str]:
    english, ukrainian = zip(draw.choice(ADJECTIVES), draw.choice(NOUNS), strict=True)
    for word, share in (WIDE, MIDDLE, NARROW):
        if draw.random() < share:
            english, ukrainian = (word[0], *english), (word[1], *ukrainian)
    if draw.random() < 0.3:
        name = f"{_surname(place)}-{draw.randint(1, 9_999)}"
        english, ukrainian = (*english, name), (*ukrainian, name)
    return " ".join(english).capitalize(), " ".join(ukrainian).capitalize()


def _prose(draw: random.Random, words: int) -> tuple[str, str]:
    pairs = [draw.choice(draw.choice((ADJECTIVES, NOUNS, USES))) for _ in range(words)]
    return " ".join(pair[0] for pair in pairs), " ".join(pair[1] for pair in pairs)


def _surname(place: int) -> str:
    """One of some ten thousand made-up names."""
    syllables = ("bor", "dym", "hal", "kov", "lys", "mar", "nov", "ost", "rad", "sok", "ter", "vol")
    digits = [place // 12**power % 12 for power in range(4)]
    return "".join(syllables[digit] for digit in digits).capitalize()


def _one(draw: random.Random, choices: tuple[Sequence[Any], Sequence[int]]) -> Any:
    values, weights = choices
    return draw.choices(values, weights)[0]
