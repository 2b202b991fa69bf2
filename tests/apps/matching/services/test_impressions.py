"""Impressions."""

import dataclasses
import datetime as dt
from uuid import uuid4

import pytest

from apps.matching.models import Impression
from apps.matching.services.impressions import KEPT_DAYS, explanation_record, impressions_tidy, page_record
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from tests.factories.matching import run_drained
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer():
    return actor_of(OrganisationFactory(kind="fund"))


def page(viewer, run, counterparts, rank=1, owner_id=None):
    page_record(
        actor=viewer,
        run=run,
        side="investor",
        section="ranked",
        owner_id=owner_id or run.pk,
        first_rank=rank,
        counterpart_ids=counterparts,
    )


class TestPageRecord:
    def test_keeps_a_page_once_a_day(self, viewer, django_assert_num_queries):
        run, counterparts = run_drained(), [uuid4() for _ in range(50)]

        with django_assert_num_queries(1):
            page(viewer, run, counterparts)
        page(viewer, run, counterparts)
        page(viewer, run, counterparts[:10], rank=51)

        first, second = Impression.objects.order_by("first_rank")
        assert (first.organisation_id, first.counterpart_ids) == (viewer.organisation_id, counterparts)
        assert (first.first_rank, second.first_rank, first.shown_on) == (1, 51, utc_today())

    def test_keeps_each_viewer_apart(self, viewer):
        run, counterparts = run_drained(), [uuid4()]

        page(viewer, run, counterparts)
        page(actor_of(OrganisationFactory(kind="fund")), run, counterparts)

        assert Impression.objects.count() == 2

    def test_keeps_no_empty_page_and_nobody_in_particular(self, viewer):
        run = run_drained()

        page(viewer, run, [])
        page(Actor.system(), run, [uuid4()])
        page(dataclasses.replace(viewer, preview=1), run, [uuid4()])

        assert not Impression.objects.exists()


class TestExplanationRecord:
    def test_keeps_what_was_opened_once_a_day(self, viewer):
        run, owner, counterpart = run_drained(), uuid4(), uuid4()

        for _ in range(2):
            explanation_record(actor=viewer, run=run, side="investor", owner_id=owner, counterpart_id=counterpart)

        row = Impression.objects.get()
        assert (row.kind, row.owner_id, row.counterpart_ids) == ("explanation", owner, [counterpart])


class TestVisibleTo:
    def test_one_sees_ones_own_and_operators_all(self, viewer):
        page(viewer, run_drained(), [uuid4()])
        operator = actor_of(OrganisationFactory(kind="operator", country="EE"))

        assert Impression.objects.visible_to(viewer).count() == 1
        assert Impression.objects.visible_to(operator).count() == 1
        assert not Impression.objects.visible_to(actor_of(OrganisationFactory(kind="fund"))).exists()
        assert not Impression.objects.visible_to(Actor.anonymous()).exists()


class TestImpressionsTidy:
    def test_removes_what_is_older_than_two_years_once_a_day(self, viewer):
        run, now = run_drained(), database_now()
        for days in (0, KEPT_DAYS, KEPT_DAYS + 1):
            page(viewer, run, [uuid4()])
            Impression.objects.filter(shown_on=utc_today()).update(shown_on=now.date() - dt.timedelta(days=days))

        assert impressions_tidy(now=now) == 1
        assert impressions_tidy(now=now) == 0
        assert Impression.objects.count() == 2
