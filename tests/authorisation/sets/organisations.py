"""Callers, organisations, keys, registrations."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.organisations.models import Organisation, Registration, RegistrationClash
from apps.organisations.states import ClashCause, RegistrationStatus
from apps.permissions import Kind
from kernel.clock import utc_now
from tests.authorisation.scenes import ATTESTOR, EVERY_KIND, FIRM, FUND, OPERATOR, scene
from tests.authorisation.world import Persona
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of, key_of

NO_SOFTWARE = {"key": 403, "key with one scope": 403}
HIDDEN = {"key": 404, "key with one scope": 404}
"""What is a person's own is not its key's."""
NO_FACTOR = {**NO_SOFTWARE, "without a second factor": 403}


def itself(organisation: Organisation) -> UUID:
    return organisation.pk


def gone_dark(organisation: Organisation) -> UUID:
    Organisation.objects.filter(pk=organisation.pk).update(dark_since=timezone.now())
    return organisation.pk


def key(organisation: Organisation) -> UUID:
    return key_of(actor_of(organisation), "organisations.organisation.read").key.pk


def key_wanted(_persona: Persona) -> dict[str, Any]:
    end = utc_now() + dt.timedelta(days=7)
    return {"name": "CRM", "scopes": ["organisations.organisation.read"], "expires_at": end.isoformat()}


def registration(persona: Persona) -> UUID:
    return registered_by(persona.user or UserFactory()).pk


def registered_by(applicant: Any) -> Registration:
    return Registration.objects.create(
        applicant=applicant, kind="attestor", legal_name="Range", country="UA", status=RegistrationStatus.IN_REVIEW
    )


def clash(_organisation: Organisation) -> UUID:
    return RegistrationClash.objects.create(
        registration=registered_by(UserFactory()), organisation=OrganisationFactory(), cause=ClashCause.IDENTIFIER
    ).pk


def is_listed(viewer: Kind, owner: Kind, place: str) -> bool:
    """Firms are found in the registry instead, under the name they choose; funds do not see one another."""
    if viewer == OPERATOR:
        return True
    return place == "other" and owner != FIRM and (owner, viewer) != (FUND, FUND)


def merges(viewer: Kind, _owner: Kind, place: str) -> bool | int:
    """Operators merge all but who has gone dark."""
    return 409 if viewer == OPERATOR and place == "dark" else viewer == OPERATOR


def merge_wanted(_persona: Persona) -> dict[str, Any]:
    return {"into": str(OrganisationFactory(kind="attestor").pk), "dry_run": True}


def oneself(persona: Persona) -> dict[str, str]:
    return {"confirm": persona.user.email if persona.user else ""}


NEW = {"kind": "attestor", "legal_name": "Test Range", "country": "UA", "identifiers": []}
REASON = {"reason": "The register was asked."}

scene("GET /me", "GET /capability-areas", "GET /organisations", "GET /api-keys", "GET /registrations")
scene("PATCH /me", body={"name": "Olena"}, instead=NO_SOFTWARE)
scene("GET /me/personal-data", instead=NO_FACTOR)
scene("POST /me/erase", body=oneself, success=204, instead=NO_FACTOR)
scene("POST /organisations", body=NEW, success=202, instead=NO_SOFTWARE)
scene("GET /organisations/{id}", build=itself, owners=EVERY_KIND, seen=is_listed)
scene("PATCH /organisations/{id}", build=itself, owners=EVERY_KIND, body={"legal_name_uk": "Назва"})
scene("POST /organisations/{id}/go-dark", build=itself, owners=EVERY_KIND)
scene("POST /organisations/{id}/return", build=gone_dark, owners=EVERY_KIND)
scene("POST /organisations/{id}/merge", build=itself, owners=(ATTESTOR,), seen=merges, body=merge_wanted)
scene("POST /api-keys", body=key_wanted, success=201)
scene("POST /api-keys/{id}/revoke", build=key, owners=EVERY_KIND)
scene(
    "GET /registrations/{id}", "POST /registrations/{id}/withdraw", build=registration, is_personal=True, instead=HIDDEN
)
scene("GET /registration-clashes")
scene("GET /registration-clashes/{id}", build=clash, is_shared=True, instead={"operator owner, suspended": 404})
scene("POST /registration-clashes/{id}/judge-distinct", build=clash, is_shared=True, body=REASON)
scene("POST /registration-clashes/{id}/judge-same", build=clash, is_shared=True, body=REASON)
