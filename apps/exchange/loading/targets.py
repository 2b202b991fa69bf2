"""Where rows end up: for each kind of object its table, the columns that follow the sender, and those written once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import models

from apps.compliance.models import OwnershipStatement, Party
from apps.compliance.states import Directness, InterestType
from apps.exchange.tables.identifiers import canonical
from apps.investors.models import Fund, Lever, Mandate
from apps.investors.states import MandateStatus
from apps.matching.models import Deal
from apps.organisations.models import Identifier, Organisation
from apps.organisations.rules import name_key
from apps.permissions import Kind
from apps.reference.evidence import EvidenceTier
from apps.reference.models import CapabilityArea
from apps.startups.models import (
    Attestation,
    Capability,
    Component,
    DevelopmentEvent,
    Financials,
    Firm,
    Raise,
)
from apps.startups.states import CapabilityStatus, EventSource, Naming, RaiseStatus
from kernel.ids import uuid7

Ids = Mapping[str, Mapping[str, UUID]]
"""The objects that keys stand for, by kind of object."""

Make = Callable[[Mapping[str, Any], Ids], Any]

Columns = Mapping[str, Make]

IDENTIFIERS = "identifiers"
"""The kind of object for an organisation's number; its key is the organisation's."""

OWNER_PARTIES = "owner_parties"
"""The kind of object for an owner that is no organisation here; its key is made of the entity, name and kind."""

INTERESTS: Mapping[str, str] = {
    "": InterestType.SHAREHOLDING,
    "shares": InterestType.SHAREHOLDING,
    "votes": InterestType.VOTING_RIGHTS,
    **{code: code for code in InterestType.values},
}
"""What the cell of an owner's interest means; a table of owners is one of shares unless it says otherwise."""

AREA_EDITION = "import"
"""The edition of areas that came with an import and have no figures of their own."""


@dataclass(frozen=True)
class Target:
    """A kind of object. `changing` columns follow the sender's row, `fixed` ones are written when it is new.

    `optional` are those changing columns that follow it only where the file has the column named. What is in
    `unsigned` counts for nothing when a row is compared with the one loaded before. The cells of `lists` become rows
    of their own. `voids` are the columns that a change of another sets back to a value. `owners` are the paths to the
    organisations whose object it is; without any it is nobody's. Where a changed row `supersedes`, it becomes a new
    object that refers to the one before, which stays.
    """

    name: str
    model: type[models.Model]
    changing: Columns
    fixed: Columns
    owners: Sequence[str] = ()
    supersedes: bool = False
    optional: Mapping[str, str] = field(default_factory=dict)
    unsigned: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()
    voids: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def parted(self, header: frozenset[str]) -> tuple[Columns, Columns]:
        """The columns that follow a row of a file with this header, and those written once."""
        kept = {name for name, column in self.optional.items() if column not in header}
        changing = {name: make for name, make in self.changing.items() if name not in kept}
        once = {**self.fixed, **{name: self.changing[name] for name in kept}}
        return changing, {**blank_columns(self.model, but={*changing, *once}), **once}

    @property
    def db_table(self) -> str:
        return self.model._meta.db_table

    @property
    def has_version(self) -> bool:
        return any(field.name == "version" for field in self.model._meta.get_fields())


def blank_columns(model: type[models.Model], *, but: Collection[str]) -> Columns:
    """The columns of a new row that no import states and neither the database fills: as the model leaves them."""
    return {
        column.attname: always(json.dumps(column.get_default()) if _is_json(column) else column.get_default())
        for column in model._meta.concrete_fields
        if not (column.attname in but or column.null or column.primary_key or column.generated)
        and column.db_default is models.NOT_PROVIDED
    }


def _is_json(column: models.Field[Any, Any]) -> bool:
    return isinstance(column, models.JSONField)


def cell(name: str, default: Any = None) -> Make:
    """The cell's value, or `default` where it is not stated."""
    return lambda values, _: values.get(name, default)


def document(name: str, default: Any = None) -> Make:
    """The cell's value as JSON."""

    def make(values: Mapping[str, Any], _: Ids) -> str | None:
        value = values.get(name, default)
        return None if value is None else json.dumps(value, ensure_ascii=False)

    return make


def linked(name: str, target: str) -> Make:
    """The object that the cell's key stands for."""

    def make(values: Mapping[str, Any], ids: Ids) -> UUID | None:
        key = values.get(name)
        return None if key is None else ids[target][key]

    return make


def linked_all(name: str, target: str) -> Make:
    """The objects that the cell's keys stand for."""
    return lambda values, ids: [ids[target][key] for key in values.get(name, ())]


def always(value: Any) -> Make:
    """The same value for every row."""
    return lambda *_: value


def direct(*names: str, default: Any = None) -> dict[str, Make]:
    """Columns that are called like their cells."""
    return {name: cell(name, default) for name in names}


def _identifier(values: Mapping[str, Any], _: Ids) -> str:
    return canonical(scheme=values["identifier_scheme"], number=values["identifier"])


def _name_key(values: Mapping[str, Any], _: Ids) -> str:
    return name_key(legal_name=values["legal_name"], legal_name_uk=values.get("legal_name_uk", ""))


def owner_party_key(values: Mapping[str, Any]) -> str:
    """The key of the owner of a row that names no organisation: in one entity the same name is the same owner."""
    named = [values["owned_key"], values["owner_name"], values["owner_kind"]]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def round_of(*, firm_id: UUID, key: str) -> UUID:
    """The round of a firm's raises that a sender calls `key`."""
    return uuid5(firm_id, key)


def _round(values: Mapping[str, Any], ids: Ids) -> UUID:
    key = values.get("round_key")
    return uuid7() if key is None else round_of(firm_id=ids["startups"][values["startup_key"]], key=key)


def same_names(*names: str) -> dict[str, str]:
    """Optional columns that are called like their cells."""
    return {name: name for name in names}


def _owner(values: Mapping[str, Any], ids: Ids) -> UUID:
    key = values.get("owner_key")
    return ids["organisations"][key] if key is not None else ids[OWNER_PARTIES][owner_party_key(values)]


def _interest(values: Mapping[str, Any], _: Ids) -> str:
    return INTERESTS.get(values.get("interest", ""), InterestType.UNKNOWN_INTEREST.value)


def _details(values: Mapping[str, Any], _: Ids) -> str:
    stated = values.get("interest", "")
    return "" if stated in INTERESTS else str(stated)


UNCONFIRMED: Mapping[str, Any] = {
    "confirmed_export_class": "",
    "export_class_reason": "",
    "export_class_confirmed_at": None,
    "export_class_confirmed_by_id": None,
}
"""An export class that no officer has confirmed."""

VERSION: Columns = {"version": always(1)}

AREAS = Target(
    "areas",
    CapabilityArea,
    changing={**direct("label_en"), **direct("label_uk", default=""), "parent_id": linked("parent", "areas")},
    fixed={**direct("code"), "edition": always(AREA_EDITION)},
)

ORGANISATIONS = Target(
    "organisations",
    Organisation,
    changing={
        **direct("kind", "legal_name", "country"),
        **direct("legal_name_uk", default=""),
        "name_key": _name_key,
    },
    fixed={"standing": cell("standing"), "basis": cell("basis"), **VERSION},
    owners=("pk",),
)

IDENTIFIER = Target(
    IDENTIFIERS,
    Identifier,
    changing={"scheme": cell("identifier_scheme"), "value": _identifier},
    fixed={"organisation_id": linked("key", "organisations")},
    owners=("organisation_id",),
)

FIRMS = Target(
    "startups",
    Firm,
    changing={
        **direct("region", "summary", "summary_uk", default=""),
        **direct("founded_on", "staff"),
    },
    optional=same_names("summary_uk"),
    fixed={
        "organisation_id": linked("key", "organisations"),
        # Under which name a firm is shown is its own choice from then on.
        "naming": cell("naming", Naming.ACCEPTED.value),
        **VERSION,
    },
    owners=("organisation_id",),
)

FUNDS = Target(
    "funds",
    Fund,
    changing={
        **direct("fund_type", "strategy", "strategy_uk", default=""),
        **direct("investor_countries", "life_ends_on"),
    },
    optional=same_names("strategy", "strategy_uk", "life_ends_on"),
    fixed={"organisation_id": linked("key", "organisations"), **VERSION},
    owners=("organisation_id",),
)

OWNER_PARTY = Target(
    OWNER_PARTIES,
    Party,
    changing=direct("country", default=""),
    fixed={
        "kind": cell("owner_kind"),
        "legal_name": cell("owner_name"),
        "stated_by_id": linked("owned_key", "organisations"),
        "nationalities": always([]),
        "identifiers": always("[]"),
        **{name: always("") for name in ("entity_type", "native_name", "birth_date", "unknown_reason")},
    },
)

OWNERS = Target(
    "owners",
    OwnershipStatement,
    changing={
        "owner_id": _owner,
        **direct("share_min", "share_max"),
        "interest": _interest,
        "details": _details,
        "from_date": cell("from"),
        "to_date": cell("to"),
    },
    fixed={
        "owned_id": linked("owned_key", "organisations"),
        "directness": always(Directness.DIRECT.value),
    },
    owners=("owned_id",),
    supersedes=True,
)

FINANCIALS = Target(
    "financials",
    Financials,
    changing={
        **direct("revenue", "order_book", "largest_customer_share", "gross_margin", "debt", "audited"),
        **direct("cash_months", "headcount"),
        "currency": cell("currency", ""),
        "customers": document("customers"),
        "order_book_customers": document("order_book_customers"),
        "tier": cell("tier", EvidenceTier.E0.value),
    },
    optional=same_names("cash_months", "headcount", "order_book_customers"),
    fixed={"firm_id": linked("startup_key", "startups"), **direct("year")},
    owners=("firm__organisation_id",),
)

CAPABILITIES = Target(
    "capabilities",
    Capability,
    changing={
        "firm_id": linked("startup_key", "startups"),
        "area_id": linked("area", "areas"),
        **direct("title", "trl", "maturity", "unit_cost", "output_per_month", "lead_time_days", "flags"),
        **direct("description", "tier", "currency", "export_class", "title_uk", "description_uk", default=""),
        "given_tier": cell("tier", ""),
        "seeks": cell("seeks", []),
    },
    optional=same_names("title_uk", "description_uk", "lead_time_days", "seeks"),
    unsigned=frozenset({"given_tier"}),
    lists=("standards", "codifications"),
    fixed={
        "status": always(CapabilityStatus.PUBLISHED.value),
        **VERSION,
    },
    voids={"export_class": UNCONFIRMED},
    owners=("firm__organisation_id",),
)

COMPONENTS = Target(
    "components",
    Component,
    changing={
        **direct("name", "unit_cost", "currency", "quantity", "origin", "single_source"),
        **direct("supplier", default=""),
    },
    fixed={"capability_id": linked("capability_key", "capabilities")},
    owners=("capability__firm__organisation_id",),
)

DEVELOPMENT_EVENTS = Target(
    "development_events",
    DevelopmentEvent,
    changing={},
    fixed={
        "capability_id": linked("capability_key", "capabilities"),
        **direct("kind", "occurred_at"),
        "answers_id": linked("answers", "development_events"),
        "supersedes_id": linked("supersedes", "development_events"),
        "tier": cell("tier", EvidenceTier.E0.value),
        "note": cell("note", ""),
        "source": always(EventSource.IMPORT.value),
    },
    unsigned=frozenset({"source"}),
    owners=("capability__firm__organisation_id",),
)

ATTESTATIONS = Target(
    "attestations",
    Attestation,
    changing={},
    fixed={
        "event_id": linked("event_key", "development_events"),
        "attestor_id": linked("attestor_key", "organisations"),
        **direct("verdict"),
        "attested_on": cell("on"),
    },
    owners=("event__capability__firm__organisation_id", "attestor_id"),
)

RAISES = Target(
    "raises",
    Raise,
    changing={
        "firm_id": linked("startup_key", "startups"),
        "issuer_id": linked("issuer_key", "organisations"),
        "lead_capability_id": linked("lead_capability_key", "capabilities"),
        **direct("amount", "currency", "amount_left", "min_ticket", "instruments", "tenor_years"),
        **direct("marginal_cost_of_capital", "opened_on", "need_by"),
        **direct("stage", "cost_tier", default=""),
        "syndicate": cell("syndicate", False),
        "blocked_countries": cell("blocked_countries", []),
        "blocked_organisations": linked_all("blocked_organisations", "organisations"),
        "terms": document("terms", []),
        "use_of_proceeds": cell("use_of_proceeds", ""),
    },
    optional=same_names("blocked_organisations", "use_of_proceeds"),
    fixed={
        "round": _round,
        "status": always(RaiseStatus.OPEN.value),
        **VERSION,
    },
    owners=("firm__organisation_id",),
)

LEVERS = Target(
    "levers",
    Lever,
    changing={
        **direct("kind", "classes", "countries", "excluded_flags", "risk_cover", "cover_cap", "premium"),
        **direct("valid_from", "valid_to", "fee", "tenor_max_years", "places", "as_of"),
        **direct("issuer", "currency", "source", "conditions", "conditions_uk", "confidence", default=""),
    },
    optional=same_names("fee", "tenor_max_years", "places", "as_of", "conditions", "conditions_uk", "confidence"),
    fixed=VERSION,
    owners=("organisation_id",),
)

MANDATES = Target(
    "mandates",
    Mandate,
    changing={
        "fund_id": linked("fund_key", "funds"),
        **direct("name", "ticket_min", "ticket_max", "ticket_typical", "currency", "instruments", "trl_min", "trl_max"),
        **direct("offered_cost_of_capital", "tenor_years", "capacity", "max_foreign_share"),
        **direct("offer_tier", "perimeter", default=""),
        **direct("countries", "exclusions", default=[]),
        "areas": document("areas"),
        "stages": document("stages", []),
        "places": document("places", []),
        "terms": document("terms", []),
        "lever_id": linked("lever_key", "levers"),
        **direct("follow_on_reserve"),
        **direct("thesis", "thesis_uk", default=""),
    },
    optional=same_names("follow_on_reserve", "thesis", "thesis_uk"),
    fixed={"status": always(MandateStatus.ACTIVE.value), **VERSION},
    owners=("fund__organisation_id",),
)

DEALS = Target(
    "deals",
    Deal,
    changing={
        **direct("introduced_on", "date", "amount", "outcome"),
        **direct("currency", "stage", "reason", default=""),
        "tier": cell("log_tier"),
    },
    fixed={"fund_id": linked("fund_key", "funds"), "firm_id": linked("startup_key", "startups")},
    owners=("fund__organisation_id",),
)

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        AREAS,
        ORGANISATIONS,
        IDENTIFIER,
        FIRMS,
        FUNDS,
        OWNER_PARTY,
        OWNERS,
        FINANCIALS,
        CAPABILITIES,
        COMPONENTS,
        DEVELOPMENT_EVENTS,
        ATTESTATIONS,
        RAISES,
        LEVERS,
        MANDATES,
        DEALS,
    )
}
"""In the order of loading."""

KIND_OF_PARTY: Mapping[str, str] = {"startups": Kind.FIRM.value, "funds": Kind.FUND.value}
"""The kind of organisation that a row of these tables is; an organisations row says its own."""
