"""The history of mandates' terms."""

from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import InternalError, ProgrammingError, connection, transaction

from apps.investors import services
from apps.investors.models import Mandate, MandateVersion
from apps.investors.services.versions import LEFT_OUT
from apps.investors.states import MandateStatus
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import uuid7
from tests.factories.investors import FundFactory, LeverFactory, MandateFactory
from tests.factories.organisations import actor_of
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db


def recorded(**values: Any) -> Mandate:
    """A mandate with its first version."""
    mandate = MandateFactory(**values)
    services.versions_record(actor=Actor.system(), mandate_ids=[mandate.pk])
    return mandate


def changes(mandate: Mandate) -> list[list[dict[str, Any]]]:
    """What each version changed, the oldest first."""
    return list(MandateVersion.objects.filter(mandate=mandate).order_by("number").values_list("changes", flat=True))


class TestVersionsRecord:
    def test_begins_with_all_that_is_stated(self) -> None:
        fund = FundFactory()
        actor = actor_of(fund.organisation)
        areas = [(AreaFactory(code="T1").code, 1.0)]

        mandate = services.mandate_create(
            actor=actor,
            fund=fund,
            name="Early",
            areas=areas,
            ticket_min=Decimal(1),
            ticket_max=Decimal("2.5"),
            currency="EUR",
            instruments=["equity"],
        )

        version = MandateVersion.objects.get()
        assert (version.mandate_id, version.number, version.actor) == (mandate.pk, 1, f"user:{actor.user_id}")
        assert {item["field"]: (item["from"], item["to"]) for item in version.changes} == {
            "name": (None, "Early"),
            "areas": (None, [["T1", 1.0]]),
            "ticket_min": (None, "1.00"),
            "ticket_max": (None, "2.50"),
            "currency": (None, "EUR"),
            "instruments": (None, ["equity"]),
            "status": (None, "draft"),
        }

    def test_knows_every_term(self) -> None:
        mandate = recorded()

        names = {field.name for field in Mandate._meta.concrete_fields}
        assert set(MandateVersion.objects.get(mandate=mandate).terms) == names - LEFT_OUT
        assert names >= LEFT_OUT

    def test_tells_from_what_to_what(self) -> None:
        lever = LeverFactory()
        mandate = recorded()
        actor = actor_of(mandate.fund.organisation, "editor")

        services.mandate_update(
            actor=actor,
            mandate=mandate,
            lever=lever.pk,
            ticket_max=Decimal(6_000_000),
            thesis="Fast",
            name=mandate.name,
        )

        version = MandateVersion.objects.get(number=2)
        assert version.actor == f"user:{actor.user_id}"
        assert sorted(version.changes, key=lambda item: item["field"]) == [
            {"field": "lever", "from": None, "to": str(lever.pk)},
            {"field": "thesis", "from": "", "to": "Fast"},
            {"field": "ticket_max", "from": "5000000.00", "to": "6000000.00"},
        ]
        assert version.terms["ticket_max"] == "6000000.00"

    def test_keeps_amounts_exactly(self) -> None:
        mandate = recorded()
        exact = Decimal("9007199254740993.07")

        services.mandate_update(actor=Actor.system(), mandate=mandate, ticket_max=exact)

        assert MandateVersion.objects.get(number=2).terms["ticket_max"] == str(exact)

    def test_agrees_with_what_mandates_of_before_were_given(self) -> None:
        mandate = MandateFactory(lever=LeverFactory(), tenor_years=Decimal("7.5"))
        import_module("apps.investors.migrations.0004_versions_by_hand").begin(apps, None)

        recorded_again = services.versions_record(actor=Actor.system(), mandate_ids=[mandate.pk])

        version = MandateVersion.objects.get(mandate=mandate)
        assert (recorded_again, version.number, version.actor) == (0, mandate.version, "system")
        assert {"field": "tenor_years", "from": None, "to": "7.500"} in version.changes

    def test_says_nothing_of_what_is_the_same(self) -> None:
        mandate = recorded()

        services.mandate_update(actor=Actor.system(), mandate=mandate, ticket_max=mandate.ticket_max)
        services.versions_record(actor=Actor.system(), mandate_ids=[mandate.pk])

        assert len(changes(mandate)) == 1

    def test_follows_a_mandate_through_its_life(self) -> None:
        mandate = recorded(status=MandateStatus.DRAFT)
        actor = actor_of(mandate.fund.organisation)

        for service in (services.mandate_activate, services.mandate_pause, services.mandate_close):
            service(actor=actor, mandate=mandate)

        lives = [[(item["from"], item["to"]) for item in each] for each in changes(mandate)[1:]]
        assert lives == [[("draft", "active")], [("active", "paused")], [("paused", "closed")]]

    def test_follows_retired_areas(self) -> None:
        mandate = recorded(areas=[["OLD", 1.0]])

        services.mandates_follow(moves={"OLD": ["NEW"]})

        assert changes(mandate)[1] == [{"field": "areas", "from": [["OLD", 1.0]], "to": [["NEW", 1.0]]}]

    def test_leaves_nothing_of_what_was_refused(self) -> None:
        mandate = recorded()

        with pytest.raises(DomainError):
            services.mandate_update(actor=Actor.system(), mandate=mandate, lever=uuid7())

        assert len(changes(mandate)) == 1

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        for size in (2, 9):
            ids = [mandate.pk for mandate in MandateFactory.create_batch(size)]
            with django_assert_num_queries(5):  # newest versions, mandates, insert, and the savepoint's two
                assert services.versions_record(actor=Actor.system(), mandate_ids=ids) == size


class TestMandateVersion:
    def test_is_never_changed(self) -> None:
        version = MandateVersion.objects.get(mandate=recorded())

        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            MandateVersion.objects.filter(pk=version.pk).update(actor="system:else")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
                cursor.execute("TRUNCATE investors_mandateversion")

        assert MandateVersion.objects.get(pk=version.pk).actor == "system"
