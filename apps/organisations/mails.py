"""The mails of organisations, in English and Ukrainian."""

from __future__ import annotations

from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from apps.organisations.models import Invitation
from apps.permissions import Role

TIMEOUT_SECONDS = 20
LANGUAGES = ("en", "uk")
SUBJECTS = {"en": "Invitation to join an organisation on Tandem", "uk": "Запрошення до організації на Tandem"}
"""Without the organisation's name, which whoever invites has chosen."""
ROLES = {
    "en": {
        Role.OWNER: "owner",
        Role.EDITOR: "editor",
        Role.VIEWER: "viewer",
        Role.SIGNATORY: "signatory",
        Role.OFFICER: "officer",
        Role.REVIEWER: "reviewer",
        Role.COMPLIANCE: "compliance officer",
    },
    "uk": {
        Role.OWNER: "власник",
        Role.EDITOR: "редактор",
        Role.VIEWER: "спостерігач",
        Role.SIGNATORY: "підписант",
        Role.OFFICER: "посадова особа",
        Role.REVIEWER: "рецензент",
        Role.COMPLIANCE: "відповідальний за дотримання вимог",
    },
}


class MailNotSent(Exception):
    """The mail server did not take the mail; says nothing of whom it was for."""


def invitation_mail(*, invitation: Invitation, token: str, language: str) -> None:
    """Mail an invitation in one of LANGUAGES, English for any other; `token` is what accepts it. Raises MailNotSent."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    organisation = invitation.organisation
    name = organisation.legal_name_uk if spoken == "uk" else organisation.legal_name
    context = {
        "organisation": " ".join((name or organisation.legal_name).split()),
        "roles": ", ".join(ROLES[spoken][Role(role)] for role in invitation.roles),
        "expires_at": invitation.expires_at,
        "email": invitation.email,
        "token": token,
    }
    with translation.override(spoken):
        text = render_to_string(f"organisations/mail/invitation_{spoken}.txt", context)
    try:
        EmailMessage(
            subject=SUBJECTS[spoken],
            body=text,
            to=[invitation.email],
            connection=get_connection(timeout=TIMEOUT_SECONDS),
        ).send()
    except (OSError, ValueError) as reason:
        # The server's own words quote the address.
        raise MailNotSent(type(reason).__name__) from None
