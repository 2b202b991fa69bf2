"""Members and invitations."""

import datetime as dt
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress

from apps.organisations.models import Invitation, Organisation
from apps.organisations.services.invitations import token_hash
from kernel.clock import utc_now
from tests.authorisation.scenes import EVERY_KIND, scene
from tests.authorisation.sets.organisations import NO_SOFTWARE, itself
from tests.authorisation.world import Persona
from tests.factories.organisations import MembershipFactory, OrganisationFactory

ONE_SCOPE = {"key": 403}


def member(organisation: Organisation) -> dict[str, Any]:
    return {"id": organisation.pk, "member": MembershipFactory(organisation=organisation, roles=["viewer"]).pk}


def invited(organisation: Organisation, *, email: str = "new@example.org", token: str = "") -> Invitation:
    return Invitation.objects.create(
        organisation=organisation,
        email=email,
        roles=["viewer"],
        token_hash=token_hash(token or uuid4().hex),
        expires_at=utc_now() + dt.timedelta(days=7),
    )


def invitation(organisation: Organisation) -> dict[str, Any]:
    return {"id": organisation.pk, "invitation": invited(organisation).pk}


def token_held(persona: Persona) -> dict[str, str]:
    """The token of an invitation to the persona by an organisation that it does not belong to."""
    token = uuid4().hex
    if persona.user is not None:
        email = persona.user.email
        EmailAddress.objects.get_or_create(user=persona.user, email=email, defaults={"verified": True})
        invited(OrganisationFactory(kind="attestor"), email=email, token=token)
    return {"token": token}


OF_MEMBER = {"build": member, "owners": EVERY_KIND}
NEW = {"email": "new@example.org", "roles": ["viewer"]}

scene("GET /organisations/{id}/members", build=itself, owners=EVERY_KIND)
scene("GET /organisations/{id}/members/{member}", **OF_MEMBER)
scene("PATCH /organisations/{id}/members/{member}", **OF_MEMBER, body={"roles": ["owner"]})
scene("DELETE /organisations/{id}/members/{member}", **OF_MEMBER, success=204)
scene("POST /organisations/{id}/leave", build=itself, owners=EVERY_KIND, success=204, refused=NO_SOFTWARE)
scene("GET /organisations/{id}/invitations", build=itself, owners=EVERY_KIND)
scene(
    "POST /organisations/{id}/invitations",
    build=itself,
    owners=EVERY_KIND,
    body=NEW,
    success=201,
    instead=ONE_SCOPE,
    refused={"operator owner's key": 403},
)
scene(
    "POST /organisations/{id}/invitations/{invitation}/revoke", build=invitation, owners=EVERY_KIND, instead=ONE_SCOPE
)
scene("POST /invitations/accept", body=token_held, instead=NO_SOFTWARE)
