"""Imports and exports."""

import datetime as dt
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.exchange.models import Export
from apps.exchange.sealing import content_seal
from apps.exchange.services import import_check, import_check_finish, import_create, import_read
from apps.exchange.states import ExportStatus
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.authorisation.scenes import FIRM, OPERATOR, scene
from tests.authorisation.world import Persona
from tests.factories.accounts import UserFactory
from tests.factories.exchange import as_zip, market
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import FirmFactory

OWN = {"financials": [{"startup_key": "self", "year": "2025", "currency": "EUR", "revenue": "1000"}]}


def checked(organisation: Organisation) -> UUID:
    tables = market()
    if organisation.kind == Kind.FIRM:
        tables = OWN
        getattr(organisation, "firm", None) or FirmFactory(organisation=organisation)
    item = import_create(actor=actor_of(organisation), file_name="market.zip", content=as_zip(tables))
    report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))
    return import_check_finish(import_id=item.pk, report=report).pk


def upload(_persona: Persona) -> dict[str, object]:
    return {"file": SimpleUploadedFile("market.zip", as_zip(market()), content_type="application/octet-stream")}


def ready(persona: Persona) -> UUID:
    export_id = uuid7()
    Export.objects.create(
        pk=export_id,
        organisation_id=persona.actor.organisation_id or OrganisationFactory().pk,
        requested_by_id=persona.actor.user_id or UserFactory().pk,
        what="own",
        tables=["startups"],
        format="csv",
        status=ExportStatus.READY,
        content=content_seal(content=b"PK", export_id=export_id),
        expires_at=utc_now() + dt.timedelta(days=1),
    )
    return export_id


SENT = {"build": checked, "owners": (OPERATOR, FIRM)}
ASKED = {"build": ready, "is_personal": True}

scene("GET /imports", "GET /exports")
scene("POST /imports", body=upload, format="multipart", success=202)
scene("GET /imports/{id}", "GET /imports/{id}/problems", **SENT)
scene("POST /imports/{id}/confirm", **SENT, format="multipart", success=202)
scene("POST /exports", body={"what": "visible", "format": "csv"}, success=202)
scene("GET /exports/{id}", "GET /exports/{id}/content", **ASKED)
