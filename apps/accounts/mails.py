"""The mails about accounts: plain text in the person's language, with codes and never a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's subject and paragraphs; `{code}` and other names in braces are filled in."""

    subject: Any
    paragraphs: tuple[Any, ...]


_ENTER_CODE = _("Enter this code where you asked for it. It is good for 15 minutes:")
_CODE = "{code}"
_NOT_YOU = _("If you did not ask for this, ignore this mail: without the code nothing happens.")
_DONE_AT = _("This was done at {at} UTC from the network address {ip}.")
_SECURE = _("If it was not you, reset your password at once: this ends all sessions. Then look at your second factors.")


def _notice(subject: Any, text: Any) -> Mail:
    return Mail(subject, (text, _DONE_AT, _SECURE))


_CONFIRM = Mail(_("Confirm your e-mail address"), (_ENTER_CODE, _CODE, _NOT_YOU))

MAILS: Mapping[str, Mail] = {
    "account/email/email_confirmation": _CONFIRM,
    "account/email/email_confirmation_signup": _CONFIRM,
    "account/email/account_already_exists": Mail(
        _("You have an account already"),
        (
            _("Somebody, perhaps you, tried to sign up with this e-mail address, which has an account already."),
            _("Sign in with it. If you forgot the password, reset it."),
            _("If it was not you, there is nothing to do."),
        ),
    ),
    "account/email/unknown_account": Mail(
        _("There is no account with this address"),
        (
            _("Somebody, perhaps you, asked to reset the password of an account with this e-mail address."),
            _("There is none. You may have signed up with another address."),
            _("If it was not you, there is nothing to do."),
        ),
    ),
    "account/email/password_reset_code": Mail(_("Reset your password"), (_ENTER_CODE, _CODE, _NOT_YOU)),
    "account/email/password_changed": _notice(_("Your password was changed"), _("Your password was changed.")),
    "account/email/password_reset": _notice(_("Your password was reset"), _("Your password was reset.")),
    "account/email/password_set": _notice(_("Your password was set"), _("Your password was set.")),
    "account/email/email_changed": _notice(
        _("Your e-mail address was changed"), _("The e-mail address of your account is now {to_email}.")
    ),
    "account/email/email_deleted": _notice(
        _("An e-mail address was removed"), _("The e-mail address {deleted_email} was removed from your account.")
    ),
    "mfa/email/totp_activated": _notice(
        _("Second factor added"), _("An authenticator app is now a second factor of your account.")
    ),
    "mfa/email/totp_deactivated": _notice(
        _("Second factor removed"), _("The authenticator app is no longer a second factor of your account.")
    ),
    "mfa/email/webauthn_added": _notice(_("Second factor added"), _("A passkey was added to your account.")),
    "mfa/email/webauthn_removed": _notice(_("Second factor removed"), _("A passkey was removed from your account.")),
    "mfa/email/recovery_codes_generated": _notice(
        _("New recovery codes"), _("New recovery codes were made. The old ones are worth nothing.")
    ),
}
"""By allauth's names of its templates; all that it can send with our settings."""


def mail_render(*, name: str, to: str, language: str, values: Mapping[str, Any]) -> EmailMessage:
    """The mail `name` to one address, in `language`. Raises KeyError for a mail or a value that does not exist."""
    mail = MAILS[name]
    with translation.override(language):
        subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{mail.subject}"
        body = "\n\n".join(str(paragraph).format_map(values) for paragraph in mail.paragraphs)
    return EmailMessage(subject, f"{body}\n\n-- \nTandem\n", settings.DEFAULT_FROM_EMAIL, [to])
