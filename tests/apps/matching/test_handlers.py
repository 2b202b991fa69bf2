"""Which facts touch whom."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from apps.investors import events as investors
from apps.investors import services as investor_services
from apps.matching import events, handlers
from apps.matching.models import MatchRun, Touched
from apps.matching.services import touching
from apps.organisations.services import darkness
from apps.startups import events as startups
from apps.startups import services as startup_services
from kernel.events import subscribers
from kernel.ids import uuid7
from tests.factories.investors import LeverFactory
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import actor_of

NOT_SCORED = {
    # What enters no fact that the engine is given.
    startups: {
        "FIRM_REGISTERED", "START_SAVED", "START_PUBLISHED", "RAISE_CREATED", "CAPABILITY_EXPORT_CLASS_CONFIRMED",
        "CAPABILITY_CODIFICATION_CONFIRMED", "TRACKER_CREATED", "TRACKER_UPDATED", "TRACKER_ROTATED",
        "TRACKER_DISABLED", "TRACKER_RECEIVED", "ATTESTATION_REQUESTED", "ATTESTATION_GIVEN", "ATTESTATION_WITHDRAWN",
        "ATTESTATION_REQUEST_DECIDED", "ATTESTATION_REQUEST_CANCELLED", "ATTESTATION_REQUEST_EXPIRED",
        "ATTESTOR_SEAT_OPENED", "ATTESTOR_SEAT_DISABLED", "ATTESTOR_ADMITTED", "ATTESTOR_ADMISSION_ENDED",
        "ATTESTOR_ADDRESS_VOUCHED", "ATTESTOR_ADDRESS_REFUSED", "SELF_ATTESTATION_REFUSED",
    },
    # A lever that is new is in no mandate yet; each of those that a load changed is told of by itself.
    investors: {"LEVER_CREATED", "LEVERS_LOADED", "MANDATE_CREATED", "MANDATE_PROBED"},
}  # fmt: skip


def event(**fields):
    return SimpleNamespace(**{"object_id": uuid7(), "organisation_id": None, "data": {}, **fields})


def touched():
    return set(Touched.objects.values_list("organisation_id", flat=True))


class TestSubscriptions:
    @pytest.mark.parametrize("module", [startups, investors])
    def test_every_fact_of_registry_and_mandates_is_followed_or_enters_no_score(self, module):
        names = {name: value for name, value in vars(module).items() if name.isupper()}

        followed = {
            name
            for name, value in names.items()
            if any(handler.startswith("apps.matching.handlers.") for handler in subscribers(value))
        }

        assert followed | NOT_SCORED[module] == set(names)
        assert not followed & NOT_SCORED[module]


@pytest.mark.django_db
class TestTouch:
    def test_the_owner_of_the_fact(self):
        owner = uuid7()

        handlers.touch_owner(event(organisation_id=owner))

        assert touched() == {owner}

    def test_the_organisation_that_the_fact_is_about(self):
        about = uuid7()

        handlers.touch_organisation(event(object_id=about, organisation_id=uuid7()))

        assert touched() == {about}

    def test_both_entries_that_became_one(self):
        merged, into = uuid7(), uuid7()

        handlers.touch_merged(event(object_id=merged, data={"into": str(into)}))

        assert touched() == {merged, into}

    def test_the_screened(self):
        first, second = uuid7(), uuid7()

        handlers.touch_screened(event(data={"organisation": str(first)}))
        handlers.touch_screened_again(event(data={"screened": str(second)}))

        assert touched() == {first, second}

    def test_the_funds_that_use_a_lever(self):
        lever = LeverFactory()
        covered, _ = mandate_made(lever=lever), mandate_made()

        handlers.touch_covered(event(object_id=lever.pk))

        assert touched() == {covered.fund.organisation_id}

    def test_the_fund_that_decided(self):
        mandate = mandate_made()

        handlers.touch_decided(event(data={"fund": str(mandate.fund_id)}))

        assert touched() == {mandate.fund.organisation_id}

    def test_areas_ask_for_a_run_over_everything(self):
        mandate_made()
        handlers.score_anew(event())
        assert not MatchRun.objects.exists()
        run = run_drained()

        handlers.score_anew(event())
        handlers.score_anew(event())

        assert MatchRun.objects.exclude(pk=run.pk).get().status == "queued"

    def test_a_new_generation_wakes_whoever_refreshes(self, monkeypatch):
        sent = []
        monkeypatch.setattr(touching, "send", lambda task, queue: sent.append((task, queue)))

        handlers.follow_generation(event())

        assert sent == [("matching.refresh", "freshness")]
        assert handlers.__name__ + ".follow_generation" in subscribers(events.RUN_PUBLISHED)


@pytest.mark.django_db
class TestFromTheService:
    """Facts as services publish them arrive with what the handlers read."""

    @pytest.fixture(autouse=True)
    def delivered(self, django_capture_on_commit_callbacks):
        from kernel.models import Delivery
        from kernel.outbox import delivery_make

        def deliver():
            for delivery in Delivery.objects.filter(delivered_at=None):
                if delivery.subscriber.startswith("apps.matching.handlers."):
                    assert delivery_make(delivery_id=delivery.pk) == "delivered"
            return touched()

        return deliver

    def test_a_raise(self, delivered):
        mandate_made()
        item = raise_made()
        actor = actor_of(item.firm.organisation)

        startup_services.raise_update(actor=actor, item=item, amount=Decimal("1500000.00"))

        assert delivered() == {item.firm.organisation_id}

    def test_a_mandate(self, delivered):
        mandate = mandate_made()
        actor = actor_of(mandate.fund.organisation)

        investor_services.mandate_update(actor=actor, mandate=mandate, ticket_max=Decimal("6000000.00"))

        assert delivered() == {mandate.fund.organisation_id}

    def test_going_dark(self, delivered):
        mandate_made()
        item = raise_made()

        darkness.organisation_go_dark(organisation=item.firm.organisation, actor=actor_of(item.firm.organisation))

        assert item.firm.organisation_id in delivered()
