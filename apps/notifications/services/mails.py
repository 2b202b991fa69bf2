"""Mailing one message at once.

The mail is handed to its server in the transaction that notes it as mailed: what fails is rolled back and tried again
by the outbox, ever more slowly, and what is noted is never sent again. Only a process that dies between the server's
yes and the commit, a matter of milliseconds, sends twice; both mails bear one Message-ID, by which mailboxes tell.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from apps.accounts.cadences import Cadence, rarer
from apps.accounts.models import User
from apps.notifications.mails import Letter, letter_send
from apps.notifications.models import Notification
from apps.notifications.selectors import faces, wishes
from apps.notifications.services.preferences import unsubscribe_token
from apps.organisations.selectors import actor_for_user
from kernel.access import Actor
from kernel.clock import utc_now


@transaction.atomic
def notification_mail(*, notification_id: UUID, now: dt.datetime | None = None) -> bool:
    """Mail a message that is to be mailed at once, unless it was, was read, or its reader may not or does not want to
    know it any more; returns whether it went out. Raises MailNotSent.
    """
    row = (
        Notification.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=notification_id, mail=Cadence.INSTANT, mailed_at=None, read_at=None)
        .first()
    )
    reader = None if row is None else reader_of(user_id=row.user_id, organisation_id=row.organisation_id)
    if row is None or reader is None:
        return False
    wish = wishes(user_id=row.user_id).get(row.kind)
    if wish is None or rarer(row.mail, wish.mail) == Cadence.OFF:
        return False
    seen = list(Notification.objects.visible_to(reader).filter(pk=row.pk))
    if not seen:
        return False
    user = User.objects.get(pk=row.user_id)
    shown = faces(rows=seen, reader=reader, language=user.language)[row.pk]
    row.mailed_at = now or utc_now()
    row.save(update_fields=["mailed_at"])
    token = unsubscribe_token(user_id=user.pk, kinds=[row.kind])
    letter_send(
        letter=Letter(
            key=f"notification-{row.pk}", address=user.email, language=user.language, faces=(shown,), token=token
        )
    )
    return True


def reader_of(*, user_id: UUID, organisation_id: UUID) -> Actor | None:
    """The person as it acts for the organisation now; None when it is gone or belongs to it no longer."""
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        return None
    found = actor_for_user(user_id=user_id, organisation_id=organisation_id)
    return None if found is None or found.organisation_id != organisation_id else replace(found, api_key_id=None)
