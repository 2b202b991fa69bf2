"""Reading ownership: statements, the graph above an organisation, its figures, and whom to screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from apps.compliance.models import GroupMembership, OwnershipStatement, Party
from apps.compliance.rules.control import (
    Control,
    Countries,
    ThirdCountry,
    controllers,
    countries_on_the_way,
    third_country_control,
)
from apps.compliance.rules.graph import Graph, Node, Stake, interval
from apps.compliance.rules.groups import Group, group_structure
from apps.compliance.rules.ownership import BeneficialOwnership, Threshold, beneficial_owners
from apps.compliance.rules.statements import Stated
from apps.compliance.states import Directness, EntityType, PartyKind
from apps.compliance.thresholds import thresholds_at
from apps.organisations.models import Organisation
from apps.permissions import Kind, Permission
from kernel.access import Actor
from kernel.clock import utc_today

MOST_LEVELS = 24
MOST_PARTIES = 500
MOST_ROWS = 20_000
"""How far up the graph is read; what lies above is unknown, and the figures say so."""
WITHOUT_OWNERS = frozenset({EntityType.STATE, EntityType.STATE_BODY})

ABOVE = """
    WITH RECURSIVE above (party, level) AS (
        SELECT unnest(%(start)s::uuid[]), 0
        UNION
        SELECT statement.owner_id, above.level + 1
        FROM above
        JOIN compliance_ownershipstatement statement ON statement.owned_id = above.party
        WHERE above.level < %(levels)s
          AND NOT statement.is_withdrawn
          AND (statement.from_date IS NULL OR statement.from_date <= %(day)s)
          AND (statement.to_date IS NULL OR statement.to_date > %(day)s)
          AND (%(viewer)s::uuid IS NULL OR statement.stated_by_id = %(viewer)s OR statement.owned_id = %(viewer)s)
          AND NOT EXISTS (
              SELECT FROM compliance_ownershipstatement later WHERE later.supersedes_id = statement.id
          )
    )
    SELECT party, level FROM above LIMIT %(rows)s
"""
BELOW = """
    WITH RECURSIVE below (party, level) AS (
        SELECT unnest(%(start)s::uuid[]), 0
        UNION
        SELECT statement.owned_id, below.level + 1
        FROM below
        JOIN compliance_ownershipstatement statement ON statement.owner_id = below.party
        WHERE below.level < %(levels)s AND NOT statement.is_withdrawn
          AND (statement.from_date IS NULL OR statement.from_date <= %(day)s)
          AND (statement.to_date IS NULL OR statement.to_date > %(day)s)
          AND NOT EXISTS (
              SELECT FROM compliance_ownershipstatement later WHERE later.supersedes_id = statement.id
          )
    )
    SELECT party, level FROM below LIMIT %(rows)s
"""

Subject = tuple[UUID, str, list[str], str, str | None, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the statements about an organisation come to, as of a day."""

    organisation_id: UUID
    as_of: dt.date
    ownership: BeneficialOwnership
    control: Control
    countries: Countries
    third_country: ThirdCountry | None
    group: Group
    thresholds: Sequence[Threshold]
    parties: Mapping[UUID, Party]


def ownership_organisations(*, actor: Actor) -> QuerySet[Organisation]:
    """The organisations whose ownership the actor reads: its own; for the operator's compliance and the system, all."""
    is_officer = actor.kind == Kind.OPERATOR and actor.may(Permission.OWNERSHIP_READ)
    if actor.is_system or is_officer:
        return Organisation.objects.visible_to(actor)
    return Organisation.objects.filter(Q(pk=actor.organisation_id))


def statements_of(*, organisation_id: UUID) -> QuerySet[OwnershipStatement]:
    """What an organisation stated, and what is said of it, each with `is_standing`: neither replaced nor withdrawn."""
    rows = OwnershipStatement.objects.filter(Q(stated_by_id=organisation_id) | Q(owned_id=organisation_id))
    later = OwnershipStatement.objects.filter(supersedes=OuterRef("pk"))
    stands = Case(
        When(~Exists(later), is_withdrawn=False, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    return rows.annotate(is_standing=stands).select_related("owned__organisation", "owner__organisation")


def stated_of(*, row: OwnershipStatement, index: int | None = None) -> Stated:
    """A statement as it is judged: one that is proposed by its place in the call, else one that stands already."""
    return Stated(
        owned=row.owned_id,
        owner=row.owner_id,
        interest=row.interest,
        share_min=row.share_min,
        share_max=row.share_max,
        share_min_exclusive=row.share_min_exclusive,
        share_max_exclusive=row.share_max_exclusive,
        from_date=row.from_date,
        to_date=row.to_date,
        retrieved_on=row.retrieved_on,
        is_direct=row.directness != Directness.INDIRECT,
        row=index,
    )


def graph_of(
    *, party_ids: Collection[UUID], day: dt.date, viewer_id: UUID | None = None
) -> tuple[Graph, dict[UUID, Party]]:
    """The graph above parties as of a day, with its parties; three queries.

    With `viewer_id` only what that organisation stated or is said of it: another's owners are its own secret.
    """
    seen, is_cut = _closure(ABOVE, party_ids, day, viewer_id)
    parties = Party.objects.select_related("organisation").in_bulk(seen)
    rows = OwnershipStatement.objects.at(day).filter(owned__in=seen, owner__in=seen)
    if viewer_id is not None:
        rows = rows.filter(Q(stated_by_id=viewer_id) | Q(owned_id=viewer_id))
    nodes = {party_id: _node(party_id, parties.get(party_id)) for party_id in seen}
    return Graph(nodes, [_stake(row) for row in rows.order_by("pk")], is_cut), parties


def ownership_figures(
    *, organisation_id: UUID, day: dt.date, viewer_id: UUID | None = None, perimeter: Collection[str] | None = None
) -> Figures:
    """Beneficial owners, controllers, countries and group of an organisation as of a day; four queries.

    `viewer_id` as in `graph_of`; `perimeter` are the countries inside, for control from outside of them.
    """
    declared = dict(
        GroupMembership.objects.filter(organisation_id=organisation_id, ended_at=None).values_list("role", "party_id")
    )
    graph, parties = graph_of(party_ids={organisation_id, *declared.values()}, day=day, viewer_id=viewer_id)
    thresholds = thresholds_at(day=day)
    return Figures(
        organisation_id=organisation_id,
        as_of=day,
        ownership=beneficial_owners(graph=graph, entity=organisation_id, thresholds=thresholds),
        control=controllers(graph=graph, entity=organisation_id),
        countries=countries_on_the_way(graph=graph, entity=organisation_id),
        third_country=None
        if perimeter is None
        else third_country_control(graph=graph, entity=organisation_id, perimeter=perimeter),
        group=group_structure(graph=graph, firm=organisation_id, declared=declared),
        thresholds=thresholds,
        parties=parties,
    )


def owner_subjects(*, organisation_id: UUID, day: dt.date | None = None) -> list[Subject]:
    """Everybody above an organisation who is to be screened: party, kind, names, country, birth or registration date,
    (scheme, value) of numbers. Declared unknown owners have nothing to screen. Three queries.
    """
    seen, _ = _closure(ABOVE, [organisation_id], day or utc_today(), None)
    seen.discard(organisation_id)
    rows = Party.objects.filter(pk__in=seen).exclude(kind=PartyKind.UNKNOWN).select_related("organisation")
    return [_subject(row) for row in rows.prefetch_related("organisation__identifiers").order_by("pk")]


def are_owners_cut(*, organisation_id: UUID, day: dt.date | None = None) -> bool:
    """Whether there are more above an organisation than `owner_subjects` reads. One query."""
    return _closure(ABOVE, [organisation_id], day or utc_today(), None)[1]


def organisations_below(*, party_ids: Collection[UUID], day: dt.date) -> set[UUID]:
    """The registered organisations that these parties have something in, at whatever height; not the parties."""
    seen, _ = _closure(BELOW, party_ids, day, None)
    found = Party.objects.filter(pk__in=seen - set(party_ids), organisation__isnull=False)
    return set(found.values_list("organisation_id", flat=True))


def name_of(*, party: Party) -> str:
    """The name of a party; empty for a declared unknown one."""
    return party.organisation.legal_name if party.organisation is not None else party.legal_name


def country_of(*, party: Party) -> str:
    """The country of a party, empty where it is not stated."""
    return party.organisation.country if party.organisation is not None else party.country


def _closure(
    statement: str, party_ids: Collection[UUID], day: dt.date, viewer_id: UUID | None
) -> tuple[set[UUID], bool]:
    values: dict[str, Any] = {
        "start": list(party_ids),
        "levels": MOST_LEVELS,
        "rows": MOST_ROWS,
        "day": day,
        "viewer": viewer_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    levels: dict[UUID, int] = {}
    for party_id, level in rows:
        levels[party_id] = min(level, levels.get(party_id, level))
    nearest = sorted(levels, key=lambda party_id: (levels[party_id], party_id))
    is_cut = len(rows) >= MOST_ROWS or len(levels) > MOST_PARTIES or MOST_LEVELS in levels.values()
    return set(nearest[:MOST_PARTIES]), is_cut


def _node(party_id: UUID, party: Party | None) -> Node:
    if party is None:
        return Node(party_id, PartyKind.ENTITY)
    country = country_of(party=party)
    countries = tuple(party.nationalities) or ((country,) if country else ())
    is_end = party.kind == PartyKind.PERSON or party.entity_type in WITHOUT_OWNERS
    return Node(party_id, party.kind, is_end, party.kind == PartyKind.UNKNOWN, countries)


def _stake(row: OwnershipStatement) -> Stake:
    share = interval(
        low=row.share_min,
        high=row.share_max,
        is_low_exclusive=row.share_min_exclusive,
        is_high_exclusive=row.share_max_exclusive,
    )
    is_stated = row.share_min is not None or row.share_max is not None
    is_direct = row.directness != Directness.INDIRECT
    return Stake(row.pk, row.owned_id, row.owner_id, row.interest, share, is_stated, is_direct)


def _subject(party: Party) -> Subject:
    names = [party.legal_name, party.native_name]
    numbers = [(item["scheme"], item["value"]) for item in party.identifiers]
    if party.organisation is not None:
        names = [party.organisation.legal_name, party.organisation.legal_name_uk]
        numbers = [(item.scheme, item.value) for item in party.organisation.identifiers.all()]
    date = party.birth_date or (party.registered_on.isoformat() if party.registered_on else None)
    country = country_of(party=party) or next(iter(party.nationalities), "")
    return party.pk, party.kind, [name for name in names if name], country, date, numbers
