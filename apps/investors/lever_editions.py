"""The public levers that the product carries: versioned, hashed files as frozen values."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from apps.investors.states import Confidence, LeverKind

PACKAGED = Path(__file__).parent / "data"

_DECIMALS = ("risk_cover", "cover_cap", "premium", "fee", "tenor_max_years")
_DATES = ("valid_from", "valid_to", "as_of")
_LISTS = ("classes", "countries", "places", "excluded_flags")
_TEXTS = ("issuer", "currency", "conditions", "conditions_uk", "source")
_KNOWN = frozenset({"code", "kind", "confidence", *_DECIMALS, *_DATES, *_LISTS, *_TEXTS})


class LeversMalformed(ValueError):
    """An edition's file is not what its format says."""


class NoLeversYet(LookupError):
    """Every edition is newer than the date asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class LeverEdition:
    """One edition: every lever's fields by its code. `as_of` is when the terms were last looked at."""

    id: str
    as_of: dt.date
    sha256: str
    levers: Mapping[str, Mapping[str, Any]]


@functools.cache
def lever_editions() -> tuple[LeverEdition, ...]:
    """The editions that the product carries, the oldest first. Raises LeversMalformed."""
    return lever_editions_read(folder=PACKAGED)


def lever_edition_at(*, on: dt.date) -> LeverEdition:
    """The newest edition that is not newer than `on`. Raises NoLeversYet."""
    known = [edition for edition in lever_editions() if edition.as_of <= on]
    if not known:
        raise NoLeversYet(f"No edition of levers is as old as {on.isoformat()}.")
    return known[-1]


def lever_editions_read(*, folder: Path) -> tuple[LeverEdition, ...]:
    """Read every `levers-*.json` of a folder, the oldest first. Raises LeversMalformed."""
    found = []
    for path in folder.glob("levers-*.json"):
        edition = lever_edition_parse(content=path.read_bytes())
        if edition.id != path.stem:
            raise LeversMalformed(f"{path.name} holds the edition {edition.id!r}: name and id must be the same")
        found.append(edition)
    return tuple(
        sorted(found, key=lambda edition: (edition.as_of, [int(part) for part in re.findall(r"\d+", edition.id)]))
    )


def lever_edition_parse(*, content: bytes) -> LeverEdition:
    """An edition from the bytes of its file, hashed over exactly these bytes. Raises LeversMalformed."""
    try:
        raw = json.loads(content.decode("utf-8"), parse_float=Decimal)
        return LeverEdition(
            id=str(raw["id"]),
            as_of=dt.date.fromisoformat(raw["as_of"]),
            sha256=hashlib.sha256(content).hexdigest(),
            levers=MappingProxyType(_collected(raw["levers"])),
        )
    except LeversMalformed:
        raise
    except KeyError as problem:
        raise LeversMalformed(f"{problem.args[0]!r} is missing") from problem
    except (ValueError, TypeError, AttributeError, ArithmeticError) as problem:
        raise LeversMalformed(str(problem)) from problem


def _collected(items: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    levers: dict[str, Mapping[str, Any]] = {}
    for item in items:
        if item["code"] in levers:
            raise LeversMalformed(f"the lever {item['code']!r} stands twice")
        levers[str(item["code"])] = MappingProxyType(_fields(item))
    return levers


def _fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    if stray := sorted(raw.keys() - _KNOWN):
        raise LeversMalformed(f"{', '.join(stray)}: no lever has that")
    if not raw["source"]:
        raise LeversMalformed(f"the lever {raw['code']!r} has no source")
    fields: dict[str, Any] = {
        "kind": LeverKind(raw["kind"]).value,
        "confidence": Confidence(raw["confidence"]).value,
        **{name: str(raw.get(name, "")) for name in _TEXTS},
        **{name: None if raw.get(name) is None else [str(code) for code in raw[name]] for name in _LISTS},
        **{name: None if raw.get(name) is None else Decimal(raw[name]) for name in _DECIMALS},
        **{name: None if raw.get(name) is None else dt.date.fromisoformat(raw[name]) for name in _DATES},
    }
    if fields["as_of"] is None:
        raise LeversMalformed(f"the lever {raw['code']!r} does not say when it was looked at")
    return fields
