"""Other values for a field: what its column takes, and what has to change along with it."""

from __future__ import annotations

import datetime as dt
import random
import string
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.compliance.models import (
    OwnershipStatement,
    Party,
    Permit,
)
from apps.dealflow.models import SavedSearch
from apps.documents.models import Document, DocumentVersion, Upload
from apps.documents.states import CONTROLLED, TAKEN_MARKINGS
from apps.exchange.models import Import
from apps.investors.models import Lever, Mandate
from apps.investors.states import Perimeter
from apps.matching.models import Deal
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification
from apps.organisations.models import (
    BreakGlass,
    DisclosureGrant,
    Invitation,
    Registration,
    UndertakingAcceptance,
)
from apps.startups.mailboxes import address_seal
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorSeat,
    Capability,
    Component,
    Financials,
    Firm,
    Raise,
    StartDraft,
)
from apps.startups.models.speed import SpeedPoint, SpeedProfile
from apps.startups.rules.seat_codes import code_make
from tests.factories.accounts import UserFactory
from tests.leaks.work import figures


class NoWayToVary(AssertionError):
    """A hidden field for which no other value could be stored."""


def is_single(row: models.Model, field: Any) -> bool:
    """Whether there is nothing else that the field could hold."""
    return isinstance(field, models.ForeignKey) or bool(field.choices and len(field.choices) < 2)


def another_address(chance: random.Random) -> str:
    """A mail address as it is kept."""
    return address_seal(address=f"{chance.getrandbits(40)}@example.net")


def loan(chance: random.Random) -> dict[str, Any]:
    """A loan as a raise holds it."""
    stated = {"programme": f"Loan {chance.getrandbits(20)}", "amount": f"{chance.randrange(1, 999)}.00"}
    return {**stated, "currency": "UAH", "rate": None, "until": None}


SPECIAL: Mapping[tuple[type[models.Model], str], Callable[[Any, random.Random], Any]] = {
    (Firm, "region"): lambda row, chance: chance.choice(["UA-05", "UA-12", "UA-63", "EE-37", ""]),
    (Financials, "year"): lambda row, chance: chance.randrange(1950, 2010),
    (Financials, "customers"): lambda row, chance: {"state": chance.randrange(100) / 100},
    (Component, "origin"): lambda row, chance: chance.choice(["CN", "DE", "US", "UA", None]),
    (Raise, "terms"): lambda row, chance: [{"term": "holding", "value": chance.choice(["LU", "NL"]), "required": True}],
    (Raise, "min_ticket"): lambda row, chance: Decimal(chance.randrange(int(row.amount))),
    (Raise, "amount_left"): lambda row, chance: Decimal(chance.randrange(int(row.amount))),
    (Raise, "amount"): lambda row, chance: Decimal(chance.randrange(3_000_000, 9_000_000)),
    (Mandate, "places"): lambda row, chance: [[chance.choice(["PL", "RO", "CZ"]), chance.randrange(1, 9) / 10]],
    (Mandate, "areas"): lambda row, chance: [
        [chance.choice(["UMS", "UMS.UGV", "UMS.UAS"]), chance.randrange(1, 9) / 10]
    ],
    (Mandate, "stages"): lambda row, chance: [[chance.choice(["seed", "series_a"]), chance.randrange(1, 9) / 10]],
    (Mandate, "terms"): lambda row, chance: [
        {"term": "holding", "value": chance.choice(["LU", "NL"]), "required": False}
    ],
    (Mandate, "ticket_min"): lambda row, chance: Decimal(chance.randrange(1000, 190_000)),
    (Mandate, "ticket_max"): lambda row, chance: Decimal(chance.randrange(6_000_000, 9_000_000)),
    (Mandate, "max_foreign_share"): lambda row, chance: chance.choice([None, Decimal("0.200"), Decimal("0.500")]),
    (Raise, "marginal_cost_of_capital"): lambda row, chance: Decimal(chance.randrange(1, 900)) / 1000,
    (Import, "content"): lambda row, chance: chance.randbytes(20),
    (Capability, "trl"): lambda row, chance: chance.randrange(1, 10),
    (Mandate, "trl_min"): lambda row, chance: chance.randrange(1, 5),
    (Mandate, "trl_max"): lambda row, chance: chance.randrange(5, 10),
    (Mandate, "perimeter"): lambda row, chance: chance.choice(Perimeter.values),
    (Registration, "identifiers"): lambda row, chance: [["other", f"N-{chance.randrange(10**6)}"]],
    (Raise, "stage"): lambda row, chance: chance.choice(["seed", "series_a", "series_b"]),
    (DisclosureGrant, "tier"): lambda row, chance: chance.choice([1, 2, 3]),
    (BreakGlass, "tier"): lambda row, chance: chance.choice([2, 3, 4]),
    (Deal, "introduced_on"): lambda row, chance: dt.date(2025, 1, 1) + dt.timedelta(days=chance.randrange(300)),
    (OwnershipStatement, "from_date"): lambda row, chance: dt.date(2024, 1, 1 + chance.randrange(30)),
    (OwnershipStatement, "share_min"): lambda row, chance: Decimal(chance.randrange(40)) / 100,
    (OwnershipStatement, "share_max"): lambda row, chance: Decimal(50 + chance.randrange(40)) / 100,
    (Document, "export_mark"): lambda row, chance: chance.choice(CONTROLLED),
    (Upload, "export_mark"): lambda row, chance: chance.choice(CONTROLLED),
    (Document, "declared_marking"): lambda row, chance: chance.choice(TAKEN_MARKINGS),
    (Upload, "declared_marking"): lambda row, chance: chance.choice(TAKEN_MARKINGS),
    (DocumentVersion, "reasons"): lambda row, chance: [{"code": "encrypted", "member": str(chance.randrange(10**6))}],
    (Party, "kind"): lambda row, chance: chance.choice(["person", "entity"]),
    (Party, "birth_date"): lambda row, chance: f"{chance.randrange(1950, 2000)}-0{chance.randrange(1, 10)}",
    (Permit, "valid_from"): lambda row, chance: dt.date(2025, 1, 1) + dt.timedelta(days=chance.randrange(300)),
    (UndertakingAcceptance, "undertaking"): lambda row, chance: f"2025-{chance.randrange(1000)}",
    (StartDraft, "trl"): lambda row, chance: chance.randrange(1, 10),
    (SpeedProfile, "figures"): lambda row, chance: figures(chance),
    (SpeedProfile, "area"): lambda row, chance: chance.choice(["UMS", "UMS.UGV", "UMS.UAS"]),
    (SpeedPoint, "figures"): lambda row, chance: figures(chance),
    (SavedSearch, "query"): lambda row, chance: {"text": f"word{chance.randrange(10**6)}"},
    (Notification, "kind"): lambda row, chance: chance.choice([*KINDS]),
    (Lever, "fee"): lambda row, chance: Decimal(chance.randrange(1, 900)) / 1000,
    (AttestorSeat, "sealed_address"): lambda row, chance: another_address(chance),
    (AttestationRequest, "sealed_address"): lambda row, chance: another_address(chance),
    (Raise, "proceeds"): lambda row, chance: [{"purpose": "other", "amount": f"{chance.random():.2f}", "share": None}],
    (Raise, "subsidised_loans"): lambda row, chance: [loan(chance)],
    (AttestorSeat, "code"): lambda row, chance: code_make(draw=chance.randrange),
    (Attestation, "attested_on"): lambda row, chance: row.attested_on.replace(day=chance.randrange(1, 29)),
}
"""Values where the type alone does not say what the database takes."""


def beside(row: models.Model, name: str, value: Any) -> dict[str, Any]:
    """What has to change along with a field."""
    if isinstance(row, Upload | Party | Attestation):
        return _beside_of_files(row, name, value)
    if isinstance(row, BreakGlass) and name in {"approved_by", "approved_at", "until"} and value is not None:
        now = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
        return {
            key: item
            for key, item in {"approved_by_id": UserFactory().pk, "approved_at": now, "until": now}.items()
            if key.removesuffix("_id") != name
        }
    if isinstance(row, Lever) and name == "cover_cap":
        return {"currency": row.currency or "EUR"}
    if isinstance(row, Lever) and name == "valid_to":
        return {"valid_from": None}
    if isinstance(row, Lever) and name == "valid_from":
        return {"valid_to": None}
    if isinstance(row, Lever) and name == "currency":
        return {"cover_cap": None}
    if isinstance(row, Mandate) and name == "max_foreign_share":
        return {"perimeter": row.perimeter or "EU"}
    if isinstance(row, Mandate) and name == "perimeter":
        return {"max_foreign_share": Decimal("0.200")}
    if isinstance(row, Invitation) and name in {"accepted_at", "accepted_by"}:
        now, person = dt.datetime(2026, 2, 2, tzinfo=dt.UTC), UserFactory().pk
        if value is None:
            return {"accepted_at": None, "accepted_by_id": None, "revoked_at": None}
        both = {"accepted_at": now, "accepted_by_id": person, "revoked_at": None}
        return {key: item for key, item in both.items() if key.removesuffix("_id") != name}
    if isinstance(row, Invitation) and name == "revoked_at":
        return {"accepted_at": None, "accepted_by_id": None}
    return {}


def _beside_of_files(row: Upload | Party | Attestation, name: str, value: Any) -> dict[str, Any]:
    if isinstance(row, Attestation):
        return {"withdrawn_reason": "Another."} if name == "withdrawn_at" else {}
    if isinstance(row, Upload) and name == "size":
        return {"received": value if row.status in {"completing", "done"} else min(row.received, value)}
    if isinstance(row, Upload) and name == "export_code":
        return {"export_mark": CONTROLLED[0]}
    if isinstance(row, Party) and name == "kind":
        return {"unknown_reason": "", "legal_name": row.legal_name or "Somebody"}
    if isinstance(row, Party) and name == "unknown_reason" and value:
        return {"kind": "unknown"}
    return {}


def value_for(row: models.Model, field: Any, chance: random.Random) -> Any:
    """Another value that the column may hold, by the field's type."""
    special = SPECIAL.get((type(row), field.name))
    if special is not None:
        return special(row, chance)
    if field.name.endswith("sha256"):
        return f"{chance.getrandbits(256):064x}"
    if isinstance(field, models.ForeignKey):
        return _other_key(row, field, chance)
    if field.choices:
        return chance.choice([choice for choice, _label in field.choices])
    if isinstance(field, models.BooleanField):
        return not getattr(row, field.attname)
    for kind, make in BY_TYPE:
        if isinstance(field, kind):
            return make(field, chance)
    raise NoWayToVary(f"{type(row).__name__}.{field.name}: a type that nobody thought of")


def _decimal(field: Any, chance: random.Random) -> Decimal:
    whole = min(field.max_digits - field.decimal_places, 5)
    units = chance.randrange(10**whole) if whole > 1 else 0
    return Decimal(units) + Decimal(chance.randrange(1, 10**field.decimal_places)) / 10**field.decimal_places


def _text(field: Any, chance: random.Random) -> str:
    if field.max_length == 2:
        return chance.choice(["PL", "RO", "CZ", "LT", "LV"])
    if field.max_length == 3:
        return chance.choice(["USD", "GBP", "PLN", "UAH"])
    length = min(field.max_length or 30, 30)
    return "".join(chance.choices(string.ascii_letters, k=length))


def _items(field: Any, chance: random.Random) -> list[Any]:
    base = field.base_field
    if base.choices:
        choices = [choice for choice, _label in base.choices]
        return chance.sample(choices, chance.randrange(1, len(choices) + 1))
    if base.max_length == 2:
        return chance.sample(["PL", "RO", "CZ", "LT", "LV"], 2)
    if isinstance(base, models.IntegerField):
        return [chance.randrange(10**6)]
    if isinstance(base, models.UUIDField):
        return [UUID(int=chance.getrandbits(128), version=4)]
    return ["".join(chance.choices(string.ascii_lowercase, k=min(8, base.max_length or 8)))]


BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
BY_TYPE: tuple[tuple[type[Any] | tuple[type[Any], ...], Callable[[Any, random.Random], Any]], ...] = (
    (ArrayField, _items),
    (models.UUIDField, lambda field, chance: UUID(int=chance.getrandbits(128), version=4)),
    (models.DecimalField, _decimal),
    (models.FloatField, lambda field, chance: chance.random()),
    (models.BinaryField, lambda field, chance: chance.randbytes(16)),
    (models.IntegerField, lambda field, chance: chance.randrange(1, 999)),
    (models.DateTimeField, lambda field, chance: BEGIN + dt.timedelta(minutes=chance.randrange(10**5))),
    (models.DateField, lambda field, chance: dt.date(2027, 1, 1) + dt.timedelta(days=chance.randrange(1000))),
    (models.GenericIPAddressField, lambda field, chance: f"192.0.2.{chance.randrange(255)}"),
    (models.EmailField, lambda field, chance: f"{chance.getrandbits(40)}@example.net"),
    (models.JSONField, lambda field, chance: {"made up": chance.randrange(10**6)}),
    ((models.CharField, models.TextField), _text),
)


def _other_key(row: models.Model, field: Any, chance: random.Random) -> Any:
    related = field.related_model
    candidates = list(related._base_manager.exclude(pk=row.pk).values_list("pk", flat=True)[:40])
    return chance.choice([*candidates, None] if field.null else candidates)
