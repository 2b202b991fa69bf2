"""Messages about introductions."""

from __future__ import annotations

from typing import Any

import pytest

from apps.matching.services.introductions import introductions_expire, introductions_remind
from apps.matching.states import Side
from apps.notifications.kinds import KINDS
from apps.notifications.models import Notification
from apps.notifications.selectors import faces, notification_list
from apps.notifications.services.raising import kinds_of, notifications_raise
from apps.organisations.models import Organisation
from apps.startups.disclosure import firm_pseudonym
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from tests.factories.introductions import DAY, Couple

pytestmark = pytest.mark.django_db


def tell() -> None:
    """Deliver every fact that a kind of message tells of."""
    for event in Event.objects.filter(name__startswith="matching.introduction.").order_by("id"):
        for kind in kinds_of(event=event.name):
            notifications_raise(kind=kind, event=event)


def read(actor: Actor, language: str = "en") -> dict[str, Any]:
    """The actor's messages by kind."""
    rows = list(notification_list(actor=actor))
    found = faces(rows=rows, reader=actor, language=language)
    return {row.kind: found[row.pk] for row in rows}


class TestIntroductionMessages:
    def test_tell_the_asked_side_and_then_both(self) -> None:
        couple = Couple()
        made = couple.mutual(Side.INVESTOR)

        tell()

        fund_name = couple.mandate.fund.organisation.legal_name
        pseudonym = firm_pseudonym(firm_id=str(couple.raise_item.firm_id))
        firm, fund = read(couple.firm), read(couple.fund)
        assert set(firm) == {"matching.interest", "matching.mutual"}
        assert set(fund) == {"matching.mutual"}
        assert firm["matching.interest"].title == f"{fund_name} would like to be introduced"
        assert fund["matching.mutual"].title == f"Mutual interest: {pseudonym}"
        assert fund["matching.mutual"].link == f"/api/v1/introductions/{made.pk}"
        assert couple.raise_item.firm.organisation.legal_name not in str(fund)

    def test_tell_of_a_no_a_deadline_and_a_silence(self) -> None:
        couple, silent, now = Couple(), Couple(), utc_now()
        couple.decline(couple.express(Side.STARTUP))
        silent.express(Side.STARTUP, now=now)
        introductions_remind(now=now + 26 * DAY)
        introductions_expire(now=now + 31 * DAY)

        tell()

        assert set(read(couple.firm)) == {"matching.declined"}
        assert set(read(silent.fund)) == {"matching.interest", "matching.deadline", "matching.expiry"}
        assert set(read(silent.firm)) == {"matching.expiry"}

    def test_name_nobody_who_is_not_seen_any_more(self) -> None:
        couple = Couple()
        couple.express(Side.INVESTOR)
        tell()
        Organisation.objects.filter(pk=couple.fund.organisation_id).update(dark_since=utc_now())

        face = read(couple.firm)["matching.interest"]

        assert (face.title, face.link) == ("Interest in an introduction", "/api/v1/introductions")

    def test_are_raised_once_however_often_the_fact_comes(self) -> None:
        couple = Couple()
        couple.express(Side.INVESTOR)

        tell()
        tell()

        assert Notification.objects.count() == 1
        assert Notification.objects.get().kind in KINDS

    def test_speak_ukrainian(self) -> None:
        couple = Couple()
        couple.mutual()
        tell()

        assert read(couple.fund, "uk")["matching.mutual"].title.startswith("Взаємний інтерес: ")
