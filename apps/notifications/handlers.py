"""Reactions: a fact that a kind of message tells of becomes messages, and messages become mails."""

from __future__ import annotations

from typing import Any

from apps.notifications import events
from apps.notifications.kinds import KINDS
from apps.notifications.services import digests, mails, raising
from kernel.events import subscribe


def tell(event: Any) -> None:
    """Put a message of each kind that tells of the fact into the inbox of those whom it concerns."""
    for kind in raising.kinds_of(event=event.name):
        raising.notifications_raise(kind=kind, event=event)


def forget(event: Any) -> None:
    """Remove the messages about what is no more."""
    for kind in KINDS.values():
        if kind.removed == event.name:
            raising.notifications_end(kind=kind, subject_id=event.object_id)


for _name in sorted({kind.event for kind in KINDS.values()}):
    subscribe(_name)(tell)
for _name in sorted({kind.removed for kind in KINDS.values() if kind.removed}):
    subscribe(_name)(forget)


@subscribe(events.NOTIFICATION_RAISED)
def mail_notification(event: Any) -> None:
    """Mail a message that is to be mailed at once; a mail server that refuses is asked again, ever more slowly."""
    mails.notification_mail(notification_id=event.object_id)


@subscribe(events.DIGEST_PLANNED)
def mail_digest(event: Any) -> None:
    """Mail a digest; a mail server that refuses is asked again, ever more slowly."""
    digests.digest_mail(digest_id=event.object_id)
