"""The mail that tells of messages: text and HTML in the reader's language, with a way out of it (RFC 8058)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from apps.notifications.selectors import Face
from apps.organisations.mails import TIMEOUT_SECONDS, MailNotSent
from apps.startups.labels import language_of

PAGE, ONE_CLICK = "/unsubscribe", "/api/v1/unsubscribes"
DIGESTS: Mapping[str, Mapping[str, str]] = {
    "en": {"daily": "Tandem: your day", "weekly": "Tandem: your week"},
    "uk": {"daily": "Tandem: ваш день", "weekly": "Tandem: ваш тиждень"},
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be. `key` names it for good; `token` ends mails of this kind; `cadence` is that of a digest, empty for
    a mail about one message.
    """

    key: str
    address: str
    language: str
    faces: tuple[Face, ...]
    token: str
    cadence: str = ""


def letter_send(*, letter: Letter) -> None:
    """Hand the mail to the server. Raises MailNotSent."""
    language = language_of(letter.language)
    subject = DIGESTS[language][letter.cadence] if letter.cadence else f"Tandem: {letter.faces[0].title}"
    context = {
        "language": language,
        "subject": subject,
        "items": [
            {"title": face.title, "text": face.text, "link": f"{settings.PUBLIC_URL}{face.link}"}
            for face in letter.faces
        ],
        "unsubscribe": f"{settings.PUBLIC_URL}{PAGE}?lang={language}#{letter.token}",
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"notifications/mail/letter_{language}.txt", context),
        to=[letter.address],
        headers={
            "Message-ID": f"<{letter.key}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{settings.PUBLIC_URL}{ONE_CLICK}/{letter.token}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    mail.attach_alternative(render_to_string(f"notifications/mail/letter_{language}.html", context), "text/html")
    try:
        mail.send()
    except (OSError, ValueError) as reason:
        # The server's own words quote the address.
        raise MailNotSent(type(reason).__name__) from None
