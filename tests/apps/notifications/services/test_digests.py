"""Collected mails come once a period, with what is still to be told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from apps.notifications.models import Digest, Notification, Preference
from apps.notifications.services.digests import digest_mail, digests_plan, period_of
from apps.permissions import Kind
from kernel.access import Actor
from kernel.models import Slot
from tests.factories.notifications import told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)


def at(hours: float) -> dt.datetime:
    """Hours after Monday, 6:00 UTC."""
    return MONDAY + dt.timedelta(hours=hours)


def waiting(actor: Actor, cadence: str, created_at: dt.datetime, **values: str) -> Notification:
    row = told(actor, cadence=cadence, **values)
    Notification.objects.filter(pk=row.pk).update(created_at=created_at)
    return row


@pytest.fixture
def actor() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND, country="EE"))


class TestPeriodOf:
    @pytest.mark.parametrize(
        ("cadence", "hours", "expected"),
        [
            ("daily", 0, 0),
            ("daily", -0.01, -24),
            ("daily", 23.9, 0),
            ("weekly", 0, 0),
            ("weekly", -0.01, -7 * 24),
            ("weekly", 6.9 * 24, 0),
        ],
    )
    def test_ends_at_six(self, cadence: str, hours: float, expected: float) -> None:
        assert period_of(cadence=cadence, now=at(hours)) == at(expected)


class TestDigestsPlan:
    def test_plans_each_period_once_even_with_two_clocks(self, actor: Actor) -> None:
        waiting(actor, "daily", at(-1))

        assert [digests_plan(now=at(hours)) for hours in (0.1, 0.1, 0.2)] == [1, 0, 0]
        Slot.objects.all().delete()
        assert digests_plan(now=at(0.3)) == 0
        assert Digest.objects.count() == 1

    def test_plans_for_nobody_without_news_of_a_whole_period(self, actor: Actor) -> None:
        waiting(actor, "daily", at(0.05))
        waiting(actor, "instant", at(-1))

        assert digests_plan(now=at(0.1)) == 0
        assert digests_plan(now=at(24.1)) == 1

    def test_makes_up_for_a_week_that_no_clock_closed(self, actor: Actor) -> None:
        waiting(actor, "weekly", at(-30))

        assert digests_plan(now=at(50)) == 1
        assert Digest.objects.get().period == MONDAY


class TestDigestMail:
    def test_collects_what_is_of_one_search_in_one_line(self, actor: Actor) -> None:
        firms = [OrganisationFactory(), OrganisationFactory(), OrganisationFactory()]
        first = told(actor, cadence="daily", about=firms[:2], name="Jammers")
        second = told(actor, cadence="daily", about=firms[2:], name="Drones")
        Notification.objects.filter(pk=second.pk).update(subject_id=first.subject_id)
        Notification.objects.update(created_at=at(-1))
        digests_plan(now=at(0.1))
        digest = Digest.objects.get()

        outcomes = [digest_mail(digest_id=digest.pk) for _ in range(2)]

        assert outcomes == [True, False]
        [letter] = mail.outbox
        assert letter.subject == "Tandem: your day"
        assert str(letter.body).count("Jammers") == 1
        assert "New results: 3." in str(letter.body)
        assert letter.message()["Message-ID"].startswith(f"<digest-{digest.pk}@")
        assert not Notification.objects.filter(mailed_at=None).exists()

    def test_leaves_what_came_after_the_period_to_the_next(self, actor: Actor) -> None:
        waiting(actor, "daily", at(-1), name="Before")
        waiting(actor, "daily", at(1), name="After")
        digests_plan(now=at(0.1))

        digest_mail(digest_id=Digest.objects.get().pk)

        [letter] = mail.outbox
        assert "Before" in str(letter.body)
        assert "After" not in str(letter.body)

    @pytest.mark.parametrize("wish", ["off", "weekly"])
    def test_is_not_sent_to_who_wants_it_no_more_or_more_rarely(self, actor: Actor, wish: str) -> None:
        waiting(actor, "daily", at(-1))
        digests_plan(now=at(0.1))
        Preference.objects.create(user_id=actor.user_id, kind="dealflow.alert", mail=wish)

        assert digest_mail(digest_id=Digest.objects.get().pk) is False
        assert mail.outbox == []

    def test_tells_nothing_of_who_is_seen_no_more(self, actor: Actor) -> None:
        firm = OrganisationFactory()
        row = told(actor, cadence="daily", about=[firm])
        Notification.objects.filter(pk=row.pk).update(created_at=at(-1))
        digests_plan(now=at(0.1))
        firm.dark_since = MONDAY
        firm.save()

        assert digest_mail(digest_id=Digest.objects.get().pk) is False
        assert mail.outbox == []
