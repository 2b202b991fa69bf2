"""The start of a firm."""

from decimal import Decimal
from typing import Any

import pytest

from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.models import Capability, Raise, StartDraft
from apps.startups.services.starts import StartIncomplete, StartNotAcceptable
from kernel.models import Event
from kernel.states import NotPermitted
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import FirmFactory, StartDraftFactory

pytestmark = pytest.mark.django_db


class TestStartSave:
    def test_keeps_any_of_the_fields(self) -> None:
        firm, area = FirmFactory(), AreaFactory(code="T1")
        actor = actor_of(firm.organisation)

        services.start_save(actor=actor, firm=firm, area="T1", title="Interceptor")
        services.start_save(actor=actor, firm=firm, amount=Decimal(5), currency="EUR", title=None)

        draft = StartDraft.objects.get()
        assert (draft.area, draft.title, draft.amount, draft.currency) == (area, None, 5, "EUR")
        assert (draft.trl, draft.version) == (None, 3)
        told = list(Event.objects.filter(name="startups.start.saved").order_by("id").values_list("data", flat=True))
        assert told == [{"fields": ["area", "title"]}, {"fields": ["amount", "currency", "title"]}]

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"area": "NONE"}, "/area"),
            ({"amount": Decimal(0), "currency": "EUR"}, "/amount/amount"),
            ({"amount": Decimal(5), "currency": "XTS"}, "/amount/currency"),
            ({"amount": Decimal(5)}, "/amount/currency"),
            ({"instruments": ["equity", "loan"]}, "/instruments"),
        ],
    )
    def test_judges_each_value_by_itself_and_loses_nothing(self, values: dict[str, Any], pointer: str) -> None:
        draft = StartDraftFactory(title="Kept")
        actor = actor_of(draft.firm.organisation)

        with pytest.raises(StartNotAcceptable) as refusal:
            services.start_save(actor=actor, firm=draft.firm, title="Another", **values)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]
        assert StartDraft.objects.get().title == "Kept"

    def test_takes_the_amount_back_with_its_currency(self) -> None:
        draft = StartDraftFactory()

        services.start_save(actor=actor_of(draft.firm.organisation), firm=draft.firm, amount=None)

        draft.refresh_from_db()
        assert (draft.amount, draft.currency) == (None, None)

    def test_is_for_the_own_firm_only(self) -> None:
        with pytest.raises(NotYours):
            services.start_save(actor=actor_of(OrganisationFactory()), firm=FirmFactory(), title="T")


class TestStartPublish:
    def test_makes_a_published_capability_and_a_draft_raise_of_it(self) -> None:
        draft = StartDraftFactory()

        started = services.start_publish(actor=actor_of(draft.firm.organisation), firm=draft.firm)

        capability, item = Capability.objects.get(), Raise.objects.get()
        assert (capability, item) == (started.capability, started.item)
        assert (capability.status, capability.title, capability.trl, capability.flags) == (
            "published", "Interceptor", 6, None,
        )  # fmt: skip
        assert (item.status, item.lead_capability, item.amount, item.stage) == ("draft", capability, 500_000, "seed")
        draft.firm.refresh_from_db()
        assert draft.firm.staff == 12
        assert not StartDraft.objects.exists()
        told = Event.objects.get(name="startups.start.published")
        assert told.data == {"capability_id": str(capability.pk), "raise_id": str(item.pk)}

    def test_names_each_missing_field_and_makes_nothing(self) -> None:
        draft = StartDraftFactory(title=None, trl=None)

        with pytest.raises(StartIncomplete) as refusal:
            services.start_publish(actor=actor_of(draft.firm.organisation), firm=draft.firm)

        assert [problem.pointer for problem in refusal.value.errors] == ["/title", "/trl"]
        assert StartDraft.objects.exists()
        assert not Capability.objects.exists()

    def test_names_all_eight_without_a_draft(self) -> None:
        firm = FirmFactory()

        with pytest.raises(StartIncomplete) as refusal:
            services.start_publish(actor=actor_of(firm.organisation), firm=firm)

        assert len(refusal.value.errors) == 8

    def test_keeps_the_draft_of_who_may_not_publish(self) -> None:
        draft = StartDraftFactory()

        with pytest.raises(NotPermitted):
            services.start_publish(actor=actor_of(draft.firm.organisation, "viewer"), firm=draft.firm)

        assert StartDraft.objects.exists()
        assert not Capability.objects.exists()
