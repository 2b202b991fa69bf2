"""A fund's stages, watch-list, notes and reminders over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.models import WatchlistEntry
from apps.organisations.models import Organisation
from apps.permissions import Kind
from apps.startups.models import Raise
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of
from tests.factories.pipelines import fund_actor, noted, reminded, stages_of, watched
from tests.factories.startups import CapabilityFactory, FirmFactory, RaiseFactory

pytestmark = pytest.mark.django_db

STAGES = "/api/v1/pipeline-stages"
ENTRIES = "/api/v1/watchlist-entries"
BOARD = "/api/v1/watchlist-board"


def get(actor: Actor, place: str, **query: Any) -> Any:
    return client_of(actor).get(place, query)


def post(actor: Actor, place: str, body: Any = None, **headers: str) -> Any:
    return client_of(actor).post(place, body or {}, format="json", headers=headers)


def patch(actor: Actor, place: str, body: Any, tag: str | None = None) -> Any:
    headers = {} if tag is None else {"If-Match": tag}
    return client_of(actor).patch(place, body, format="json", headers=headers)


def colleague_of(actor: Actor, role: str) -> Actor:
    return actor_of(Organisation.objects.get(pk=actor.organisation_id), role)


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer.json()["results"]]


class TestStages:
    def test_are_made_on_first_use(self) -> None:
        actor = fund_actor("viewer")

        assert names(get(actor, STAGES))[0] == "New"
        assert names(get(actor, BOARD)) == names(get(actor, STAGES))

    def test_are_made_in_the_reader_s_language(self) -> None:
        actor = fund_actor()

        client_of(actor).get(BOARD, headers={"Accept-Language": "en"})

        assert "Due diligence" in names(get(actor, STAGES))

    def test_are_added_renamed_ordered_archived_and_restored(self) -> None:
        actor = fund_actor("editor")
        made = post(actor, STAGES, {"name": "Lawyers"})
        place = made["Location"]

        renamed = patch(actor, place, {"name": "Counsel"}, get(actor, place)["ETag"])
        order = [stage["id"] for stage in reversed(get(actor, STAGES).json()["results"])]
        ordered = post(actor, f"{STAGES}/order", {"stages": order})
        archived = post(actor, f"{place}/archive")

        assert (made.status_code, renamed.status_code, ordered.status_code, archived.status_code) == (
            201,
            200,
            204,
            200,
        )
        assert names(get(actor, STAGES, archived="true")) == ["Counsel"]
        assert names(get(actor, STAGES, archived="false"))[-1] == "New"
        assert post(actor, f"{place}/restore").json()["archived_at"] is None
        assert names(get(actor, STAGES))[-1] == "Counsel"

    def test_want_the_tag_that_was_read(self) -> None:
        actor = fund_actor()
        place = f"{STAGES}/{stages_of(actor)[0].pk}"
        tag = get(actor, place)["ETag"]

        assert patch(actor, place, {"name": "Fresh"}).status_code == 428
        assert patch(actor, place, {"name": "Fresh"}, tag).status_code == 200
        assert patch(actor, place, {"name": "Fresher"}, tag).status_code == 412

    def test_in_use_do_not_vanish(self) -> None:
        actor = fund_actor()
        entry = watched(actor)

        refused = post(actor, f"{STAGES}/{entry.stage_id}/archive")

        assert (refused.status_code, refused.json()["code"]) == (409, "stage_in_use")


class TestEntries:
    def test_are_added_and_read(self) -> None:
        actor, item = fund_actor("editor"), RaiseFactory()
        body = {"kind": "raise", "subject": str(item.pk), "title": "Motors", "tags": ["Q3"], "priority": "high"}

        made = post(actor, ENTRIES, body)
        told = get(actor, made["Location"]).json()

        assert made.status_code == 201
        assert told == made.json()
        subject = told["subject"]
        assert (subject["kind"], subject["is_visible"], subject["id"]) == ("raise", True, str(item.pk))
        assert subject["startup"]["is_pseudonym"]
        assert subject["capability"]["title"] == item.lead_capability.title
        assert subject["raise_terms"]["amount"] == {"amount": "2000000.00", "currency": "EUR"}
        assert (told["title"], told["tags"], told["priority"]) == ("Motors", ["Q3"], "high")

    def test_show_firms_and_capabilities(self) -> None:
        actor, capability = fund_actor(), CapabilityFactory()
        watched(actor, capability)
        watched(actor, capability.firm)

        firm, made = (row["subject"] for row in get(actor, ENTRIES).json()["results"])

        assert set(firm) == {"kind", "is_visible", "id", "startup"}
        assert made["capability"]["area"] == capability.area.code
        assert made["startup"] == firm["startup"]

    def test_say_no_longer_visible_and_nothing_else(self) -> None:
        actor, item = fund_actor(), RaiseFactory()
        place = f"{ENTRIES}/{watched(actor, item, title='Ours', tags=['Q3']).pk}"
        noted(actor, WatchlistEntry.objects.get(), "What we think")
        seen = get(actor, place)

        Organisation.objects.filter(pk=item.firm.organisation_id).update(dark_since=utc_now())
        gone = get(actor, place)

        assert gone.json()["subject"] == {"kind": "raise", "is_visible": False}
        assert {name: gone.json()[name] for name in ("title", "tags")} == {"title": "Ours", "tags": ["Q3"]}
        hidden = (
            str(item.pk),
            str(item.firm_id),
            str(item.lead_capability_id),
            seen.json()["subject"]["startup"]["name"],
        )
        assert not any(text in gone.content.decode() for text in hidden)
        assert get(actor, f"{place}/notes").json()["results"][0]["text"] == "What we think"
        assert get(actor, ENTRIES, subject=str(item.pk)).json()["results"] == []

    def test_say_the_same_of_a_withdrawn_raise_as_of_a_dark_firm(self) -> None:
        actor, one, other = fund_actor(), RaiseFactory(), RaiseFactory()
        places = [f"{ENTRIES}/{watched(actor, item).pk}" for item in (one, other)]
        Raise.objects.filter(pk=one.pk).update(status="withdrawn")
        Organisation.objects.filter(pk=other.firm.organisation_id).update(dark_since=utc_now())

        told = [get(actor, place).json() for place in places]

        assert told[0]["subject"] == told[1]["subject"]

    def test_record_no_reading_even_where_the_firm_granted_more(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        GrantFactory(
            viewer_id=actor.organisation_id,
            viewer=Organisation.objects.get(pk=actor.organisation_id),
            subject=firm.organisation,
        )
        place = f"{ENTRIES}/{watched(actor, firm).pk}"

        told = get(actor, place).json()["subject"]
        get(actor, ENTRIES)

        assert told["startup"]["is_pseudonym"]
        assert not Event.objects.filter(name="organisations.disclosure.read").exists()

    def test_are_changed_with_the_tag_that_was_read(self) -> None:
        actor = fund_actor()
        place = f"{ENTRIES}/{watched(actor).pk}"
        tag = get(actor, place)["ETag"]
        body = {"priority": "low", "assignee": str(actor.user_id), "follow_up_on": "2027-02-01"}

        assert patch(actor, place, body).status_code == 428
        changed = patch(actor, place, body, tag)
        assert {name: changed.json()[name] for name in body} == body
        assert patch(actor, place, body, tag).status_code == 412

    def test_are_moved_by_one_of_two(self) -> None:
        actor = fund_actor()
        entry = watched(actor)
        place, stages = f"{ENTRIES}/{entry.pk}", stages_of(actor)
        tag = get(actor, place)["ETag"]

        first = post(actor, f"{place}/move", {"stage": str(stages[1].pk)}, **{"If-Match": tag})
        second = post(actor, f"{place}/move", {"stage": str(stages[2].pk)}, **{"If-Match": tag})

        assert (first.status_code, second.status_code) == (200, 412)
        assert first.json()["stage"] == str(stages[1].pk)
        moves = get(actor, f"{place}/moves").json()["results"]
        assert [(move["from_stage"], move["to_stage"]) for move in moves] == [
            (str(stages[0].pk), str(stages[1].pk)),
            (None, str(stages[0].pk)),
        ]

    def test_name_what_is_wrong(self) -> None:
        actor = fund_actor()
        body = {
            "kind": "firm",
            "subject": str(FirmFactory(organisation__dark_since=utc_now()).pk),
            "assignee": str(fund_actor().user_id),
        }

        refused = post(actor, ENTRIES, body)

        assert refused.status_code == 422
        assert [row["pointer"] for row in refused.json()["errors"]] == ["/assignee", "/subject"]

    def test_are_there_once(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        watched(actor, firm)

        again = post(actor, ENTRIES, {"kind": "firm", "subject": str(firm.pk)})

        assert (again.status_code, again.json()["code"]) == (409, "already_watched")

    def test_are_taken_off(self) -> None:
        actor = fund_actor()
        place = f"{ENTRIES}/{watched(actor).pk}"

        assert client_of(actor).delete(place).status_code == 204
        assert get(actor, place).status_code == 404

    def test_are_filtered_and_ordered(self) -> None:
        actor = fund_actor()
        second, firm = stages_of(actor)[1], FirmFactory()
        late = watched(actor, firm, follow_up_on=utc_today() - dt.timedelta(days=1), tags=["Q3", "motors"])
        mine = watched(actor, CapabilityFactory(), assignee=actor.user_id, priority="high", stage=second.pk)
        rest = watched(actor, RaiseFactory(), priority="low", tags=["Q4"], follow_up_on=utc_today())

        def found(**query: Any) -> list[str]:
            return [row["id"] for row in get(actor, ENTRIES, **query).json()["results"]]

        assert found(stage=str(second.pk)) == [str(mine.pk)]
        assert found(assignee=str(actor.user_id)) == found(assigned="true") == [str(mine.pk)]
        assert found(assigned="false") == [str(rest.pk), str(late.pk)]
        assert found(tag=["motors", "Q4"]) == [str(rest.pk), str(late.pk)]
        assert found(overdue="true") == [str(late.pk)]
        assert str(late.pk) not in found(overdue="false")
        assert found(kind="capability", priority="high") == [str(mine.pk)]
        assert found(subject=str(firm.pk)) == [str(late.pk)]
        assert found(follow_up_from=utc_today().isoformat()) == [str(rest.pk)]
        assert found(ordering="-priority") == [str(item.pk) for item in (mine, late, rest)]
        assert found(ordering="follow_up_on") == [str(item.pk) for item in (late, rest, mine)]
        assert get(actor, ENTRIES, colour="red").status_code == 400

    def test_follow_each_other_page_by_page(self) -> None:
        actor = fund_actor()
        made = [str(watched(actor, priority=name).pk) for name in ("low", "high", "normal", "high")]
        page = get(actor, ENTRIES, ordering="-priority", page_size=2)
        then = client_of(actor).get(page.json()["next"])

        order = [row["id"] for answer in (page, then) for row in answer.json()["results"]]

        assert order == [made[3], made[1], made[2], made[0]]

    def test_take_as_many_queries_for_few_as_for_many(self) -> None:
        actor = fund_actor()
        for factory in (FirmFactory, CapabilityFactory, RaiseFactory):
            watched(actor, factory())
        get(actor, ENTRIES)
        with CaptureQueriesContext(connection) as few:
            get(actor, ENTRIES)
        for factory in (FirmFactory, CapabilityFactory, RaiseFactory) * 3:
            watched(actor, factory())

        with CaptureQueriesContext(connection) as many:
            get(actor, ENTRIES)

        assert len(few) == len(many)


class TestBoard:
    def test_counts_each_stage(self) -> None:
        actor = fund_actor("viewer")
        watched(actor, priority="high", follow_up_on=utc_today() - dt.timedelta(days=1))
        watched(actor)

        first, *others = get(actor, BOARD).json()["results"]

        assert (first["count"], first["overdue_count"], first["high_count"]) == (2, 1, 1)
        assert {column["count"] for column in others} == {0}


class TestNotes:
    def test_are_written_edited_and_deleted(self) -> None:
        actor = fund_actor("editor")
        place = f"{ENTRIES}/{watched(actor).pk}/notes"

        made = post(actor, place, {"text": "One"})
        own = made["Location"]
        edited = patch(actor, own, {"text": "Two"}, get(actor, own)["ETag"])

        assert made.json()["author"] == str(actor.user_id)
        assert (edited.json()["text"], [row["text"] for row in edited.json()["earlier"]]) == ("Two", ["One"])
        assert "earlier" not in get(actor, place).json()["results"][0]
        assert client_of(actor).delete(own).status_code == 204
        assert get(actor, own).status_code == 404

    def test_are_their_author_s_to_change(self) -> None:
        actor = fund_actor("editor")
        note = noted(actor)
        place = f"{ENTRIES}/{note.entry_id}/notes/{note.pk}"
        editor, owner = colleague_of(actor, "editor"), colleague_of(actor, "owner")

        assert patch(owner, place, {"text": "Two"}, get(owner, place)["ETag"]).status_code == 403
        assert client_of(editor).delete(place).status_code == 403
        assert client_of(owner).delete(place).status_code == 204

    def test_are_found_under_their_own_entry_alone(self) -> None:
        actor = fund_actor()
        note = noted(actor)

        assert get(actor, f"{ENTRIES}/{watched(actor).pk}/notes/{note.pk}").status_code == 404


class TestReminders:
    def test_are_set_listed_and_dropped(self) -> None:
        actor = fund_actor("editor")
        place = f"{ENTRIES}/{watched(actor).pk}/reminders"
        due_at = (utc_now() + dt.timedelta(days=3)).isoformat()

        made = post(actor, place, {"due_at": due_at, "text": "Call"})

        assert (made.status_code, made.json()["person"], made.json()["told_at"]) == (201, str(actor.user_id), None)
        assert [row["id"] for row in get(actor, place).json()["results"]] == [made.json()["id"]]
        assert client_of(actor).delete(f"{place}/{made.json()['id']}").status_code == 204
        assert get(actor, place).json()["results"] == []

    def test_refuse_what_is_past(self) -> None:
        actor = fund_actor()
        place = f"{ENTRIES}/{watched(actor).pk}/reminders"

        assert post(actor, place, {"due_at": "2020-01-01T00:00:00Z"}).status_code == 422


class TestOthers:
    def test_find_nothing(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        entry = watched(actor, firm)
        note, reminder = noted(actor, entry), reminded(actor, entry)
        other = fund_actor()
        place = f"{ENTRIES}/{entry.pk}"

        assert get(other, ENTRIES).json()["results"] == []
        for path in (place, f"{place}/moves", f"{place}/notes", f"{place}/notes/{note.pk}", f"{place}/reminders"):
            assert get(other, path).status_code == 404
        assert client_of(other).delete(f"{place}/reminders/{reminder.pk}").status_code == 404
        assert get(other, f"{STAGES}/{entry.stage_id}").status_code == 404

    @pytest.mark.parametrize("kind", [Kind.FIRM, Kind.AUTHORITY, Kind.ATTESTOR, Kind.OPERATOR])
    def test_than_funds_may_not(self, kind: Kind) -> None:
        stranger = actor_of(OrganisationFactory(kind=kind.value))

        assert {get(stranger, place).status_code for place in (STAGES, BOARD, ENTRIES)} == {403}

    def test_firms_are_answered_the_same_whether_or_not_they_are_watched(self) -> None:
        item = RaiseFactory()
        owner = actor_of(item.firm.organisation)
        places = [f"/api/v1/startups/{item.firm_id}", f"/api/v1/raises/{item.pk}", "/api/v1/raises", "/api/v1/events"]

        def told() -> list[tuple[int, bytes, str]]:
            answers = [get(owner, place) for place in places]
            return [(answer.status_code, answer.content, answer.headers.get("ETag", "")) for answer in answers]

        before = told()
        fund = fund_actor()
        for row in (item, item.firm, item.lead_capability):
            entry = watched(fund, row, tags=["Q3"])
            noted(fund, entry)
            get(fund, f"{ENTRIES}/{entry.pk}")

        assert told() == before
