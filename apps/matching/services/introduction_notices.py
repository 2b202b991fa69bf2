"""What facts about an introduction say, and telling the people of a side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.accounts.cadences import Cadence
from apps.investors.models import Fund
from apps.matching.models import Introduction
from apps.matching.states import Side
from apps.organisations.models import Membership
from apps.permissions import Role
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.events import publish

TOLD = (Role.OWNER, Role.EDITOR)
"""Who of an organisation answers, and is therefore told."""


def side_organisation(introduction: Introduction, side: str) -> UUID:
    """The organisation of a side."""
    if side == Side.INVESTOR:
        return Fund.objects.only("organisation").get(pk=introduction.fund_id).organisation_id
    return Firm.objects.only("organisation").get(pk=introduction.firm_id).organisation_id


def facts_of(introduction: Introduction, *, side: str) -> dict[str, Any]:
    """What a fact about an introduction says: ids, and whose doing it is. Both sides find it in their trails, so that
    reasons, which a side may keep to itself, stay in the row.
    """
    return {
        "subjects": [str(side_organisation(introduction, each)) for each in (Side.INVESTOR, Side.STARTUP)],
        "mandate": str(introduction.mandate_id),
        "raise": str(introduction.raise_item_id),
        "fund": str(introduction.fund_id),
        "firm": str(introduction.firm_id),
        "side": str(side),
    }


def side_tell(name: str, *, introduction: Introduction, side: str) -> None:
    """Publish that the people of a side are told. The platform tells them: nobody of the other side learns who."""
    organisation = side_organisation(introduction, side)
    people = Membership.objects.filter(
        organisation_id=organisation, roles__overlap=[str(role) for role in TOLD], user__is_active=True
    ).values_list("user_id", flat=True)
    publish(
        name,
        actor=Actor.system(),
        subject=introduction,
        organisation_id=organisation,
        data={"people": {str(person): Cadence.INSTANT for person in sorted(people)}},
    )


def sides_tell(name: str, *, introduction: Introduction) -> None:
    """Tell the people of both sides."""
    for side in (Side.INVESTOR, Side.STARTUP):
        side_tell(name, introduction=introduction, side=side)
