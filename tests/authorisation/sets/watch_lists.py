"""Watch-lists, their versions and entries."""

from __future__ import annotations

from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.organisations.models import Organisation
from tests.authorisation.scenes import scene
from tests.authorisation.world import Persona
from tests.factories.watch_lists import as_lines, list_make, load, person

PEOPLE = [person(f"p{number}", f"Kvorzhyn Ostap{number}") for number in range(10)]


def watch_list(_organisation: Organisation) -> UUID:
    return list_make().pk


def waiting(_organisation: Organisation) -> UUID:
    """A version that would take out most of what is in force, so it waits."""
    load(list_make(), as_lines(*PEOPLE))
    return load(list_make(), as_lines(*PEOPLE[:2])).pk


def file(_persona: Persona) -> dict[str, object]:
    return {"file": SimpleUploadedFile("list", as_lines(*PEOPLE), content_type="application/octet-stream")}


LIST = {"build": watch_list, "is_shared": True}
WAITING = {"build": waiting, "is_shared": True}

scene("GET /watch-lists")
scene("GET /watch-lists/{id}", "GET /watch-lists/{id}/versions", "GET /watch-lists/{id}/entries", **LIST)
scene("POST /watch-lists/{id}/versions", **LIST, body=file, format="multipart", success=202)
scene("GET /list-versions/{id}", **WAITING)
scene("POST /list-versions/{id}/confirm", "POST /list-versions/{id}/discard", **WAITING)
