"""What the engine is given: the facts of every active mandate and every open raise at a date, in a constant number of
queries.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.compliance.selectors.screening import clearances
from apps.compliance.states import Clearance
from apps.investors.models import Fund, Lever, Mandate
from apps.investors.selectors import capacities_left
from apps.investors.states import MandateStatus
from apps.matching.engine.facts import (
    Answer,
    CapabilityFacts,
    Decline,
    Figure,
    LeverFacts,
    MandateFacts,
    RaiseFacts,
    Term,
)
from apps.matching.rules.decisions import DecisionSummary, decision_summary
from apps.matching.selectors.decisions import decision_rows
from apps.organisations.states import Standing
from apps.reference.areas import Taxonomy
from apps.reference.instruments import InstrumentClass
from apps.reference.models import CapabilityArea
from apps.reference.stated import instrument_class
from apps.reference.tables import PERIMETERS, ReferenceTable
from apps.startups.models import Capability, Component, Financials, Raise
from apps.startups.rules.origin import ComponentLine, band_edges, foreign_bands
from apps.startups.rules.speed import (
    SpeedFigure,
    SpeedParameters,
    SpeedProfile,
    attested_order_latest_on,
    speed_profile,
)
from apps.startups.selectors import event_logs
from apps.startups.states import OPEN_RAISES, CapabilityStatus
from kernel.clock import utc_now

DAYS_PER_YEAR = 365.25
PROSE_OF_RAISES = ("use_of_proceeds", "proceeds", "subsidised_loans", "firm__summary", "firm__summary_uk")
PROSE_OF_CAPABILITIES = ("title", "title_uk", "description", "description_uk", "export_class_reason")
"""Columns that nothing is scored by, and that are long."""

_SCREENED = {
    Clearance.CLEAR: Answer.PASS,
    Clearance.HIT: Answer.FAIL,
    Clearance.REVIEW: Answer.UNKNOWN,
    Clearance.UNKNOWN: Answer.UNKNOWN,
}


def mandate_facts(
    *, as_of: dt.date, model: Mapping[str, Any], reference: ReferenceTable, ids: Collection[UUID] | None = None
) -> list[MandateFacts]:
    """The facts of all active mandates of funds that have not gone dark, ordered by id; `ids`: of these only.

    `model` is the scoring model's parsed JSON.
    """
    mandates = Mandate.objects.filter(status=MandateStatus.ACTIVE, fund__organisation__dark_since=None)
    if ids is not None:
        mandates = mandates.filter(pk__in=ids)
    rows = list(mandates.select_related("fund__organisation", "lever").order_by("id"))
    return facts_of_mandates(mandates=rows, as_of=as_of, model=model, reference=reference)


def facts_of_mandates(
    *, mandates: Sequence[Mandate], as_of: dt.date, model: Mapping[str, Any], reference: ReferenceTable
) -> list[MandateFacts]:
    """The facts of these mandates, saved or not, in the order given."""
    screened = _screenings({mandate.fund.organisation_id for mandate in mandates})
    decisions = _decisions({mandate.fund_id for mandate in mandates}, as_of, model, reference)
    left = capacities_left(mandates=mandates, rates=reference.fx_to_eur, at=utc_now())
    return [
        _mandate(
            mandate,
            screened[mandate.fund.organisation_id],
            decisions[mandate.fund_id],
            left=left[mandate.pk],
            tenor_years=_tenor(mandate, as_of),
        )
        for mandate in mandates
    ]


def raise_facts(
    *,
    as_of: dt.date,
    model: Mapping[str, Any],
    reference: ReferenceTable,
    taxonomy: Taxonomy,
    ids: Collection[UUID] | None = None,
) -> list[RaiseFacts]:
    """The facts of all open raises whose lead capability is published, of firms that have not gone dark, ordered by
    id; `ids`: of these only. `model` is the scoring model's parsed JSON.
    """
    raises = Raise.objects.filter(
        status__in=OPEN_RAISES,
        lead_capability__status=CapabilityStatus.PUBLISHED,
        firm__organisation__dark_since=None,
    )
    if ids is not None:
        raises = raises.filter(pk__in=ids)
    rows = list(raises.select_related("firm__organisation", "issuer").defer(*PROSE_OF_RAISES).order_by("id"))
    return facts_of_raises(raises=rows, as_of=as_of, model=model, reference=reference, taxonomy=taxonomy)


def facts_of_raises(
    *,
    raises: Sequence[Raise],
    as_of: dt.date,
    model: Mapping[str, Any],
    reference: ReferenceTable,
    taxonomy: Taxonomy,
) -> list[RaiseFacts]:
    """The facts of these raises, saved or not, in the order given; each names a saved firm and lead capability."""
    firms = {item.firm_id for item in raises}
    screened = _screenings({item.firm.organisation_id for item in raises})
    capabilities: defaultdict[UUID, list[Capability]] = defaultdict(list)
    areas, leads = CapabilityArea.objects.in_bulk(), dict[UUID, Capability]()
    for capability in (
        Capability.objects.filter(firm__in=firms, status=CapabilityStatus.PUBLISHED)
        .defer(*PROSE_OF_CAPABILITIES)
        .order_by("id")
    ):
        capability.area = areas[capability.area_id]
        capabilities[capability.firm_id].append(capability)
        leads[capability.pk] = capability
    bands = _bands({item.lead_capability_id for item in raises}, model, reference)
    logs = event_logs(firm_ids=firms)
    tiers = _financials_tiers(firms, as_of)
    blocked = _funds_of({organisation for item in raises for organisation in item.blocked_organisations})
    parameters = SpeedParameters.from_model(model)
    profiles: dict[tuple[UUID, str], SpeedProfile] = {}
    facts = []
    for item in raises:
        if item.lead_capability_id in leads:
            item.lead_capability = leads[item.lead_capability_id]
        area = item.lead_capability.area.code
        log = logs.get(item.firm_id, ())
        if (item.firm_id, area) not in profiles:
            profiles[item.firm_id, area] = speed_profile(
                facts=log, area=taxonomy.figures(area), parameters=parameters, as_of=as_of
            )
        facts.append(
            _raise(
                item,
                screening=screened[item.firm.organisation_id],
                capabilities=capabilities[item.firm_id],
                bands=bands.get(item.lead_capability_id, ()),
                profile=profiles[item.firm_id, area],
                financials_tier=tiers.get(item.firm_id),
                blocked_funds=[blocked[pk] for pk in item.blocked_organisations if pk in blocked],
                changed_on=attested_order_latest_on(facts=log, as_of=as_of),
            )
        )
    return facts


def _mandate(
    mandate: Mandate,
    screening: Answer,
    decisions: DecisionSummary,
    *,
    left: Decimal | None,
    tenor_years: float | None,
) -> MandateFacts:
    fund = mandate.fund
    return MandateFacts(
        id=str(mandate.pk),
        fund_id=str(fund.pk),
        verified=_verified(fund.organisation.standing),
        screening=screening,
        fund_country=fund.organisation.country,
        investor_countries=_texts(fund.investor_countries),
        areas=_weighted(mandate.areas),
        ticket_min=float(mandate.ticket_min),
        ticket_max=float(mandate.ticket_max),
        ticket_typical=_number(mandate.ticket_typical),
        currency=mandate.currency,
        instruments=tuple(mandate.instruments),
        stages=_weighted(mandate.stages),
        countries=tuple(mandate.countries),
        places=_weighted(mandate.places),
        trl_min=mandate.trl_min,
        trl_max=mandate.trl_max,
        offered_cost=_number(mandate.offered_cost_of_capital),
        offer_tier=mandate.offer_tier or None,
        lever=_lever(mandate.lever),
        tenor_years=tenor_years,
        capacity=_number(left),
        max_foreign_share=_number(mandate.max_foreign_share),
        perimeter=mandate.perimeter or None,
        exclusions=tuple(mandate.exclusions),
        terms=_terms(mandate.terms),
        deals_closed=decisions.closed,
        deals_passed=decisions.passed,
        deals_lapsed=decisions.lapsed,
        cash=_figure(decisions.cash),
        declines=tuple(Decline(item.firm_id, item.reason, item.on) for item in decisions.declines),
    )


def _tenor(mandate: Mandate, as_of: dt.date) -> float | None:
    """How long the money may stay, in years: as stated, of equity no longer than the fund still lives."""
    stated, ends = _number(mandate.tenor_years), mandate.fund.life_ends_on
    if ends is None or instrument_class(mandate.instruments) != InstrumentClass.EQUITY:
        return stated
    remaining = max((ends - as_of).days, 0) / DAYS_PER_YEAR
    return remaining if stated is None else min(stated, remaining)


def _raise(
    item: Raise,
    *,
    screening: Answer,
    capabilities: Sequence[Capability],
    bands: tuple[tuple[str, float, float], ...],
    profile: SpeedProfile,
    financials_tier: str | None,
    blocked_funds: Sequence[str],
    changed_on: dt.date | None,
) -> RaiseFacts:
    organisation = item.firm.organisation
    declared = [capability.flags for capability in capabilities]
    known = {flag for flags in declared if flags is not None for flag in flags}
    return RaiseFacts(
        id=str(item.pk),
        firm_id=str(item.firm_id),
        verified=_verified(organisation.standing),
        screening=screening,
        issuer_country=(item.issuer or organisation).country,
        country=organisation.country,
        region=item.firm.region or None,
        capabilities=tuple(
            CapabilityFacts(
                area=capability.area.code,
                maturity=capability.maturity,
                tier=capability.tier or None,
                is_lead=capability.pk == item.lead_capability_id,
            )
            for capability in capabilities
        ),
        amount=float(item.amount),
        amount_left=_number(item.amount_left),
        min_ticket=_number(item.min_ticket),
        currency=item.currency,
        syndicate=item.syndicate,
        instruments=tuple(item.instruments),
        stage=item.stage or None,
        tenor_years=_number(item.tenor_years),
        marginal_cost=_number(item.marginal_cost_of_capital),
        cost_tier=item.cost_tier or None,
        opened_on=item.opened_on,
        need_by=item.need_by,
        blocked=(*item.blocked_countries, *blocked_funds),
        terms=_terms(item.terms),
        flags=None if any(flags is None for flags in declared) else tuple(sorted(known)),
        known_flags=tuple(sorted(known)),
        trl=item.lead_capability.trl,
        foreign_bands=bands,
        financials_tier=financials_tier,
        adaptation=_figure(profile.adaptation),
        cadence=_figure(profile.cadence),
        feedback=_figure(profile.feedback),
        delivery=_figure(profile.delivery),
        changed_on=changed_on,
    )


def _screenings(organisations: set[UUID]) -> dict[UUID, Answer]:
    found = clearances(organisation_ids=organisations)
    return {organisation: _SCREENED[clearance] for organisation, clearance in found.items()}


def _decisions(
    funds: set[UUID], as_of: dt.date, model: Mapping[str, Any], reference: ReferenceTable
) -> dict[UUID, DecisionSummary]:
    parameters = SpeedParameters.from_model(model)
    return {
        fund: decision_summary(
            rows=log,
            prior=reference.decision_priors["cash"],
            parameters=parameters,
            as_of=as_of,
            basis=reference.decision_basis,
        )
        for fund, log in decision_rows(fund_ids=funds).items()
    }


def _bands(
    capabilities: set[UUID], model: Mapping[str, Any], reference: ReferenceTable
) -> dict[UUID, tuple[tuple[str, float, float], ...]]:
    bills: defaultdict[UUID, list[ComponentLine]] = defaultdict(list)
    lines = Component.objects.filter(capability__in=capabilities).order_by("id")
    columns = ("capability_id", "unit_cost", "quantity", "currency", "origin")
    for capability, cost, quantity, currency, origin in lines.values_list(*columns):
        bills[capability].append(ComponentLine(cost, quantity, currency, origin))
    perimeters = {name: reference.perimeter(name) for name in PERIMETERS}
    edges = band_edges(model=model)
    return {
        capability: tuple(
            (name, float(band.above), float(band.up_to))
            for name, band in sorted(
                foreign_bands(components=bill, perimeters=perimeters, edges=edges, rates=reference.fx_to_eur).items()
            )
        )
        for capability, bill in bills.items()
    }


def _funds_of(organisations: set[UUID]) -> dict[UUID, str]:
    """The ids of the funds among the organisations, by organisation."""
    found = Fund.objects.filter(organisation__in=organisations).values_list("organisation_id", "pk")
    return {organisation: str(fund) for organisation, fund in found}


def _financials_tiers(firms: set[UUID], as_of: dt.date) -> dict[UUID, str]:
    """Tier of each firm's newest year that has begun by `as_of`; a withdrawn one counts as E0."""
    newest: dict[UUID, str] = {}
    for firm, tier, withdrawn in (
        Financials.objects.filter(Q(firm__in=firms), year__lte=as_of.year)
        .order_by("year")
        .values_list("firm_id", "tier", "withdrawn_at")
    ):
        newest[firm] = "E0" if withdrawn else tier
    return newest


def _verified(standing: str) -> Answer:
    return Answer.PASS if standing == Standing.VERIFIED else Answer.FAIL


def _lever(lever: Lever | None) -> LeverFacts | None:
    if lever is None:
        return None
    return LeverFacts(
        kind=lever.kind,
        classes=_texts(lever.classes),
        countries=_texts(lever.countries),
        excluded_flags=_texts(lever.excluded_flags),
        risk_cover=_number(lever.risk_cover),
        cover_cap=_number(lever.cover_cap),
        currency=lever.currency or None,
        premium=_number(lever.premium),
        valid_from=lever.valid_from,
        valid_to=lever.valid_to,
    )


def _figure(figure: SpeedFigure | None) -> Figure | None:
    if figure is None:
        return None
    return Figure(
        days=figure.days,
        low=figure.low,
        high=figure.high,
        sigma=figure.sigma,
        n_closed=figure.n_closed,
        n_open=figure.n_open,
        weight=figure.weight,
        tier=figure.tier,
    )


def _terms(terms: Iterable[Mapping[str, Any]]) -> tuple[Term, ...]:
    return tuple(Term(item["term"], item["value"], bool(item["required"])) for item in terms)


def _weighted(pairs: Iterable[Sequence[Any]]) -> tuple[tuple[str, float], ...]:
    return tuple((str(code), float(weight)) for code, weight in pairs)


def _texts(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
