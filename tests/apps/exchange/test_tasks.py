"""The periodic work of exports."""

import datetime as dt

import pytest

from apps.exchange.models import Export
from apps.exchange.tasks import exports_expire
from config.celery import app
from kernel.clock import utc_now
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory


class TestExportsExpire:
    @pytest.mark.django_db
    def test_drops_the_content_of_what_is_past_its_time(self):
        for days in (-1, 1):
            Export.objects.create(
                organisation=OrganisationFactory(),
                requested_by=UserFactory(),
                what="own",
                tables=["startups"],
                format="csv",
                status="ready",
                content=b"sealed",
                expires_at=utc_now() + dt.timedelta(days=days),
            )

        exports_expire()

        assert list(Export.objects.order_by("expires_at").values_list("status", flat=True)) == ["expired", "ready"]

    def test_is_on_the_beat(self):
        assert exports_expire.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
