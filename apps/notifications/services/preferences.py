"""What people want to be told, and taking oneself off a kind of mail by the link of one."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.cadences import Cadence
from apps.accounts.models import User
from apps.notifications import events
from apps.notifications.kinds import KINDS
from apps.notifications.models import Preference
from apps.notifications.selectors import Wish, wishes
from kernel.access import Actor
from kernel.errors import Forbidden, Invalid, NotFound
from kernel.events import publish

SALT = "tandem notifications unsubscribe 1"
EVERYTHING = "everything"
"""The scope of a link that ends all mails, beside `these`: those of the kinds that were in the mail."""
THESE = "these"
SCOPES = [(name, name) for name in (THESE, EVERYTHING)]
MAX_TOKEN = 2_000


class LinkNotUsable(Invalid):
    """The link cannot be used."""


class PersonNeeded(Forbidden):
    """A key has no inbox and no preferences."""


@transaction.atomic
def preference_update(*, actor: Actor, kind: str, inbox: bool | None = None, mail: str | None = None) -> Wish:
    """Set what the actor wants of one kind. Raises NotFound for an unknown kind and PersonNeeded for a key."""
    if kind not in KINDS:
        raise NotFound
    if actor.user_id is None or actor.api_key_id is not None:
        raise PersonNeeded
    wish = wishes(user_id=actor.user_id)[kind]
    row = _save(
        actor.user_id, kind, inbox=wish.inbox if inbox is None else inbox, mail=wish.mail if mail is None else mail
    )
    publish(
        events.PREFERENCE_CHANGED,
        actor=actor,
        subject=row,
        organisation_id=actor.organisation_id,
        data={"kind": kind, "inbox": row.inbox, "mail": str(row.mail)},
    )
    return wishes(user_id=actor.user_id)[kind]


def unsubscribe_token(*, user_id: UUID, kinds: Collection[str]) -> str:
    """What ends the mails of these kinds to the person, for whoever holds it; it opens nothing else and does not
    expire. Signed under SECRET_KEY.
    """
    return signing.dumps({"user": user_id.hex, "kinds": sorted(kinds)}, salt=SALT)


@transaction.atomic
def unsubscribe(*, token: str, scope: str = THESE) -> int:
    """End the mails that the link stands for, or all mails about messages; what is in the inbox stays there.

    Returns how many kinds were ended now: once more changes nothing. Raises LinkNotUsable, whatever is wrong with it.
    """
    try:
        told = signing.loads(token[:MAX_TOKEN], salt=SALT)
        user_id = UUID(told["user"])
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise LinkNotUsable from None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise LinkNotUsable
    ended = [
        wish
        for name, wish in wishes(user_id=user_id).items()
        if (scope == EVERYTHING or name in told["kinds"]) and wish.mail != Cadence.OFF
    ]
    for wish in ended:
        row = _save(user_id, wish.kind, inbox=wish.inbox, mail=Cadence.OFF)
        publish(events.PREFERENCE_UNSUBSCRIBED, actor=Actor(user_id=user_id), subject=row, data={"kind": wish.kind})
    return len(ended)


def _save(user_id: UUID, kind: str, *, inbox: bool, mail: str) -> Preference:
    return Preference.objects.update_or_create(
        user_id=user_id, kind=kind, defaults={"inbox": inbox, "mail": mail, "updated_at": Now()}
    )[0]
