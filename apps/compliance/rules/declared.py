"""What somebody declares of ownership, before anybody judged it: new parties and interests between parties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from apps.compliance.states import Directness, InterestType


@dataclass(frozen=True, slots=True)
class PartyStated:
    """A new party of a call, named by `key` in its statements. `birth_date` may be a year or a month."""

    key: str
    kind: str
    legal_name: str = ""
    native_name: str = ""
    entity_type: str = ""
    country: str = ""
    nationalities: Sequence[str] = ()
    birth_date: str = ""
    registered_on: dt.date | None = None
    identifiers: Sequence[Mapping[str, str]] = ()
    unknown_reason: str = ""


@dataclass(frozen=True, slots=True)
class InterestStated:
    """A statement of a call. `owner` and `owned` are the ids of parties or organisations or keys of new parties;
    `owned` empty is one's own organisation.
    """

    owner: str
    owned: str = ""
    interest: str = InterestType.SHAREHOLDING.value
    directness: str = Directness.DIRECT.value
    share_min: Decimal | None = None
    share_max: Decimal | None = None
    share_min_exclusive: bool = False
    share_max_exclusive: bool = False
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    details: str = ""
    source: str = ""
    source_url: str = ""
    source_document: UUID | None = None
    retrieved_on: dt.date | None = None
