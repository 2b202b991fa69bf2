"""Imports."""

from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.exchange.services import import_check, import_check_finish, import_create, import_read
from apps.organisations.models import Organisation
from tests.authorisation.scenes import OPERATOR, scene
from tests.authorisation.world import Persona
from tests.factories.exchange import as_zip, market
from tests.factories.organisations import actor_of


def checked(organisation: Organisation) -> UUID:
    item = import_create(actor=actor_of(organisation), file_name="market.zip", content=as_zip(market()))
    report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))
    return import_check_finish(import_id=item.pk, report=report).pk


def upload(_persona: Persona) -> dict[str, object]:
    return {"file": SimpleUploadedFile("market.zip", as_zip(market()), content_type="application/octet-stream")}


OF_OPERATOR = {"build": checked, "owners": (OPERATOR,)}

scene("GET /imports")
scene("POST /imports", body=upload, format="multipart", success=202)
scene("GET /imports/{id}", "GET /imports/{id}/problems", **OF_OPERATOR)
scene("POST /imports/{id}/confirm", **OF_OPERATOR, format="multipart", success=202)
