"""What is taken out of others: the rows that the viewer may see, each cell as far as its tier of the row reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from apps.exchange.exporting.cells import numbers_text, standards_text, terms_text, weights_text
from apps.exchange.exporting.tables import ExportTable, Read, Shown
from apps.investors.disclosure import DERIVED as FUND_DERIVED
from apps.investors.disclosure import TIERS as FUND_TIERS
from apps.investors.models import Fund, Mandate
from apps.investors.selectors import fund_list, mandate_list
from apps.organisations.disclosure import Tier
from apps.permissions import Kind, Permission
from apps.reference.wars import countries_at_war
from apps.startups.disclosure import AT_WAR, DERIVED, TIERS, firm_name
from apps.startups.models import Capability, CapabilityCodification, CapabilityStandard, Firm, Raise
from apps.startups.selectors import capability_list, firm_list, raise_list
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_today

FOR_STRANGERS = Tier.T2
"""Columns from a higher tier on are left out: nobody but the owner ever reads them here."""


def _columns(tiers: Mapping[str, Tier], columns: Mapping[str, tuple[str, Read | None]]) -> dict[str, Shown]:
    """Columns by name, each with the field whose tier holds for it and how it is read, if not as that field."""
    return {
        name: Shown(read or _plain(field), tiers[field])
        for name, (field, read) in columns.items()
        if tiers[field] <= FOR_STRANGERS
    }


def _plain(name: str) -> Read:
    return lambda row: getattr(row, name)


def _same(*names: str) -> dict[str, tuple[str, Read | None]]:
    return {name: (name, None) for name in names}


def _name(row: Any) -> str:
    return firm_name(firm=row, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed).name


def _name_uk(row: Any) -> str:
    return firm_name(firm=row, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed).name_uk


def _lead(row: Any) -> Any:
    is_shown = row.lead_capability.status == CapabilityStatus.PUBLISHED or row.viewer_tier >= Tier.T4
    return row.lead_capability_id if is_shown else None


def _firm_tiers(row: Any) -> Mapping[str, Tier]:
    return AT_WAR[Firm] if row.organisation.country in countries_at_war(on=utc_today()) else {}


def _others(rows: QuerySet[Any], actor: Actor, path: str) -> QuerySet[Any]:
    return rows.exclude(**{f"{path}_id": actor.organisation_id}).order_by("pk")


def _in_area(path: str, codes: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for code in codes:
        found |= Q(**{path: code}) | Q(**{f"{path}__startswith": f"{code}."})
    return found


def _country(filters: Mapping[str, Any], path: str) -> Q:
    return Q(**{f"{path}__country__in": filters["country"]}) if filters.get("country") else Q()


def _firms(actor: Actor, filters: Mapping[str, Any]) -> Iterable[Any]:
    rows = _others(firm_list(actor=actor), actor, "organisation").filter(_country(filters, "organisation"))
    if filters.get("area"):
        shown = Capability.objects.filter(status=CapabilityStatus.PUBLISHED)
        rows = rows.filter(pk__in=shown.filter(_in_area("area__code", filters["area"])).values("firm"))
    return rows.prefetch_related(None).iterator()


def _capabilities(actor: Actor, filters: Mapping[str, Any]) -> Iterable[Any]:
    rows = _others(capability_list(actor=actor), actor, "firm__organisation")
    rows = rows.filter(_country(filters, "firm__organisation"))
    if filters.get("area"):
        rows = rows.filter(_in_area("area__code", filters["area"]))
    standards = CapabilityStandard.objects.order_by("designation", "part")
    numbers = CapabilityCodification.objects.order_by("scheme", "number")
    listed = rows.prefetch_related(Prefetch("standards", standards), Prefetch("codifications", numbers))
    return listed.iterator(chunk_size=1_000)


def _raises(actor: Actor, filters: Mapping[str, Any]) -> Iterable[Any]:
    rows = _others(raise_list(actor=actor), actor, "firm__organisation").filter(_country(filters, "firm__organisation"))
    if filters.get("area"):
        shown = Q(lead_capability__status=CapabilityStatus.PUBLISHED)
        rows = rows.filter(shown & _in_area("lead_capability__area__code", filters["area"]))
    return rows.iterator()


def _funds(actor: Actor, filters: Mapping[str, Any]) -> Iterable[Any]:
    rows = _others(fund_list(actor=actor), actor, "organisation").filter(_country(filters, "organisation"))
    return rows.prefetch_related(None).iterator()


def _mandates(actor: Actor, filters: Mapping[str, Any]) -> Iterable[Any]:
    rows = _others(mandate_list(actor=actor), actor, "fund__organisation")
    found = rows.filter(_country(filters, "fund__organisation")).iterator()
    wanted = tuple(filters.get("area") or ())
    return (row for row in found if not wanted or any(_is_in(code, wanted) for code, _ in row.areas))


def _is_in(code: str, wanted: Iterable[str]) -> bool:
    return any(code == one or code.startswith(f"{one}.") or one.startswith(f"{code}.") for one in wanted)


def _standards(row: Any) -> str:
    return standards_text((line.designation, line.part) for line in row.standards.all())


def _numbers(row: Any) -> str:
    return numbers_text((line.scheme, line.number) for line in row.codifications.all())


VISIBLE: Mapping[str, ExportTable] = {
    "startups": ExportTable(
        Permission.FIRM_READ,
        _firms,
        _columns(
            {**TIERS[Firm], **DERIVED[Firm]},
            {
                "key": ("id", None),
                "legal_name": ("name", _name),
                "legal_name_uk": ("name_uk", _name_uk),
                "country": ("country", lambda row: row.organisation.country),
                **_same("region", "founded_on", "staff", "summary", "summary_uk"),
            },
        ),
        _firm_tiers,
    ),
    "capabilities": ExportTable(
        Permission.CAPABILITY_READ,
        _capabilities,
        _columns(
            {**TIERS[Capability], **DERIVED[Capability]},
            {
                "key": ("id", None),
                "startup_key": ("firm", lambda row: row.firm_id),
                "area": ("area", lambda row: row.area.code),
                **_same("title", "title_uk", "description", "description_uk", "trl", "maturity", "tier", "unit_cost"),
                **_same("currency", "output_per_month", "lead_time_days", "export_class", "flags"),
                **_same("seeks"),
                "standards": ("standards", _standards),
                "codifications": ("codifications", _numbers),
            },
        ),
    ),
    "raises": ExportTable(
        Permission.RAISE_READ,
        _raises,
        _columns(
            TIERS[Raise],
            {
                "key": ("id", None),
                "startup_key": ("firm", lambda row: row.firm_id),
                "issuer_key": ("issuer", lambda row: row.issuer_id),
                "lead_capability_key": ("lead_capability", _lead),
                "round_key": ("round", None),
                **_same("amount", "currency", "amount_left", "min_ticket", "syndicate", "instruments", "stage"),
                **_same("tenor_years", "marginal_cost_of_capital", "cost_tier", "opened_on", "need_by"),
                **_same("blocked_countries", "blocked_organisations"),
                "terms": ("terms", lambda row: terms_text(row.terms)),
                "use_of_proceeds": ("use_of_proceeds", None),
            },
        ),
    ),
    "funds": ExportTable(
        Permission.FUND_READ,
        _funds,
        _columns(
            {**FUND_TIERS[Fund], **FUND_DERIVED[Fund]},
            {
                "key": ("id", None),
                "legal_name": ("name", lambda row: row.organisation.legal_name),
                "country": ("country", lambda row: row.organisation.country),
                **_same("fund_type", "investor_countries", "life_ends_on", "strategy", "strategy_uk"),
            },
        ),
    ),
    "mandates": ExportTable(
        Permission.MANDATE_READ,
        _mandates,
        _columns(
            FUND_TIERS[Mandate],
            {
                "key": ("id", None),
                "fund_key": ("fund", lambda row: row.fund_id),
                "name": ("name", None),
                "areas": ("areas", lambda row: weights_text(row.areas)),
                **_same("ticket_min", "ticket_max", "ticket_typical", "currency"),
                "stages": ("stages", lambda row: weights_text(row.stages)),
                **_same("instruments", "countries"),
                "places": ("places", lambda row: weights_text(row.places)),
                **_same("trl_min", "trl_max", "offered_cost_of_capital", "offer_tier"),
                "lever_key": ("lever", lambda row: row.lever_id),
                **_same("tenor_years", "capacity", "max_foreign_share", "perimeter", "exclusions"),
                "terms": ("terms", lambda row: terms_text(row.terms)),
                **_same("follow_on_reserve", "thesis", "thesis_uk"),
            },
        ),
    ),
}
"""The tables of others, in the order of the import format."""

NOT_FOR: Mapping[str, frozenset[str]] = {Kind.FUND: frozenset({"funds", "mandates"})}
"""Tables that a kind of organisation sees no row of but its own."""
