"""Long work, and the trail of events."""

from uuid import UUID

from apps.exchange.services import CHECK
from apps.organisations.models import Organisation
from apps.organisations.services import organisation_update
from kernel.models import Event, Job
from tests.authorisation.scenes import EVERY_KIND, scene
from tests.factories.organisations import actor_of


def told(organisation: Organisation) -> UUID:
    organisation_update(actor=actor_of(organisation), organisation=organisation, legal_name_uk="Назва")
    return Event.objects.filter(organisation_id=organisation.pk).latest("id").pk


def job(organisation: Organisation) -> UUID:
    return Job.objects.create(kind=CHECK, organisation_id=organisation.pk, actor="system").pk


scene("GET /jobs", "GET /events")
scene("GET /jobs/{id}", "POST /jobs/{id}/cancel", build=job, owners=EVERY_KIND)
scene("GET /events/{id}", build=told, owners=EVERY_KIND)
