"""Mails that tell an organisation's owners, or who watches over compliance, in their own language, what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused
from uuid import UUID

import structlog
from django.core.mail import EmailMessage, get_connection

from apps.accounts.models import User
from apps.organisations.mails import TIMEOUT_SECONDS, MailNotSent
from apps.organisations.models import ApiKey, BreakGlass, Membership, Organisation
from apps.permissions import Role

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail's subject and text with places to fill."""

    subject: str
    text: str


WENT_DARK: Mapping[str, Notice] = {
    "en": Notice(
        "Tandem: {organisation} has gone dark",
        """{who} made {organisation} invisible on Tandem on {at} UTC.

Nobody outside your organisation sees it, its data or its matches until an owner or somebody with the compliance role
brings it back. If this was not meant to happen, sign in and do so, and look at who may sign in for you.
""",
    ),
    "uk": Notice(
        "Tandem: організація {organisation} стала невидимою",
        """{who}: організацію {organisation} зроблено невидимою на Tandem {at} UTC.

Ніхто поза вашою організацією не бачить її, її даних і її збігів, доки власник або особа з роллю комплаєнсу не поверне
її. Якщо це сталося помилково, увійдіть і поверніть її та перевірте, хто може входити від вашого імені.
""",
    ),
}
RETURNED: Mapping[str, Notice] = {
    "en": Notice(
        "Tandem: {organisation} is visible again",
        """{who} made {organisation} visible again on Tandem on {at} UTC.

Others see of it what its standing and your grants show them. If this was not meant to happen, sign in and go dark
again.
""",
    ),
    "uk": Notice(
        "Tandem: організація {organisation} знову видима",
        """{who}: організацію {organisation} знову зроблено видимою на Tandem {at} UTC.

Інші бачать про неї те, що показують її статус і ваші дозволи на розкриття. Якщо це сталося помилково, увійдіть і знову
зробіть її невидимою.
""",
    ),
}
GLASS_BROKEN: Mapping[str, Notice] = {
    "en": Notice(
        "Tandem: the operator has opened data of {organisation}",
        """{operator} has opened data of {organisation} up to tier T{tier} to one of its people, from {at} until {until}
UTC. Another person of the operator approved it.

Reason given: {reason}

Your trail shows each request in which these data are read. Number of this case: {id}
""",
    ),
    "uk": Notice(
        "Tandem: оператор відкрив дані організації {organisation}",
        """{operator} відкриває дані організації {organisation} до рівня T{tier} одній зі своїх осіб з {at} до {until}
UTC. Це схвалила інша особа оператора.

Зазначена причина: {reason}

Ваш журнал показує кожен запит, у якому ці дані читають. Номер цього випадку: {id}
""",
    ),
}
CLASSIFIED_REFUSED: Mapping[str, Notice] = {
    "en": Notice(
        "Tandem: a file marked as classified was refused",
        """A file that somebody of {organisation} sent to Tandem on {at} UTC bears a marking of classified information.
It was refused and destroyed; nothing of it was kept, and nobody read it here.

Tandem takes nothing marked above commercial confidence. Please see to what your rules demand in such a case. Number of
the upload: {id}
""",
    ),
    "uk": Notice(
        "Tandem: файл із грифом обмеження доступу відхилено",
        """Файл, який хтось з організації {organisation} надіслав до Tandem {at} UTC, має гриф обмеження доступу. Його
відхилено і знищено; нічого з нього не збережено, і ніхто тут його не читав.

Tandem не приймає нічого з грифом, вищим за комерційну таємницю. Подбайте, будь ласка, про те, чого вимагають у такому
разі ваші правила. Номер завантаження: {id}
""",
    ),
}


def darkness_tell(*, organisation_id: UUID, texts: Mapping[str, Notice], actor: str, at: dt.datetime) -> int:
    """Tell the owners who made the organisation invisible or visible, and when; `actor` is the label that the trail
    keeps. Returns how many were told.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    return _tell(organisation, texts, who=_who(actor), at=_minute(at))


def break_glass_tell(*, break_glass_id: UUID) -> int:
    """Tell the subject's owners what was opened, by which operator, why and for how long. Returns how many were told.

    No person is named: the trail knows them by id.
    """
    opened = BreakGlass.objects.select_related("operator", "subject").get(pk=break_glass_id)
    if opened.approved_at is None or opened.until is None:
        return 0
    return _tell(
        opened.subject,
        GLASS_BROKEN,
        operator=_line(opened.operator.legal_name),
        tier=str(opened.tier),
        at=_minute(opened.approved_at),
        until=_minute(opened.until),
        reason=opened.reason,
        id=str(opened.pk),
    )


def classified_tell(*, organisation_id: UUID, upload_id: UUID, at: dt.datetime) -> int:
    """Tell the members with the compliance role, where there are none the owners, that a file was refused and destroyed
    for its marking. Returns how many were told.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    watching = Membership.objects.filter(
        organisation=organisation, roles__contains=[Role.COMPLIANCE], user__is_active=True
    )
    role = Role.COMPLIANCE if watching.exists() else Role.OWNER
    return _tell(organisation, CLASSIFIED_REFUSED, role=role, at=_minute(at), id=str(upload_id))


def owners_tell(*, organisation: Organisation, texts: Mapping[str, Notice], **values: str) -> int:
    """Mail the owners a text of another app, its places filled with `values` and the organisation's name.

    Returns how many were told. Raises MailNotSent.
    """
    return _tell(organisation, texts, role=Role.OWNER, **{name: _line(value) for name, value in values.items()})


def _tell(organisation: Organisation, texts: Mapping[str, Notice], *, role: Role = Role.OWNER, **values: str) -> int:
    """Mail each owner, or holder of another role, for itself: a mailbox that takes nothing neither keeps the others
    from being told nor has them told again. Raises MailNotSent when the server is away or takes none of the mails.
    """
    owners = (
        Membership.objects.filter(organisation=organisation, roles__contains=[role], user__is_active=True)
        .select_related("user")
        .order_by("id")
    )
    filled = {**values, "organisation": _line(organisation.legal_name)}
    told = refused = 0
    for owner in owners:
        notice = texts.get(owner.user.language, texts["en"])
        subject, text = notice.subject.format_map(filled), notice.text.format_map(filled)
        mail = EmailMessage(subject, text, to=[owner.user.email], connection=get_connection(timeout=TIMEOUT_SECONDS))
        try:
            told += mail.send()
        except (SMTPRecipientsRefused, ValueError):
            refused += 1
        except OSError as reason:
            # The server's own words quote the address.
            raise MailNotSent(type(reason).__name__) from None
    if refused:
        log.warning("owners_not_told", told=told, refused=refused)
        if not told:
            raise MailNotSent(SMTPRecipientsRefused.__name__)
    return told


def _who(actor: str) -> str:
    """A person or key as its own organisation's owners know it; its id where the account is gone."""
    kind, _, identifier = actor.partition(":")
    if kind == "user":
        user = User.objects.filter(pk=identifier).first()
        return actor if user is None else _line(f"{user.name} <{user.email}>" if user.name else user.email)
    if kind == "key":
        key = ApiKey.objects.filter(pk=identifier).first()
        return actor if key is None else _line(f"{key.name} (tdm_{key.prefix}_…)")
    return "Tandem"


def _line(text: str) -> str:
    """The text in one line, as a mail's subject must be."""
    return " ".join(text.split())


def _minute(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
