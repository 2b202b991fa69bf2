"""What of a fact its reader may know."""

import datetime as dt
import uuid
from typing import Any

import pytest

from apps.audit.disclosure import Face, faces
from apps.audit.services import reads_record
from apps.organisations import events
from kernel.access import Actor
from kernel.api.reads import Disclosed
from kernel.events import publish
from kernel.models import Event
from tests.factories.organisations import GrantFactory, MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def face(event: Event, reader: Actor) -> Face:
    return faces(events=[event], actor=reader)[0]


def updated(actor: Actor, organisation: Any, name: str = events.ORGANISATION_UPDATED, **data: Any) -> Event:
    event: Event = publish(name, actor=actor, subject=organisation, organisation_id=organisation.pk, data=data)
    return event


def read(reader: Actor, *rows: tuple[Any, int]) -> Event:
    shown = [Disclosed("startups.firm", uuid.uuid4(), subject.pk, tier) for subject, tier in rows]
    reads_record(actor=reader, operation="startups.list", disclosed=shown)
    return Event.objects.latest("id")


class TestActor:
    def test_names_ones_own_person(self) -> None:
        mine = OrganisationFactory()
        me = actor_of(mine)

        assert face(updated(me, mine), me).actor == f"user:{me.user_id}"

    def test_names_the_organisation_of_anothers_person(self) -> None:
        firm, fund = OrganisationFactory(), OrganisationFactory(kind="fund")

        assert face(updated(actor_of(fund), firm), actor_of(firm)).actor == f"organisation:{fund.pk}"

    @pytest.mark.parametrize(
        "hiding", [{"dark_since": LONG_AGO}, {"standing": "suspended"}, {"standing": "registered"}], ids=str
    )
    def test_names_no_organisation_that_is_hidden(self, hiding: dict[str, Any]) -> None:
        firm, fund = OrganisationFactory(), OrganisationFactory(kind="fund", **hiding)

        assert face(updated(actor_of(fund), firm), actor_of(firm)).actor == "organisation"

    def test_names_a_firm_to_the_firm_that_granted_it_something_only(self) -> None:
        reader, granting, other = (OrganisationFactory() for _ in range(3))
        GrantFactory(viewer=reader, subject=granting)

        shown = [face(updated(actor_of(reader), firm), actor_of(firm)).actor for firm in (granting, other)]

        assert shown == [f"organisation:{reader.pk}", "organisation"]

    def test_tells_operators_and_the_system_without_an_id(self) -> None:
        firm, operator = OrganisationFactory(), OrganisationFactory(kind="operator")

        shown = [face(updated(who, firm), actor_of(firm)).actor for who in (actor_of(operator), Actor.system())]

        assert shown == ["operator", "system"]

    def test_cuts_the_operators_id_from_what_it_did(self) -> None:
        firm, operator = OrganisationFactory(), OrganisationFactory(kind="operator")

        assert face(updated(actor_of(operator), firm, operator=str(operator.pk)), actor_of(firm)).data == {}

    def test_names_a_person_without_organisation_once_it_is_a_member(self) -> None:
        firm, joined, stranger = OrganisationFactory(), MembershipFactory(), uuid.uuid4()
        me = actor_of(joined.organisation)
        own, foreign = (Actor(user_id=person) for person in (joined.user_id, stranger))

        assert face(updated(own, joined.organisation), me).actor == f"user:{joined.user_id}"
        assert face(updated(foreign, firm), actor_of(firm)).actor == "person"

    def test_names_a_member_that_joined_while_it_acted_for_another(self) -> None:
        joined = MembershipFactory()
        elsewhere = Actor(user_id=joined.user_id, organisation_id=OrganisationFactory(kind="fund").pk)

        event = updated(elsewhere, joined.organisation, events.INVITATION_ACCEPTED)

        assert face(event, actor_of(joined.organisation)).actor == f"user:{joined.user_id}"


class TestOwnActs:
    def test_show_the_request_and_the_object(self) -> None:
        mine = OrganisationFactory()

        shown = face(updated(actor_of(mine), mine, fields=["legal_name"]), actor_of(mine))

        assert shown.hidden == frozenset()
        assert (shown.organisation, shown.object_id) == (mine.pk, mine.pk)
        assert shown.data == {"fields": ["legal_name"]}

    def test_keep_what_was_done_to_another_and_forget_who_it_was_once_it_hides(self) -> None:
        fund = OrganisationFactory(kind="fund")
        authority = OrganisationFactory(kind="authority")
        event = updated(actor_of(fund), authority, tier=2, to=str(authority.pk), case=str(uuid.uuid4()))
        before = face(event, actor_of(fund))

        authority.dark_since = LONG_AGO
        authority.save()
        after = face(event, actor_of(fund))

        assert before.organisation == authority.pk
        assert before.hidden == frozenset()
        assert set(before.data) == {"tier", "to", "case"}
        assert after.hidden == {"organisation", "object_type", "object_id"}
        assert after.data == {"tier": 2}
        assert str(authority.pk) not in str(after.data)

    def test_cut_the_ids_of_organisations_that_hide_meanwhile(self) -> None:
        mine, viewer = OrganisationFactory(), OrganisationFactory(kind="fund", dark_since=LONG_AGO)
        grant = str(uuid.uuid4())

        shown = face(updated(actor_of(mine), mine, viewer=str(viewer.pk), grant=grant), actor_of(mine))

        assert shown.data == {"grant": grant}


class TestOthersActs:
    def test_hide_the_request_and_ids_of_others(self) -> None:
        firm = OrganisationFactory()
        member = MembershipFactory(organisation=firm)
        stranger = str(uuid.uuid4())
        data = {
            "fields": ["standing"],
            "user_id": str(member.user_id),
            "self": str(firm.pk),
            "other": stranger,
            "places": [f"/case/{stranger}", "x"],
            "deep": {stranger: 1, "kept": {"n": 1, "id": stranger}},
        }

        shown = face(updated(Actor.system(), firm, **data), actor_of(firm))

        assert shown.hidden == {"request_id"}
        assert shown.data == {
            "fields": ["standing"],
            "user_id": str(member.user_id),
            "self": str(firm.pk),
            "places": ["x"],
            "deep": {"kept": {"n": 1}},
        }
        assert shown.object_id == firm.pk


class TestReads:
    def test_show_the_subject_its_own_rows_alone(self) -> None:
        firm, other = OrganisationFactory(), OrganisationFactory()
        fund = OrganisationFactory(kind="fund")
        event = read(actor_of(fund), (firm, 2), (other, 3))
        mine = event.data["objects"][0]

        shown = face(event, actor_of(firm))

        assert shown.actor == f"organisation:{fund.pk}"
        assert shown.organisation == firm.pk
        assert (shown.object_type, shown.object_id) == ("startups.firm", uuid.UUID(mine["id"]))
        assert shown.data == {"operation": "startups.list", "tier": 2, "objects": [mine]}

    def test_do_not_tell_whether_others_were_read_with_it(self) -> None:
        firm, fund = OrganisationFactory(), actor_of(OrganisationFactory(kind="fund"))
        alone, among = read(fund, (firm, 2)), read(fund, (OrganisationFactory(), 4), (firm, 2))

        faced = [face(event, actor_of(firm)) for event in (alone, among)]

        told = [
            (item.actor, item.organisation, item.object_type, item.hidden, len(item.data["objects"])) for item in faced
        ]
        assert told[0] == told[1]
        assert faced[0].data["tier"] == faced[1].data["tier"] == 2

    def test_show_the_reader_what_it_read_but_no_firms_organisation(self) -> None:
        firm, fund = OrganisationFactory(), OrganisationFactory(kind="fund")
        event = read(actor_of(fund), (firm, 2))

        shown = face(event, actor_of(fund))

        assert shown.hidden == {"organisation"}
        assert str(shown.object_id) == event.data["objects"][0]["id"]
        assert str(firm.pk) not in str(shown.data)

    def test_forget_rows_of_who_hides_meanwhile(self) -> None:
        fund, kept = OrganisationFactory(kind="fund"), OrganisationFactory()
        dark = OrganisationFactory(dark_since=LONG_AGO)
        event = read(actor_of(fund), (dark, 2), (kept, 2))
        alone = read(actor_of(fund), (dark, 2))

        several, sole = (face(item, actor_of(fund)) for item in (event, alone))

        assert [item["id"] for item in several.data["objects"]] == [event.data["objects"][1]["id"]]
        assert sole.data == {"operation": "startups.list", "tier": 2, "objects": []}
        assert sole.hidden == {"organisation", "object_type", "object_id"}


class TestFaces:
    def test_take_two_queries_for_any_number(self, django_assert_num_queries: Any) -> None:
        firm = OrganisationFactory()
        me = actor_of(firm)
        made = [updated(actor_of(OrganisationFactory(kind="fund")), firm) for _ in range(10)]

        with django_assert_num_queries(2):
            faces(events=made, actor=me)


class TestOwn:
    """What a fact says belongs to its organisation."""

    def told(self, subject: Any) -> Event:
        own = {"capabilities": {"created": 1, "ids": [str(uuid.uuid4())]}}
        return updated(Actor.system(), subject, own=own, batch=str(uuid.uuid4()))

    def test_is_shown_with_its_ids(self) -> None:
        firm = OrganisationFactory()
        event = self.told(firm)

        assert face(event, actor_of(firm)).data == {"own": event.data["own"]}

    def test_takes_no_query_for_each_id(self, django_assert_num_queries: Any) -> None:
        firm = OrganisationFactory()
        event, me = self.told(firm), actor_of(firm)

        with django_assert_num_queries(2):
            face(event, me)

    def test_is_cut_for_another_organisation(self) -> None:
        firm, other = OrganisationFactory(), OrganisationFactory(kind="fund")
        event = self.told(firm)

        assert face(event, actor_of(other)).data == {}
