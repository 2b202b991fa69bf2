"""Reading firms, their figures and their group."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Prefetch, QuerySet, Value

from apps.compliance.models import GroupMembership, Party
from apps.compliance.selectors.ownership import country_of, name_of, ownership_figures
from apps.compliance.states import GroupRole
from apps.organisations.states import Standing
from apps.startups.models import Financials, Firm
from kernel.access import Actor
from kernel.clock import utc_today


@dataclass(frozen=True, slots=True)
class GroupParty:
    """A company of a group; `country` is empty where it is not stated."""

    party: UUID
    organisation: UUID | None
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class FirmGroup:
    """Who is in a firm's group: as declared, who is on top by control, and as `role.code` what does not fit."""

    top_company: GroupParty | None
    ip_owner: GroupParty | None
    operating_company: GroupParty | None
    derived_top_company: GroupParty | None
    contradictions: tuple[str, ...]


def firm_list(*, actor: Actor) -> QuerySet[Firm]:
    """The firms that the actor may see, each with its `shown_standing` and as `latest_financials` none or one year."""
    latest = Financials.objects.filter(withdrawn_at=None).order_by("firm_id", "-year").distinct("firm_id")
    standing = F("organisation__standing") if actor.preview is None else Value(Standing.VERIFIED)
    return (
        Firm.objects.visible_to(actor)
        .select_related("organisation")
        .prefetch_related(Prefetch("financials", queryset=latest, to_attr="latest_financials"))
        .annotate(shown_standing=standing)
    )


def financials_list(*, actor: Actor, firm: Firm) -> QuerySet[Financials]:
    """The years that the firm has stated and not withdrawn, as far as the actor may see them."""
    return Financials.objects.visible_to(actor).filter(firm=firm)


def firm_group(*, firm: Firm) -> FirmGroup:
    """The group of a firm by what it stated and what is said of it. For the firm itself only; four queries."""
    own = firm.organisation_id
    figures = ownership_figures(organisation_id=own, day=utc_today(), viewer_id=own)

    def party(party_id: UUID | None) -> GroupParty | None:
        found = None if party_id is None else figures.parties.get(party_id)
        return None if found is None else _party(found)

    group = figures.group
    return FirmGroup(
        top_company=party(group.top_company),
        ip_owner=party(group.ip_owner),
        operating_company=party(group.operating_company),
        derived_top_company=party(group.derived_top_company),
        contradictions=tuple(f"{item.role}.{item.code}" for item in group.contradictions),
    )


def group_countries(*, firm: Firm) -> dict[str, str | None]:
    """The country of each role in a firm's group as the firm declares it; None where it does not. One query."""
    rows = GroupMembership.objects.filter(organisation_id=firm.organisation_id, ended_at=None)
    declared = {row.role: country_of(party=row.party) or None for row in rows.select_related("party__organisation")}
    return {role: declared.get(role) for role in GroupRole.values}


def _party(party: Party) -> GroupParty:
    return GroupParty(party.pk, party.organisation_id, name_of(party=party), country_of(party=party))
