"""Words are found when they are read, as far as the reader may know them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.models import SavedSearch
from apps.notifications.selectors import faces, notification_list, wishes
from apps.permissions import Kind
from kernel.access import Actor
from tests.factories.notifications import told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND))


class TestFaces:
    @pytest.mark.parametrize(
        ("language", "title"),
        [("en", "New results: Jammers"), ("uk-UA", "Нові результати: Jammers"), ("", "New results: Jammers")],
    )
    def test_speak_the_language_that_is_asked_for(self, actor: Actor, language: str, title: str) -> None:
        row = told(actor, name="Jammers")

        found = faces(rows=list(notification_list(actor=actor)), reader=actor, language=language)

        assert found[row.pk].title == title
        assert found[row.pk].link == f"/api/v1/saved-searches/{row.subject_id}/results?new=true"

    def test_say_nothing_of_what_the_reader_may_no_longer_know(self, actor: Actor) -> None:
        row = told(actor, name="Jammers")
        SavedSearch.objects.update(owner=None, is_shared=True, organisation=OrganisationFactory(kind=Kind.FUND))

        found = faces(rows=list(notification_list(actor=actor)), reader=actor, language="en")

        assert (found[row.pk].title, found[row.pk].link) == ("A saved search", "/api/v1/saved-searches")

    def test_ask_once_for_each_kind(self, actor: Actor) -> None:
        for _ in range(3):
            told(actor)
        rows = list(notification_list(actor=actor))

        with CaptureQueriesContext(connection) as queries:
            faces(rows=rows, reader=actor, language="en")

        assert len(queries) == 1


class TestWishes:
    def test_are_those_of_the_kinds_by_default(self, actor: Actor) -> None:
        assert actor.user_id is not None
        assert {wish.is_default for wish in wishes(user_id=actor.user_id).values()} == {True}
