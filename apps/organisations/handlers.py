"""What organisations do after the commit: invitations are mailed, owners are told what became of their visibility."""

from __future__ import annotations

from typing import Any

from apps.organisations import events, notices, services
from kernel.events import subscribe


@subscribe("organisations.invitation.created")
def mail_invitation(event: Any) -> None:
    """Mail the invitation; a mail server that refuses is asked again, ever more slowly."""
    services.invitation_send(invitation_id=event.object_id)


@subscribe(events.ORGANISATION_WENT_DARK)
def tell_of_darkness(event: Any) -> None:
    """Tell the owners who made their organisation invisible."""
    notices.darkness_tell(organisation_id=event.object_id, texts=notices.WENT_DARK, actor=event.actor, at=event.at)


@subscribe(events.ORGANISATION_RETURNED)
def tell_of_return(event: Any) -> None:
    """Tell the owners who made their organisation visible again."""
    notices.darkness_tell(organisation_id=event.object_id, texts=notices.RETURNED, actor=event.actor, at=event.at)


@subscribe(events.BREAK_GLASS_APPROVED)
def tell_of_break_glass(event: Any) -> None:
    """Tell the owners that the operator opened data of theirs."""
    notices.break_glass_tell(break_glass_id=event.object_id)
