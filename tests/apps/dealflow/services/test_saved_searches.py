"""Keeping searches: whose they are, when they are watched, what becomes of them when people or organisations go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.dealflow.models import SavedSearch, SearchSubscription
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.services.saved_searches import (
    NotYourSearch,
    SavedSearchNameTaken,
    SavedSearchNotAcceptable,
    saved_search_create,
    saved_search_delete,
    saved_search_seen,
    saved_search_update,
    searches_join,
    searches_release,
)
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def fund() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND, country="EE"))


def colleague_of(actor: Actor) -> Actor:
    return actor_of(Organisation.objects.get(pk=actor.organisation_id))


def kept(actor: Actor, name: str = "Jammers", **values: object) -> SavedSearch:
    return saved_search_create(actor=actor, name=name, query=DealFlowQuery(stage=("seed",)), **values)  # type: ignore[arg-type]


class TestSavedSearchCreate:
    def test_tells_the_trail_nothing_of_what_is_looked_for(self) -> None:
        search = kept(fund(), name="  Secret \n jammers ", cadence="instant")

        assert search.name == "Secret jammers"
        facts = Event.objects.filter(object_id=search.pk)
        assert {fact.name for fact in facts} == {"dealflow.saved_search.created", "dealflow.saved_search.subscribed"}
        assert "ammers" not in str([fact.data for fact in facts])

    def test_is_watched_once_somebody_is_to_be_told(self) -> None:
        actor = fund()

        assert kept(actor, cadence="weekly").watched_since is not None
        assert kept(actor, "Other").watched_since is None

    @pytest.mark.parametrize(
        "values", [{"name": " \n "}, {"is_shared": False}, {"is_shared": True, "cadence": "daily"}]
    )
    def test_refuses_a_blank_name_and_what_a_key_cannot_have(self, values: dict[str, object]) -> None:
        actor = fund()
        if "name" not in values:
            actor = replace(actor, api_key_id=uuid7())

        with pytest.raises(SavedSearchNotAcceptable):
            kept(actor, **values)  # type: ignore[arg-type]


class TestSavedSearchUpdate:
    def test_ends_and_begins_to_watch(self) -> None:
        actor = fund()
        search = kept(actor, cadence="instant")

        saved_search_update(actor=actor, search=search, cadence="off")
        search.refresh_from_db()
        assert search.watched_since is None

        saved_search_update(actor=actor, search=search, cadence="daily")
        search.refresh_from_db()
        assert search.watched_since is not None

    def test_refuses_a_taken_name_and_another_persons_search(self) -> None:
        actor = fund()
        search = kept(actor, is_shared=True)
        kept(actor, "Other")

        with pytest.raises(SavedSearchNameTaken):
            saved_search_update(actor=actor, search=search, name="Other")
        with pytest.raises(NotYourSearch):
            saved_search_update(actor=colleague_of(actor), search=search, name="Third")

    def test_keeps_shared_what_belongs_to_nobody(self) -> None:
        actor = fund()
        search = kept(actor, is_shared=True)
        SavedSearch.objects.update(owner=None)
        search.refresh_from_db()

        with pytest.raises(SavedSearchNotAcceptable):
            saved_search_update(actor=colleague_of(actor), search=search, is_shared=False)
        assert saved_search_update(actor=colleague_of(actor), search=search, name="Ours").name == "Ours"


class TestSavedSearchDelete:
    def test_is_its_owners_right(self) -> None:
        actor = fund()
        search = kept(actor, is_shared=True)

        with pytest.raises(NotYourSearch):
            saved_search_delete(actor=colleague_of(actor), search=search)
        saved_search_delete(actor=actor, search=search)
        assert not SavedSearch.objects.exists()


class TestSavedSearchSeen:
    def test_is_each_persons_own(self) -> None:
        actor = fund()
        search = kept(actor, is_shared=True)
        colleague = colleague_of(actor)
        before = SearchSubscription.objects.get(user_id=actor.user_id).seen_at

        saved_search_seen(actor=colleague, search=search)

        assert SearchSubscription.objects.get(user_id=actor.user_id).seen_at == before
        assert SearchSubscription.objects.get(user_id=colleague.user_id).cadence == "off"


class TestSearchesRelease:
    def test_lets_go_of_a_person_in_one_organisation(self) -> None:
        actor = fund()
        private, shared = kept(actor, cadence="instant"), kept(actor, "Shared", is_shared=True, cadence="instant")
        other = kept(replace(actor, organisation_id=fund().organisation_id))
        assert actor.user_id is not None

        assert searches_release(user_id=actor.user_id, organisation_id=actor.organisation_id) == 1

        shared.refresh_from_db()
        assert (shared.owner_id, shared.watched_since) == (None, None)
        assert set(SavedSearch.objects.all()) == {shared, other}
        [fact] = Event.objects.filter(name="dealflow.saved_search.deleted")
        assert fact.object_id == private.pk


class TestSearchesJoin:
    def test_numbers_a_name_that_is_there_twice(self) -> None:
        actor = fund()
        into = OrganisationFactory(kind=Kind.FUND)
        kept(actor, name="x" * 120)
        kept(replace(actor, organisation_id=into.pk), name="x" * 120)

        searches_join(merged=Organisation.objects.get(pk=actor.organisation_id), into=into)

        found = SavedSearch.objects.filter(organisation=into).order_by("name")
        assert [search.name for search in found] == ["x" * 116 + " (2)", "x" * 120]
