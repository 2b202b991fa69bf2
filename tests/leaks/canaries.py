"""Canaries: texts that stand in one place each, so that wherever one is read it is known where it came from."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.accounts.sealing import unseal
from apps.dealflow.models import PipelineStage, SavedSearch, WatchlistEntry, WatchlistNote
from apps.investors.models import MandateVersion
from apps.notifications.models import Notification
from apps.organisations.models import Organisation
from apps.startups.mailboxes import address_digests, address_seal
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    Capability,
    CapabilityCodification,
    CapabilityDocument,
    CapabilityStandard,
    Component,
    EventEvidence,
    Financials,
    Firm,
    Raise,
    SpeedFlag,
    SpeedProfile,
    StartDraft,
    TrackerDelivery,
    TrackerProject,
    TrackerReference,
)
from apps.startups.rules.seat_codes import code_grouped
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from apps.startups.services.search_words import search_words_refresh
from apps.startups.services.speed import speed_recompute
from apps.startups.services.trackers import PURPOSE
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.accounts import UserFactory
from tests.factories.startups import ComponentFactory, DevelopmentEventFactory
from tests.leaks.calls import Answer
from tests.leaks.papers import document
from tests.leaks.work import seat_of, tracker_made
from tests.leaks.world import World

AT = dt.datetime(2026, 3, 7, 4, 17, 33, tzinfo=dt.UTC)
"""When the event happened: no other row knows of this day."""
ATTESTED_ON = dt.date(2026, 3, 19)

STRANGER, GRANTED, OFFICER, ATTESTOR, OWNER = "stranger", "granted", "officer", "attestor", "owner"
WATCHER = "watcher"
EVERYWHERE = ""

Readers = Mapping[str, tuple[str, ...]]
"""By kind of viewer, the addresses below which a canary may be read; `EVERYWHERE` for all."""
NOBODY: Readers = {}
OWN: Readers = {OWNER: (EVERYWHERE,)}
JUDGED: Readers = {**OWN, OFFICER: ("/api/v1/export-class-declarations",)}
EVIDENCED: Readers = {**OWN, OFFICER: ("/api/v1/event-evidence",)}
ASKED: Readers = {**OWN, ATTESTOR: ("/api/v1/attestation",)}
SAID: Readers = {**OWN, ATTESTOR: ("/api/v1/attestation", "/api/v1/me/personal-data")}
T2: Readers = {**OWN, GRANTED: (EVERYWHERE,)}
WATCHED: Readers = {WATCHER: (EVERYWHERE,)}
OF_COUNTERPARTS: Readers = {
    **dict.fromkeys((STRANGER, GRANTED, OWNER, WATCHER), ("/api/v1/organisations",)),
    **dict.fromkeys((OFFICER, ATTESTOR), (EVERYWHERE,)),
}


@dataclass
class Canaries:
    """Texts with what they are of and who may read them, the ids to ask for, and what bodies are filled with."""

    texts: dict[str, tuple[str, Readers]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def put(self, what: str, text: Any, readers: Readers) -> Any:
        """Notes a text; returns it."""
        assert str(text) not in self.texts, f"{text} twice"
        self.texts[str(text)] = (what, readers)
        return text

    def found_in(self, address: str, answer: Answer, viewer: str) -> Iterator[str]:
        """What the viewer reads in an answer and may not."""
        said = heard(answer)
        for text, (what, readers) in self.texts.items():
            is_read = any(form in said for form in forms(text))
            if is_read and not any(address.startswith(start) for start in readers.get(viewer, ())):
                yield f"{viewer}: {what} {text!r} in {address}: {around(said, text)}"


def heard(answer: Answer) -> str:
    """All of an answer as one text, in small letters."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    return f"{answer.status}\n{headers}\n{answer.body.decode(errors='replace')}".lower()


def forms(text: str) -> set[str]:
    """How a text may stand in an answer: as it is, or as JSON and addresses write what is not ASCII."""
    return {text.lower(), json.dumps(text)[1:-1].lower()}


def around(said: str, text: str) -> str:
    """Where the text stands, to be read by people."""
    place = max(said.find(form) for form in forms(text))
    return said[max(0, place - 90) : place + 90]


def moments(at: dt.datetime) -> Iterator[str]:
    """A moment and its day as an answer might write them, its week and its seconds since 1970 among them."""
    day = at.date()
    year, week, weekday = day.isocalendar()
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    yield from (day.isoformat(), f"{day:%Y%m%d}", f"{day:%d.%m.%Y}", f"{day:%m/%d/%Y}", f"{day:%d/%m/%Y}")
    yield from (f"{day.day} {day:%B %Y}", f"{day:%B} {day.day}", f"{day.day} {day:%b %Y}", f"{day.day} березня")
    yield from (f"{year}-W{week:02}", f"{year}W{week:02}", f"{day:%Y}-{day:%j}", f"W{week:02}-{weekday}")
    yield from (f"{at:%H:%M:%S}", str(int(at.timestamp())), str(int(midnight.timestamp())))


def planted(world: World) -> Canaries:
    """Canaries in everything that the firm Aster keeps here; two attestors know of its event, one by a request."""
    found = Canaries()
    firm = world["aster"].firm
    item = firm.raises.filter(status="open", lead_capability__status="published").order_by("id")[0]
    lead = item.lead_capability
    paper = document(world["aster"], found.put("title of a document", "Zirnytsia trial protocol", JUDGED), "clean")
    found.ids["documents"] = [str(paper.pk)]
    _of_firm(found, firm)
    _of_capability(found, lead, paper)
    _of_raise(found, item, paper)
    event = _of_event(found, lead, paper)
    _of_tracker(found, firm, lead, event)
    _of_attestors(found, world, event)
    speed_recompute(firm_id=firm.pk)
    # Measuring takes away what it does not find itself.
    _of_speed(found, firm, lead, event)
    _of_watcher(found, world, firm)
    listings_refresh(firm_ids=[firm.pk])
    search_refresh(firm_ids=[firm.pk])
    search_words_refresh()
    return found


def _of_firm(found: Canaries, firm: Firm) -> None:
    put = found.put
    Firm.objects.filter(pk=firm.pk).update(
        region=put("region", "UA-68", OWN),
        summary=put("summary", "Kruk assembles in the old tram depot.", T2),
        summary_uk=put("summary", "Крук збирає у старому трамвайному депо.", T2),
        founded_on=put("date of founding", dt.date(2021, 10, 27), T2),
    )
    year = firm.financials.get(year=2024)
    Financials.objects.filter(pk=year.pk).update(
        revenue=Decimal(put("revenue", "7654321.17", T2)),
        debt=Decimal(put("debt", "1414213.56", T2)),
        largest_customer_share=Decimal(put("share of the largest customer", "0.577215", T2)),
        order_book_customers={put("class of customer", "kruk_customers", T2): 1},
    )
    StartDraft.objects.filter(firm=firm).update(title=put("draft of a start", "Kruk start", OWN))
    found.ids["startups"] = [str(firm.pk), str(firm.teaser_id)]


def _of_capability(found: Canaries, lead: Capability, paper: Any) -> None:
    put, officer = found.put, UserFactory(name=found.put("name of an officer", "Officer Kanarkova", NOBODY))
    officers_too = {**T2, **JUDGED}
    Capability.objects.filter(pk=lead.pk).update(
        description=put("description with a serial number", "Serial ZX-417-KRUK flies.", officers_too),
        description_uk=put("description", "Каньйон круків літає.", T2),
        unit_cost=Decimal(put("unit cost", "417031.77", T2)),
        output_per_month=7031,
        export_class_reason=put("reason of an export class", "Officers read kruk so.", JUDGED),
        export_class_confirmed_by=officer,
    )
    CapabilityStandard.objects.create(
        capability=lead, designation=put("standard", "STANAG 94171", T2), basis="certified", document=paper
    )
    CapabilityCodification.objects.create(
        capability=lead,
        scheme="nsn",
        number=put("codification number", "1550-77-417-0009", officers_too),
        issued_on=put("day of a codification", dt.date(2025, 2, 11), JUDGED),
        document=paper,
        confirmed_at=utc_now(),
        confirmed_by=officer,
    )
    CapabilityDocument.objects.create(capability=lead, document=paper, purpose="export_control")
    part: Component = ComponentFactory(
        capability=lead,
        name=put("component", "Canard servo KX-77", OWN),
        supplier=put("supplier", "Shenzhou Rotor Works", OWN),
        unit_cost=Decimal(put("cost of a component", "83.1459", OWN)),
        quantity=Decimal(put("quantity of a component", "61.8034", OWN)),
        single_source=True,
    )
    put("id of a component", part.pk, OWN)
    found.ids["capabilities"] = [str(lead.pk)]


def _of_raise(found: Canaries, item: Raise, paper: Any) -> None:
    put = found.put
    loan = {"programme": put("subsidised loan", "Kruk 5-7-9 bank", OWN), "amount": "271828.18", "currency": "UAH"}
    put("amount of a subsidised loan", "271828.18", OWN)
    Raise.objects.filter(pk=item.pk).update(
        marginal_cost_of_capital=Decimal(put("marginal cost", "0.314159", OWN)),
        min_ticket=Decimal(put("smallest ticket", "123457.89", OWN)),
        cost_evidence=paper,
        subsidised_loans=[{**loan, "rate": "0.05", "until": None}],
        blocked_organisations=[put("blocked organisation", uuid7(), OWN)],
        blocked_countries=["KP"],
        use_of_proceeds=put("use of proceeds", "A second kruk line.", T2),
    )
    found.ids["raises"] = [str(item.pk)]


def _of_event(found: Canaries, lead: Capability, paper: Any) -> Any:
    put = found.put
    event = DevelopmentEventFactory(
        capability=lead,
        kind="countermeasure_observed",
        occurred_at=AT,
        tier="E2",
        note=f"{put('place', 'Zhovtyi Yar', ASKED)}: {put('unit', '47th Ravens', ASKED)} lost the link.",
    )
    answered = AT + dt.timedelta(days=9, hours=3)
    DevelopmentEventFactory(
        capability=lead, kind="countermeasure_answered", occurred_at=answered, answers=event, tier="E2"
    )
    for moment in moments(AT):
        put("time of an event", moment, {**ASKED, **EVIDENCED})
    for moment in moments(answered):
        if moment not in found.texts:
            put("time of an answer", moment, OWN)
    put("id of an event", event.pk, {**ASKED, OFFICER: ("/api/v1/event-evidence", "/api/v1/speed-flags")})
    evidence = EventEvidence.objects.create(
        event=event,
        template="other_document",
        document=paper,
        sha256=put("digest of evidence", "ca9a7e" * 10 + "0417", EVIDENCED),
        number=put("number of a document", "SN-ZR-000417", EVIDENCED),
        issuer=put("issuer of a document", "Zirnytsia Proving Board", EVIDENCED),
        issued_on=put("day of a document", dt.date(2025, 8, 23), EVIDENCED),
        tier="E1",
        status="confirmed",
        judged_by=UserFactory(),
        judged_at=utc_now(),
        reason=put("reason of a judgement", "Compared with the kruk ledger.", EVIDENCED),
    )
    put("id of evidence", evidence.pk, EVIDENCED)
    found.ids["development-events"], found.ids["event-evidence"] = [str(event.pk)], [str(evidence.pk)]
    return event


def _of_tracker(found: Canaries, firm: Firm, lead: Capability, event: Any) -> None:
    put = found.put
    endpoint = tracker_made(firm, put("tracker", "Kruk Jira", OWN))
    put("sealed secret of a tracker", endpoint.sealed_secret, NOBODY)
    put("secret of a tracker", unseal(sealed=endpoint.sealed_secret, purpose=PURPOSE), NOBODY)
    TrackerProject.objects.create(endpoint=endpoint, key=put("project of a tracker", "KRUKPRJ", OWN), capability=lead)
    TrackerReference.objects.create(
        endpoint=endpoint, reference=put("reference of a tracker", "KRUK-417", OWN), event=event, digest="d" * 64
    )
    TrackerDelivery.objects.create(
        endpoint=endpoint,
        webhook_id=put("message of a tracker", "msg_kruk", NOBODY),
        body_sha256="d" * 64,
        answer={"events": [put("answer to a tracker", "kruk-answer", NOBODY)]},
    )
    put("id of a tracker", endpoint.pk, OWN)
    found.ids["trackers"] = found.ids["tracker-endpoints"] = [str(endpoint.pk)]


def _of_attestors(found: Canaries, world: World, event: Any) -> None:
    put, unit = found.put, world["attestor"]
    Organisation.objects.filter(pk=unit.pk).update(
        legal_name=put("name of an attestor", "Vovky Reconnaissance", OF_COUNTERPARTS)
    )
    put("id of an attestor", unit.pk, OF_COUNTERPARTS)
    giver = world.actors["attestor"].user_id
    User.objects.filter(pk=giver).update(
        name=put("name of who attested", "Sova Kanarka", {ATTESTOR: (EVERYWHERE,)}),
        email=put("mail address of who attested", "sova@kanarka.example", {ATTESTOR: (EVERYWHERE,)}),
    )
    put("id of who attested", giver, {ATTESTOR: (EVERYWHERE,)})
    asked, unnamed = seat_of(unit), seat_of(unit)
    for seat, readers in ((asked, {**ASKED, ATTESTOR: ("/api/v1/att",)}), (unnamed, {ATTESTOR: ("/api/v1/att",)})):
        put("code of a seat", seat.code, readers)
        put("code of a seat", code_grouped(code=seat.code), readers)
        put("id of a seat", seat.pk, {ATTESTOR: ("/api/v1/attestor-seats",)})
    address = "komandyr.sova@kanarka-unit.example"
    put("mail address of a unit", "komandyr.sova", NOBODY)
    officers = ("/api/v1/attestor-addresses",)
    put(
        "domain of a unit",
        "kanarka-unit.example",
        {OFFICER: officers, OWNER: ("/api/v1/attestation-requests", "/api/v1/development-events")},
    )
    known = AttestorAddress.objects.create(
        organisation=event.capability.firm.organisation,
        digest=put("digest of an address", address_digests(address=address)[0], NOBODY),
        domain="kanarka-unit.example",
        role="unit",
        status="vouched",
        decided_by=UserFactory(),
        decided_at=utc_now(),
        reason=put("reason of an officer", "Known to the kruk desk.", {OFFICER: officers}),
    )
    put("id of an address", known.pk, {OFFICER: officers})
    until = utc_now() + dt.timedelta(days=20)
    requests = [
        AttestationRequest.objects.create(
            event=event, seat=asked, role="unit", expires_at=until, token_hash=put("link", "1a7e" * 16, NOBODY)
        ),
        AttestationRequest.objects.create(
            event=event, address=known, sealed_address=address_seal(address=address), role="unit", expires_at=until
        ),
    ]
    for request in requests:
        put("id of a request", request.pk, {**OWN, ATTESTOR: ("/api/v1/attestation-requests",)})
    words = [
        Attestation.objects.create(
            event=event,
            attestor=unit,
            token=seat.code,
            role="unit",
            verdict="confirmed",
            attested_on=ATTESTED_ON,
            reason=put("reason of a verdict", f"Seen with kruk {place}.", SAID),
            given_by_id=giver,
            withdraw_hash=put("link of a receipt", f"{place}b7e" * 16, NOBODY),
        )
        for place, seat in enumerate((asked, unnamed))
    ]
    for word in words:
        put("id of a verdict", word.pk, SAID)
    for moment in moments(dt.datetime.combine(ATTESTED_ON, dt.time(), dt.UTC)):
        if moment not in found.texts and moment != "00:00:00":
            put("day of a verdict", moment, {ATTESTOR: SAID[ATTESTOR]})
    found.ids["attestation-requests"] = [str(request.pk) for request in requests]
    found.ids["attestations"] = [str(word.pk) for word in words]
    found.ids["attestor-seats"] = [str(asked.pk), str(unnamed.pk)]
    found.ids["attestor-addresses"] = [str(known.pk)]


def _of_speed(found: Canaries, firm: Firm, lead: Capability, event: Any) -> None:
    flags = {OFFICER: ("/api/v1/speed-flags",)}
    flag = SpeedFlag.objects.create(
        firm=firm,
        capability=lead,
        kind="burst",
        events=[event.pk],
        details={"count": 3, "hours": 2, "usual_per_day": 1},
        sha256=found.put("digest of a pattern", "f1a6" * 16, NOBODY),
        verdict="confirmed",
        reason=found.put("reason of a pattern", "Kruk campaign, as the desk knows.", flags),
        judged_by=UserFactory(),
        judged_at=utc_now(),
    )
    found.put("id of a pattern", flag.pk, flags)
    for profile in SpeedProfile.objects.filter(firm=firm):
        found.put("id of a profile", profile.pk, NOBODY)
    found.ids["speed-flags"] = [str(flag.pk)]


def _of_watcher(found: Canaries, world: World, firm: Firm) -> None:
    """What a fund keeps about the firm: neither the firm nor another fund learns that it is watched."""
    put, fund, actor = found.put, world["gale"].fund, world.actors["gale"]
    entry = WatchlistEntry.objects.get(organisation=fund.organisation, firm=firm)
    WatchlistEntry.objects.filter(pk=entry.pk).update(
        title=put("title of an entry", "Kruk is our pick", WATCHED), tags=[put("tag", "krukwatch", WATCHED)]
    )
    PipelineStage.objects.filter(pk=entry.stage_id).update(name=put("name of a stage", "Kruk wooing", WATCHED))
    note = WatchlistNote.objects.get(entry=entry)
    WatchlistNote.objects.filter(pk=note.pk).update(text=put("note", "Kruk asks twice its worth.", WATCHED))
    note.earlier.update(text=put("earlier text of a note", "Kruk asks its worth.", WATCHED))
    entry.reminders.update(text=put("reminder", "Ring the kruk founder.", WATCHED))
    search = SavedSearch.objects.get(organisation=fund.organisation, owner=actor.user_id, is_shared=False)
    SavedSearch.objects.filter(pk=search.pk).update(
        name=put("name of a search", "Kruk and the like", WATCHED),
        query={"text": put("text of a search", "depot krukarnia", WATCHED)},
    )
    mandate = fund.mandates.get(status="active")
    MandateVersion.objects.create(
        mandate=mandate,
        number=99,
        terms={},
        changes=[{"field": "name", "from": put("former term of a mandate", "Kruk mandate", WATCHED), "to": "x"}],
        actor="system",
    )
    for row, what in (
        (entry, "entry"),
        (note, "note"),
        (search, "search"),
        *((row, "reminder") for row in entry.reminders.all()),
    ):
        put(f"id of a {what}", row.pk, WATCHED)
    messages = Notification.objects.filter(organisation=fund.organisation, user=actor.user_id).order_by("pk")
    found.ids["watchlist-entries"], found.ids["saved-searches"] = [str(entry.pk)], [str(search.pk)]
    found.ids["pipeline-stages"], found.ids["mandates"] = [str(entry.stage_id)], [str(mandate.pk)]
    found.ids["notifications"] = [str(row.pk) for row in messages[:2]]
