"""What compliance does when something it looks at changes elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import user_update
from apps.compliance.events import LIST_VERSION_IN_FORCE
from apps.compliance.models import ScreeningDue, ScreeningSubject
from apps.compliance.services.screening import RESCREEN, screening_run
from apps.compliance.states import ScreeningCause
from apps.organisations import services as organisations
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.events import publish
from kernel.models import Delivery, Job
from kernel.outbox import delivery_make
from tests.factories.compliance import list_version_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def delivered() -> None:
    """Every delivery that compliance waits for is made."""
    for delivery in Delivery.objects.filter(subscriber__startswith="apps.compliance.", delivered_at=None):
        delivery_make(delivery_id=delivery.pk)


def due() -> set[Any]:
    return set(ScreeningDue.objects.values_list("screened_id", flat=True))


class TestScreening:
    def test_of_an_organisation_that_is_registered(self) -> None:
        list_version_made()

        made = organisations.organisation_register(
            actor=SYSTEM, kind=Kind.FIRM, legal_name="Bryzhvan Aero LLC", country="UA"
        )
        delivered()

        assert due() == {made.pk}
        assert ScreeningSubject.objects.get().names == ["Bryzhvan Aero LLC"]

    def test_of_an_organisation_with_another_who_binds_it(self) -> None:
        member = MembershipFactory()
        list_version_made()
        screening_run(actor=SYSTEM, organisation_id=member.organisation_id, cause=ScreeningCause.REQUESTED)
        joining = MembershipFactory(organisation=OrganisationFactory()).user

        organisations.membership_add(
            actor=SYSTEM, organisation=member.organisation, user_id=joining.pk, roles=[Role.SIGNATORY]
        )
        delivered()

        assert due() == {member.organisation_id}

    def test_not_of_one_with_another_viewer(self) -> None:
        member = MembershipFactory()
        list_version_made()
        screening_run(actor=SYSTEM, organisation_id=member.organisation_id, cause=ScreeningCause.REQUESTED)
        joining = MembershipFactory(organisation=OrganisationFactory()).user

        organisations.membership_add(
            actor=SYSTEM, organisation=member.organisation, user_id=joining.pk, roles=[Role.VIEWER]
        )
        delivered()

        assert due() == set()

    def test_of_what_a_person_binds_who_is_called_otherwise(self) -> None:
        member = MembershipFactory()
        list_version_made()
        screening_run(actor=SYSTEM, organisation_id=member.organisation_id, cause=ScreeningCause.REQUESTED)

        user_update(actor=Actor(user_id=member.user_id), name="Iryna Holub")
        delivered()

        assert User.objects.get(pk=member.user_id).name == "Iryna Holub"
        assert due() == {member.organisation_id}


class TestListInForce:
    def test_is_looked_into_for_whom_it_concerns(self) -> None:
        version = list_version_made()
        with transaction.atomic():
            publish(LIST_VERSION_IN_FORCE, actor=SYSTEM, subject=version)

        delivered()

        assert Job.objects.get(kind=RESCREEN).payload == {"list_version": str(version.pk)}
