"""Binding an organisation to the platform's confidentiality undertaking."""

from __future__ import annotations

from django.db import transaction

from apps.organisations import events
from apps.organisations.disclosure import UNDERTAKING
from apps.organisations.models import UndertakingAcceptance
from apps.organisations.states import Standing
from apps.organisations.undertakings import undertaking_sha256
from kernel.access import Actor
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish


class UndertakingNeedsPerson(Forbidden):
    """A person accepts the undertaking, not software with a key."""


class UndertakingNeedsVerification(Conflict):
    """Only a verified organisation can accept the undertaking."""


class UndertakingNotInForce(Invalid):
    """This is not the undertaking in force. Read it again."""


@transaction.atomic
def undertaking_accept(*, actor: Actor, sha256: str, language: str, address: str | None) -> UndertakingAcceptance:
    """Bind the actor's organisation to the undertaking in force, of which `sha256` says that it was read.

    `language` is the one it was read in, `address` the caller's IP address if known. Accepting again gives the first
    acceptance. Raises UndertakingNeedsPerson, UndertakingNeedsVerification and UndertakingNotInForce.
    """
    if actor.api_key_id is not None or actor.user_id is None or actor.organisation_id is None:
        raise UndertakingNeedsPerson
    if actor.standing != Standing.VERIFIED:
        raise UndertakingNeedsVerification
    if sha256 != undertaking_sha256():
        problem = FieldProblem("/sha256", "not_in_force", "Not the SHA-256 of the undertaking in force.")
        raise UndertakingNotInForce(errors=[problem])
    acceptance, is_new = UndertakingAcceptance.objects.get_or_create(
        organisation_id=actor.organisation_id,
        undertaking=UNDERTAKING,
        defaults={"sha256": sha256, "language": language, "accepted_by_id": actor.user_id, "address": address},
    )
    if is_new:
        publish(
            events.UNDERTAKING_ACCEPTED,
            actor=actor,
            subject=acceptance,
            data={"undertaking": UNDERTAKING, "sha256": sha256, "language": language},
        )
    return acceptance
