"""The mails to those who attest, in English and Ukrainian at once: nothing is known of whoever holds the address.

Neither the firm nor the event stands in them: a mail passes through many hands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from apps.organisations.mails import TIMEOUT_SECONDS, MailNotSent
from apps.startups.labels import ROLES, VERDICTS

REQUEST_SUBJECT = "Tandem: an event to confirm / Tandem: подія для підтвердження"
RECEIPT_SUBJECT = "Tandem: your answer was recorded / Tandem: вашу відповідь записано"
REQUEST_PAGE, RECEIPT_PAGE = "/attest", "/attest/withdraw"


def request_mail(*, address: str, role: str, expires_at: dt.datetime, token: str) -> None:
    """Mail the single-use link of a request. Raises MailNotSent."""
    roles = {f"role_{language}": ROLES[language][role] for language in ROLES}
    context = {**roles, "expires_at": expires_at, "link": _link(REQUEST_PAGE, token)}
    _send(address, REQUEST_SUBJECT, "attestation_request", context)


def receipt_mail(*, address: str, verdict: str, token: str) -> None:
    """Mail what was recorded, with the link that takes it back. Raises MailNotSent."""
    verdicts = {f"verdict_{language}": VERDICTS[language][verdict] for language in VERDICTS}
    _send(address, RECEIPT_SUBJECT, "attestation_receipt", {**verdicts, "link": _link(RECEIPT_PAGE, token)})


def _link(page: str, token: str) -> str:
    """The address of a page; browsers keep what stands behind `#` to themselves."""
    return f"{settings.PUBLIC_URL}{page}#{token}"


def _send(address: str, subject: str, template: str, context: Mapping[str, object]) -> None:
    text = render_to_string(f"startups/mail/{template}.txt", dict(context))
    try:
        EmailMessage(
            subject=subject, body=text, to=[address], connection=get_connection(timeout=TIMEOUT_SECONDS)
        ).send()
    except (OSError, ValueError) as reason:
        # The server's own words quote the address.
        raise MailNotSent(type(reason).__name__) from None
