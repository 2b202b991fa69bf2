"""Messages about the weekly digests of one's mandates and raises."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from apps.accounts.cadences import Cadence
from apps.investors.models import Mandate
from apps.matching.selectors.digests import digest_list
from apps.notifications.kinds.registry import MessageKind, Texts
from apps.startups.models import Raise
from kernel.access import Actor


def digest_owners(subjects: Collection[UUID], reader: Actor) -> Mapping[UUID, Mapping[str, str]]:
    """What the reader's own mandates and raises are called whose digests these are."""
    owners = dict(digest_list(actor=reader).filter(pk__in=subjects).values_list("pk", "owner_id"))
    mandates = Mandate.objects.filter(pk__in=owners.values(), fund__organisation=reader.organisation_id)
    raises = Raise.objects.filter(pk__in=owners.values(), firm__organisation=reader.organisation_id)
    names = dict([*mandates.values_list("pk", "name"), *raises.values_list("pk", "lead_capability__title")])
    return {digest: {"name": " ".join(names[owner].split())} for digest, owner in owners.items() if owner in names}


DIGEST = MessageKind(
    name="matching.digest",
    event="matching.digest_list.published",
    link="/api/v1/match-digests/{subject}",
    home="/api/v1/match-digests",
    mail=Cadence.WEEKLY,
    values=digest_owners,
    texts={
        "en": Texts(
            name="Weekly digests of matches",
            title="This week: {name}",
            text="For “{name}” this week's digest holds matches that are worth a look. Matches: {count}.",
            without="A weekly digest",
        ),
        "uk": Texts(
            name="Тижневі добірки збігів",
            title="Цього тижня: {name}",
            text="Для «{name}» складено добірку тижня: збіги, на які варто звернути увагу. Збігів: {count}.",
            without="Тижнева добірка",
        ),
    },
)
