"""The inbox, preferences and the way out over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.notifications.models import Notification, Preference
from apps.notifications.services.preferences import unsubscribe_token
from apps.organisations.selectors import actor_for_member
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.notifications import told
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

INBOX = "/api/v1/notifications"
PREFERENCES = "/api/v1/notification-preferences"
OUT = "/api/v1/unsubscribes"


@pytest.fixture
def actor() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND, country="EE"))


@pytest.fixture
def client(actor: Actor) -> APIClient:
    return client_of(actor)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


class TestInbox:
    def test_shows_ones_own_messages_newest_first(self, actor: Actor, client: APIClient) -> None:
        first, second = told(actor, name="Jammers"), told(actor)
        told(actor_of(OrganisationFactory(kind=Kind.FUND)))

        answer = client.get(INBOX)

        assert ids(answer) == [str(second.pk), str(first.pk)]
        shown = answer.json()["results"][1]
        assert shown["title"] == "New results: Jammers"
        assert shown["link"] == f"/api/v1/saved-searches/{first.subject_id}/results?new=true"
        assert shown["read_at"] is None

    def test_speaks_the_language_of_the_request(self, actor: Actor, client: APIClient) -> None:
        row = told(actor, name="Jammers")

        answer = client.get(f"{INBOX}/{row.pk}", headers={"Accept-Language": "uk"})

        assert answer.json()["title"] == "Нові результати: Jammers"

    def test_shows_nothing_of_another_organisation_of_the_same_person(self, actor: Actor) -> None:
        other = MembershipFactory(organisation=OrganisationFactory(kind=Kind.FUND), user_id=actor.user_id)
        told(actor)

        assert ids(client_of(actor_for_member(membership=other)).get(INBOX)) == []

    def test_shows_a_key_nothing(self, actor: Actor) -> None:
        row = told(actor)
        key = APIClient(headers={"Authorization": f"Bearer {key_of(actor).token}"})

        assert ids(key.get(INBOX)) == []
        assert key.get(f"{INBOX}/{row.pk}").status_code == 404
        assert key.post(f"{INBOX}/read", {}, format="json").json() == {"changed": 0, "unread": 0}

    def test_hides_and_counts_nothing_of_who_is_seen_no_more(self, actor: Actor, client: APIClient) -> None:
        firm, other = OrganisationFactory(), OrganisationFactory()
        alone, mixed = told(actor, about=[firm]), told(actor, about=[firm, other])
        assert client.get(INBOX).json()["results"][0]["count"] == 2
        firm.dark_since = utc_now()
        firm.save()

        answer = client.get(INBOX, {"with_count": "true"})

        assert ids(answer) == [str(mixed.pk)]
        assert answer.json()["count"] == 1
        assert answer.json()["results"][0]["count"] == 1
        assert client.get(f"{INBOX}/{alone.pk}").status_code == 404
        assert client.post(f"{INBOX}/read", {}, format="json").json() == {"changed": 1, "unread": 0}

    def test_filters_and_counts_the_unread(self, actor: Actor, client: APIClient) -> None:
        read, unread = told(actor), told(actor)
        assert client.post(f"{INBOX}/{read.pk}/read").json()["read_at"] is not None

        answer = client.get(INBOX, {"unread": "true", "with_count": "true"})

        assert (ids(answer), answer.json()["count"]) == ([str(unread.pk)], 1)
        assert ids(client.get(INBOX, {"unread": "false"})) == [str(read.pk)]

    def test_marks_several_or_all_as_read(self, actor: Actor, client: APIClient) -> None:
        rows = [told(actor) for _ in range(3)]

        first = client.post(f"{INBOX}/read", {"ids": [str(rows[0].pk)]}, format="json")
        second = client.post(f"{INBOX}/read", {}, format="json")

        assert first.json() == {"changed": 1, "unread": 2}
        assert second.json() == {"changed": 2, "unread": 0}

    def test_puts_away(self, actor: Actor, client: APIClient) -> None:
        rows = [told(actor) for _ in range(3)]

        client.post(f"{INBOX}/{rows[0].pk}/archive")
        answer = client.post(f"{INBOX}/archive", {"ids": [str(rows[1].pk)]}, format="json")

        assert answer.json() == {"changed": 1, "unread": 1}
        assert ids(client.get(INBOX)) == [str(rows[2].pk)]
        assert ids(client.get(INBOX, {"archived": "true"})) == [str(rows[1].pk), str(rows[0].pk)]

    def test_does_nothing_to_others_messages(self, actor: Actor, client: APIClient) -> None:
        other = told(actor_of(OrganisationFactory(kind=Kind.FUND)))

        answer = client.post(f"{INBOX}/archive", {"ids": [str(other.pk)]}, format="json")

        assert answer.json() == {"changed": 0, "unread": 0}
        assert Notification.objects.get(pk=other.pk).archived_at is None

    def test_asks_as_much_for_many_as_for_one(self, actor: Actor, client: APIClient) -> None:
        counts = []
        for _ in range(2):
            for _ in range(3):
                told(actor, about=[OrganisationFactory()])
            with CaptureQueriesContext(connection) as queries:
                ids(client.get(INBOX))
            counts.append(len(queries))

        assert counts[0] == counts[1] <= 3


class TestPreferences:
    def test_are_those_of_the_kind_until_one_says_otherwise(self, client: APIClient) -> None:
        before = {row["kind"]: row for row in client.get(PREFERENCES).json()["results"]}

        answer = client.patch(f"{PREFERENCES}/dealflow.alert", {"mail": "weekly"}, format="json")

        assert before["dealflow.alert"]["is_default"] is True
        assert before["dealflow.alert"]["mail"] == "instant"
        assert answer.json() == {
            "kind": "dealflow.alert",
            "name": "New results of saved searches",
            "inbox": True,
            "mail": "weekly",
            "is_default": False,
        }

    def test_refuse_what_is_none(self, client: APIClient) -> None:
        assert client.patch(f"{PREFERENCES}/dealflow.alert", {"mail": "hourly"}, format="json").status_code == 422
        assert client.patch(f"{PREFERENCES}/nothing", {"mail": "off"}, format="json").status_code == 404

    def test_are_none_for_a_key(self, actor: Actor) -> None:
        key = APIClient(headers={"Authorization": f"Bearer {key_of(actor).token}"})

        assert key.get(PREFERENCES).json()["results"] == []
        assert key.patch(f"{PREFERENCES}/dealflow.alert", {"mail": "off"}, format="json").status_code == 403
        assert not Preference.objects.exists()


class TestUnsubscribe:
    def test_takes_one_click_of_a_mail_program(self, actor: Actor) -> None:
        token = unsubscribe_token(user_id=actor.user_id, kinds=["dealflow.alert"])

        answers = [Client().post(f"{OUT}/{token}", {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

        assert [answer.json() for answer in answers] == [{"ended": 1}, {"ended": 0}]
        assert Preference.objects.get().mail == "off"

    def test_takes_the_encoded_form_too(self, actor: Actor) -> None:
        token = unsubscribe_token(user_id=actor.user_id, kinds=["dealflow.alert"])

        answer = Client().post(
            f"{OUT}/{token}",
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )

        assert answer.json() == {"ended": 1}

    def test_is_not_done_by_looking(self, actor: Actor) -> None:
        token = unsubscribe_token(user_id=actor.user_id, kinds=["dealflow.alert"])

        assert Client().get(f"{OUT}/{token}").status_code == 405
        assert not Preference.objects.exists()

    def test_ends_these_or_all_from_the_page(self, actor: Actor) -> None:
        token = unsubscribe_token(user_id=actor.user_id, kinds=["dealflow.alert"])

        first = APIClient().post(OUT, {"token": token}, format="json")
        second = APIClient().post(OUT, {"token": token, "scope": "everything"}, format="json")

        assert first.json() == {"ended": 1}
        assert second.json()["ended"] >= 1
        assert set(Preference.objects.values_list("mail", "inbox")) == {("off", True)}

    def test_answers_every_bad_link_alike(self, actor: Actor) -> None:
        token = unsubscribe_token(user_id=actor.user_id, kinds=["dealflow.alert"])

        answers = [APIClient().post(OUT, {"token": bad}, format="json") for bad in (token[:-1], "x", f"{token}x")]

        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(422, "link_not_usable")}
