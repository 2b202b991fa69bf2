"""What an organisation takes out of its own: everything in the import format, under its own keys where it has some."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from apps.exchange.exporting.cells import (
    numbers_text,
    shares_text,
    standards_text,
    terms_text,
    weights_text,
)
from apps.exchange.exporting.tables import ExportTable, Read, Shown
from apps.exchange.models import ImportKey
from apps.exchange.tables import TABLES
from apps.investors.models import Fund, Lever, Mandate
from apps.permissions import Kind, Permission
from apps.startups.models import (
    Capability,
    CapabilityCodification,
    CapabilityStandard,
    Component,
    DevelopmentEvent,
    Financials,
    Firm,
    Raise,
)
from kernel.access import Actor

OWN: Mapping[str, tuple[str, ...]] = {
    Kind.FIRM: ("startups", "financials", "capabilities", "components", "development_events", "raises"),
    Kind.FUND: ("funds", "levers", "mandates"),
}
"""The tables that an organisation of the kind has something in."""

PERMISSIONS: Mapping[str, str] = {
    "startups": Permission.FIRM_READ,
    "financials": Permission.FINANCIALS_READ,
    "capabilities": Permission.CAPABILITY_READ,
    "components": Permission.CAPABILITY_READ,
    "development_events": Permission.DEVELOPMENT_EVENT_READ,
    "raises": Permission.RAISE_READ,
    "funds": Permission.FUND_READ,
    "levers": Permission.LEVER_READ,
    "mandates": Permission.MANDATE_READ,
}
SELF = "self"


def own_table(*, name: str, actor: Actor) -> ExportTable:
    """The table `name` of the actor's own organisation."""
    keys = _keys(actor)
    stated = _readers(name, keys)
    columns = {column.name: Shown(stated.get(column.name, _plain(column.name))) for column in TABLES[name].columns}
    columns = {column: shown for column, shown in columns.items() if column not in LEFT_OUT.get(name, ())}
    return ExportTable(PERMISSIONS[name], lambda asking, _: ROWS[name](asking), columns)


def _keys(actor: Actor) -> Callable[[str, UUID | None], str]:
    """The sender's key of an object, its id where it has none; each table is asked for once."""
    known: dict[str, dict[UUID, str]] = {}

    def key_of(table: str, pk: UUID | None) -> str:
        if pk is None:
            return ""
        if table not in known:
            rows = ImportKey.objects.filter(sender=str(actor.organisation_id), table=table).order_by("-pk")
            known[table] = dict(rows.values_list("object_id", "key"))
        return known[table].get(pk, str(pk))

    return key_of


def _plain(name: str) -> Read:
    return lambda row: getattr(row, name)


def _readers(name: str, key_of: Callable[[str, UUID | None], str]) -> Mapping[str, Read]:
    """The columns that are not called like what they are read from."""
    key: dict[str, Read] = {"key": lambda row: key_of(name, row.pk)}
    own: dict[str, Read] = {"startup_key": lambda _: SELF}
    capability: dict[str, Read] = {"capability_key": lambda row: key_of("capabilities", row.capability_id)}
    if name == "startups":
        return {
            "key": lambda _: SELF,
            **{part: _organisation(part) for part in ("legal_name", "legal_name_uk", "country")},
            "identifier_scheme": lambda firm: _identifier(firm, "scheme"),
            "identifier": lambda firm: _identifier(firm, "value"),
        }
    if name == "financials":
        shared = ("customers", "order_book_customers")
        return {**own, **{part: _with(shares_text, part) for part in shared}}
    if name == "capabilities":
        return {
            **key,
            **own,
            "area": lambda row: row.area.code,
            "standards": lambda row: standards_text((line.designation, line.part) for line in row.standards.all()),
            "codifications": lambda row: numbers_text((line.scheme, line.number) for line in row.codifications.all()),
        }
    if name == "components":
        return capability
    if name == "development_events":
        return {
            **key,
            **capability,
            "answers": lambda row: key_of(name, row.answers_id),
            "supersedes": lambda row: key_of(name, row.supersedes_id),
        }
    if name == "raises":
        return {
            **key,
            **own,
            "issuer_key": lambda row: row.issuer_id,
            "lead_capability_key": lambda row: key_of("capabilities", row.lead_capability_id),
            "round_key": lambda row: row.round,
            "terms": _with(terms_text, "terms"),
        }
    if name == "funds":
        return {"key": lambda _: SELF, **{part: _organisation(part) for part in ("legal_name", "country")}}
    if name == "mandates":
        weighted = ("areas", "stages", "places")
        return {
            **key,
            "fund_key": lambda _: SELF,
            **{part: _with(weights_text, part) for part in weighted},
            "lever_key": lambda row: key_of("levers", row.lever_id),
            "terms": _with(terms_text, "terms"),
        }
    return key


def _with(write: Callable[[Any], str], name: str) -> Read:
    return lambda row: write(getattr(row, name))


def _organisation(name: str) -> Read:
    return lambda row: getattr(row.organisation, name)


def _identifier(firm: Firm, name: str) -> str:
    first = next(iter(firm.organisation.identifiers.all()), None)
    return "" if first is None else getattr(first, name)


LEFT_OUT: Mapping[str, tuple[str, ...]] = {}
"""Columns of the import format that say nothing of what is one's own."""


def _capabilities(actor: Actor) -> Iterable[Capability]:
    standards = CapabilityStandard.objects.order_by("pk")
    numbers = CapabilityCodification.objects.order_by("pk")
    rows = Capability.objects.filter(firm__organisation=actor.organisation_id).select_related("area")
    listed = rows.prefetch_related(Prefetch("standards", standards), Prefetch("codifications", numbers))
    return listed.order_by("pk").iterator(chunk_size=1_000)


def _components(actor: Actor) -> Iterable[Component]:
    rows = Component.objects.filter(capability__firm__organisation=actor.organisation_id)
    return rows.order_by("capability_id", "pk").iterator()


def _log(actor: Actor) -> Iterable[DevelopmentEvent]:
    rows = DevelopmentEvent.objects.filter(capability__firm__organisation=actor.organisation_id)
    return rows.order_by("capability_id", "occurred_at", "pk").iterator()


def _firms(actor: Actor) -> QuerySet[Firm]:
    rows = Firm.objects.filter(organisation=actor.organisation_id).select_related("organisation")
    return rows.prefetch_related("organisation__identifiers")


ROWS: Mapping[str, Callable[[Actor], Iterable[Any]]] = {
    "startups": _firms,
    "financials": lambda actor: Financials.objects.filter(
        firm__organisation=actor.organisation_id, withdrawn_at=None
    ).order_by("year"),
    "capabilities": _capabilities,
    "components": _components,
    "development_events": _log,
    "raises": lambda actor: Raise.objects.filter(firm__organisation=actor.organisation_id).order_by("pk").iterator(),
    "funds": lambda actor: Fund.objects.filter(organisation=actor.organisation_id).select_related("organisation"),
    "levers": lambda actor: Lever.objects.filter(organisation=actor.organisation_id).order_by("pk"),
    "mandates": lambda actor: Mandate.objects.filter(fund__organisation=actor.organisation_id).order_by("pk"),
}
