"""A body for every operation that takes one: by its schema, with values that make sense where the schema cannot say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.compliance.services.bods import ownership_export_bods
from apps.dealflow.models import PipelineStage, WatchlistEntry
from apps.notifications.models import Notification
from apps.startups.models import Firm
from kernel.clock import utc_now
from tests.factories.documents import TEXT, promised
from tests.factories.watch_lists import as_lines, person
from tests.leaks.catalogue import BYTES, Operation
from tests.leaks.world import World, number

TEXTS: Mapping[str, str] = {
    "currency": "EUR",
    "area": "UMS",
    "country": "UA",
    "region": "UA-46",
    "stage": "seed",
    "place": "UA",
    "email": "new.person@example.org",
    "address": "192.0.2.1",
    "scheme": "other",
    "model_id": "tandem-1.0.0",
    "undertaking": "2026-1",
    "language": "en",
}
"""Texts by the name of their field."""
MARKED = {"declared_marking": "none", "export_code": ""}
DECIMALS: Mapping[str, str] = {"max_foreign_share": "0.350"}


WHOLE = ("/ownership", "/correct", "/verification/items", "/attestation-requests", "/attestor-events")
"""Where the settled fields are the body: those of the schema beside them do not go together."""


def body_of(operation: Operation, world: World, name: str) -> Any:
    """A body that the operation accepts from the actor `name`, as far as one can tell from here; None for none."""
    if operation.body is None:
        return None
    if operation.content_type == BYTES:
        return TEXT[:3]
    body = _value(operation.body, "", world, name)
    settled = _settled(operation, world, name)
    if settled and operation.path.endswith(WHOLE):
        return settled
    return {**body, **settled} if isinstance(body, dict) else body


def _settled(operation: Operation, world: World, name: str) -> dict[str, Any]:
    """The fields of an operation that only go together."""
    for start, fields in TOGETHER.items():
        if operation.label.startswith(start) or operation.path.endswith(start):
            return fields(world, name)
    return {}


def _soon() -> str:
    return (utc_now() + dt.timedelta(days=20)).isoformat()


def _own_organisation(world: World, name: str) -> dict[str, Any]:
    own = world.organisations.get(name, world["aster"])
    return {"legal_name": own.legal_name, "country": own.country, "identifiers": [_other(number())]}


def _component() -> dict[str, Any]:
    return {"name": "Motor", "unit_cost": _money("10.00"), "quantity": "4", "origin": "UA"}


def _mandate(_world: World, _name: str) -> dict[str, Any]:
    tickets = {"ticket_min": _money("100.00"), "ticket_typical": _money("150.00"), "ticket_max": _money("200.00")}
    return tickets | {"trl_min": 2, "trl_max": 8, "terms": [{"term": "holding", "value": "EE"}], "perimeter": "EU"}


def _lever(_world: World, _name: str) -> dict[str, Any]:
    days = {"valid_from": "2026-01-01", "valid_to": "2028-01-01", "as_of": "2026-01-01"}
    return {**days, "excluded_flags": [], "places": [], "fee": "0.01", "tenor_max_years": "5"}


def _raise(_world: World, _name: str) -> dict[str, Any]:
    amounts = {"amount": _money("900000.00"), "amount_left": _money("800000.00"), "min_ticket": _money("100.00")}
    lists = {"blocked_organisations": [], "subsidised_loans": None, "proceeds": []}
    return amounts | lists | {"terms": [{"term": "holding", "value": "EE"}], "tranche_of": None, "cost_evidence": None}


def _capability(world: World, name: str) -> dict[str, Any]:
    own = own_id("document", world, name)
    return {
        "standards": [{"designation": "STANAG 1", "document": own}],
        "codifications": [{"scheme": "ua_act", "number": "N-1", "document": own}],
        "documents": [{"document": own, "purpose": "other"}],
    }


def _evidence(_world: World, _name: str) -> dict[str, Any]:
    return {"template": "other_document", "number": "17", "issuer": "Polygon", "issued_on": "2026-01-04"}


def _tracker(world: World, name: str) -> dict[str, Any]:
    own = own_id("capability", world, name)
    return {"name": "Tracker", "projects": {} if own is None else {"K": own}}


def _event(_world: World, _name: str) -> dict[str, Any]:
    return {"kind": "release_fielded", "occurred_at": "2026-02-01T10:00:00Z", "answers": None, "supersedes": None}


def _upload(_world: World, _name: str) -> dict[str, Any]:
    table = SimpleUploadedFile("startups.csv", b"key,legal_name,country\nx,Name,UA\n")
    return {"file": table, "verified": False}


def _list_file(_world: World, _name: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("list", as_lines(person("p1", "Kvorzhyn Ostap"))), "published_on": "2026-01-01"}


def _stated(_world: World, _name: str) -> dict[str, Any]:
    party = {"key": "olena", "kind": "person", "legal_name": "Olena Test", "nationalities": ["UA"]}
    return {"parties": [party], "statements": [{"owner": "olena", "share_min": "0.05", "share_max": "0.05"}]}


def _edited(_world: World, _name: str) -> dict[str, Any]:
    """Nothing of a statement but where it was read: everything else hangs together."""
    return {"source": "The register"}


def _bods(world: World, name: str) -> dict[str, Any]:
    own = world.organisations.get(name, world["aster"])
    return {"bods": ownership_export_bods(organisation_id=own.pk), "dry_run": True}


def _permit(_world: World, _name: str) -> dict[str, Any]:
    days = {"valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    items = {"export_codes": ["ML10"], "capabilities": [], "documents": [], "evidence": None, "kind": "export"}
    return days | items | {"number": f"P-{number()}", "recipients": [], "recipient_countries": ["PL"]}


def _shown(world: World, name: str) -> dict[str, Any]:
    return {"items": [{"code": "register_extract", "documents": [own_id("document", world, name)]}]}


def _own_row(noun: str, world: World, name: str) -> str | None:
    """The first of what the actor's organisation keeps of a kind."""
    own, person = world.organisations.get(name), world.actors[name].user_id
    rows: Any = {
        "stage": PipelineStage.objects.filter(organisation=own, archived_at=None).order_by("-position"),
        "entry": WatchlistEntry.objects.filter(organisation=own).order_by("pk"),
        "message": Notification.objects.filter(organisation=own, user=person).order_by("pk"),
    }[noun]
    first = rows.first()
    return None if first is None else str(first.pk)


def _search(_world: World, _name: str) -> dict[str, Any]:
    query = {"q": ["drone"], "country": ["UA"], "trl_min": ["2"]}
    return {"name": f"Search {number()}", "query": query, "is_shared": True, "cadence": "daily"}


def _export(_world: World, _name: str) -> dict[str, Any]:
    return {"what": "deal_flow", "tables": [], "filters": {}, "query": {"q": ["drone"]}, "format": "csv"}


def _entry(world: World, name: str) -> dict[str, Any]:
    watched = WatchlistEntry.objects.filter(organisation=world.organisations.get(name), kind="firm").values("firm")
    shown = Firm.objects.filter(organisation__in=[world[firm] for firm in ("aster", "birch", "cedar")])
    free = shown.exclude(pk__in=watched).order_by("pk").first()
    stage = {"kind": "firm", "stage": _own_row("stage", world, name)}
    return {**stage, "subject": str((free or world["birch"].firm).pk), **_said_of_entry(world, name)}


def _said_of_entry(world: World, name: str) -> dict[str, Any]:
    person = world.actors[name].user_id
    return {"assignee": None if person is None else str(person), "tags": ["drones"], "follow_up_on": "2026-12-01"}


def _reminder(world: World, name: str) -> dict[str, Any]:
    return {"due_at": _soon(), "person": _said_of_entry(world, name)["assignee"]}


def _stages(world: World, name: str) -> dict[str, Any]:
    rows = PipelineStage.objects.filter(organisation=world.organisations.get(name), archived_at=None)
    return {"stages": [str(pk) for pk in rows.order_by("-position").values_list("pk", flat=True)]}


def _quote(_world: World, _name: str) -> dict[str, Any]:
    stated = {"edition": "", "capital_class": "debt", "amount": _money("3000000.00"), "country": "UA", "years": "5"}
    offer = {"offer": {"rate": "0.09", "currency": "EUR"}, "financials_tier": "E1"}
    marginal = {"marginal": {"rate": "0.2107", "currency": "EUR", "capital_class": "debt"}}
    return {**stated, **offer, **marginal, "lever": None, "repayment": None, "tranches": []}


TOGETHER: Mapping[str, Callable[[World, str], dict[str, Any]]] = {
    "POST /api/v1/api-keys": lambda world, name: {
        "scopes": sorted(world.actors[name].permissions)[:2],
        "expires_at": _soon(),
        "allowed_networks": [],
    },
    "POST /api/v1/capital-cost/quote": _quote,
    "POST /api/v1/exports": _export,
    "POST /api/v1/saved-searches/{id}/seen": lambda world, name: {},
    "POST /api/v1/saved-searches": _search,
    "PATCH /api/v1/saved-searches": _search,
    "POST /api/v1/watchlist-entries/{id}/move": lambda world, name: {"stage": _own_row("stage", world, name)},
    "POST /api/v1/watchlist-entries/{id}/reminders": _reminder,
    "POST /api/v1/watchlist-entries/{id}/notes": lambda world, name: {},
    "POST /api/v1/watchlist-entries": _entry,
    "PATCH /api/v1/watchlist-entries/{id}/notes": lambda world, name: {},
    "PATCH /api/v1/watchlist-entries": _said_of_entry,
    "POST /api/v1/pipeline-stages/order": _stages,
    "POST /api/v1/pipeline-stages": lambda world, name: {"name": f"Stage {number()}"},
    "POST /api/v1/notifications": lambda world, name: {"ids": [_own_row("message", world, name)]},
    "POST /api/v1/mandates": _mandate,
    "PATCH /api/v1/mandates": _mandate,
    "POST /api/v1/levers": _lever,
    "PATCH /api/v1/levers": _lever,
    "POST /api/v1/raises": _raise,
    "PATCH /api/v1/raises": _raise,
    "PATCH /api/v1/organisations/{id}/members": lambda world, name: {"roles": ["viewer"]},
    "PATCH /api/v1/organisations/{id}": _own_organisation,
    "POST /api/v1/disclosure-grants": lambda world, name: {"until": _soon()},
    "PATCH /api/v1/startups/{id}": lambda world, name: {"founded_on": "2021-02-03"},
    "POST /api/v1/undertaking/accept": lambda world, name: {"sha256": "0" * 64},
    "POST /api/v1/me/erase": lambda world, name: {"confirm": User.objects.get(pk=world.actors[name].user_id).email},
    "POST /api/v1/match-runs": lambda world, name: {"as_of": "2026-11-01"},
    "POST /api/v1/imports": _upload,
    "POST /api/v1/uploads/": lambda world, name: {},
    "POST /api/v1/uploads": lambda world, name: {**promised(TEXT), "document": None, "export_mark": "none", **MARKED},
    "PATCH /api/v1/documents/{id}": lambda world, name: {"export_mark": "none", "export_code": ""},
    "POST /api/v1/permits/": lambda world, name: {},
    "POST /api/v1/permits": _permit,
    "POST /api/v1/verification-cases/{id}/judge": lambda world, name: {"code": "register_extract"},
    "/verification/items": _shown,
    "/verification/answers": lambda world, name: {"documents": []},
    "/ownership/bods": _bods,
    "/ownership/group": lambda world, name: {"role": "top_company", "party": None},
    "/correct": _edited,
    "/ownership/{statement}/end": lambda world, name: {"on": None},
    "/ownership": _stated,
    "/versions": _list_file,
    "/financials": lambda world, name: {"year": 2023, "customers": {"state": 0.5}},
    "/events": _event,
    "/attestor-events": lambda world, name: {"kind": "field_test", "occurred_at": "2026-02-01T10:00:00Z"},
    "/attestation-requests": lambda world, name: {"code": world.seat.code},
    "/attestor-admissions": lambda world, name: {"code": world.seat.code},
    "/attestor-seats": lambda world, name: {"email": None},
    "/tracker-endpoints": _tracker,
    "PATCH /api/v1/tracker-endpoints": _tracker,
    "/evidence": _evidence,
    "PATCH /api/v1/capabilities/{id}": _capability,
    "/api/v1/capabilities": _capability,
    "/components": lambda world, name: {"components": [_component()]},
    "/api/v1/organisations": lambda world, name: {"identifiers": [_other(number())], "kind": "firm"},
}
"""By the beginning of an operation or the end of its path; the first that fits."""


def _other(value: int) -> dict[str, str]:
    return {"scheme": "other", "value": f"NEW-{value}"}


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def _value(schema: Mapping[str, Any], field: str, world: World, name: str) -> Any:
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return _value(schema[several][0], field, world, name)
    if schema.get("enum"):
        return next(item for item in schema["enum"] if item not in {"", None})
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = next(item for item in kinds if item != "null") if isinstance(kinds, list) else kinds
    if kind == "object":
        return {key: _value(part, key, world, name) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [_value(schema.get("items", {}), field, world, name)]
    if kind in {"integer", "number"}:
        return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    if kind == "boolean":
        return True
    return _text(schema, field, world, name)


def _text(schema: Mapping[str, Any], field: str, world: World, name: str) -> Any:
    if schema.get("format") == "uuid":
        return own_id(field, world, name)
    by_format = {
        "date": (utc_now() + dt.timedelta(days=90)).date().isoformat(),
        "date-time": "2026-03-02T09:30:00Z",
        "email": "new.person@example.org",
        "decimal": DECIMALS.get(field, "0.5"),
    }
    if schema.get("format") in by_format:
        return by_format[schema["format"]]
    if "A-Z]{2}$" in schema.get("pattern", ""):
        return "UA"
    text = TEXTS.get(field, f"Text of {field or 'it'}")
    return text[: schema.get("maxLength", 200)].ljust(schema.get("minLength", 0), "x")


def own_id(field: str, world: World, name: str) -> str | None:
    """An id that the actor may name in a field; None where nothing is known of what the field is about."""
    organisation = world.organisations.get(name)
    firm, fund = getattr(organisation, "firm", None), getattr(organisation, "fund", None)
    if field in {"lead_capability", "capability"} and firm is not None:
        return str(firm.capabilities.filter(status="published").order_by("id")[0].pk)
    if field == "lever" and organisation is not None and fund is not None:
        return str(organisation.levers.get().pk)
    if field == "mandate" and fund is not None:
        return str(fund.mandates.get(status="active").pk)
    if field == "raise" and firm is not None:
        return str(firm.raises.filter(status="open").order_by("id")[0].pk)
    if field == "issuer" and organisation is not None:
        return str(organisation.pk)
    if field in {"document", "documents", "evidence"} and organisation is not None:
        return next((str(row.pk) for row in organisation.documents.filter(versions__status="clean")[:1]), None)
    if field in {"viewer", "to", "organisation", "fund", "investor", "counterpart"}:
        return str(world["harbour"].pk)
    if field in {"subject", "into", "firm", "startup"}:
        return str(world["birch"].pk)
    return None
