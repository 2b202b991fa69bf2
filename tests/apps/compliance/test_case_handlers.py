"""What follows from facts: renewals after changes, suspension on a confirmed hit, mails to owners."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail

from apps.compliance import handlers
from apps.compliance.models import Hit, VerificationCase
from apps.compliance.services.hits import hit_decide
from apps.compliance.services.screening import screening_run
from apps.compliance.states import HitStatus, ScreeningCause
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from kernel.access import Actor
from kernel.events import subscribers
from kernel.ids import uuid7
from tests.factories.cases import case_verified, officer_made, registered
from tests.factories.compliance import entry_made, list_version_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def fact(organisation: Any, **values: Any) -> Any:
    given = {
        "organisation_id": organisation.pk,
        "actor_organisation_id": organisation.pk,
        "object_id": organisation.pk,
        "actor": "user:x",
        "data": {},
        **values,
    }
    return SimpleNamespace(**given)


class TestRenewals:
    def test_a_change_of_ownership_opens_one(self) -> None:
        organisation = OrganisationFactory()

        handlers.renew_after_change_of_ownership(fact(organisation))
        handlers.renew_after_change_of_ownership(fact(organisation))

        assert VerificationCase.objects.open().get().cause == "ownership_changed"

    def test_what_an_import_brings_does_not(self) -> None:
        organisation = OrganisationFactory()

        handlers.renew_after_change_of_ownership(fact(organisation, actor_organisation_id=None))
        handlers.renew_after_change_of_ownership(fact(organisation, actor_organisation_id=uuid7()))

        assert not VerificationCase.objects.exists()

    @pytest.mark.parametrize(("field", "opens"), [("legal_name", True), ("identifiers", True), ("name_key", False)])
    def test_another_name_opens_one(self, field: str, opens: bool) -> None:
        organisation = OrganisationFactory()

        handlers.renew_after_change_of_name(fact(organisation, data={"fields": [field]}))

        assert VerificationCase.objects.open().exists() == opens


class TestMails:
    def test_tell_of_a_renewal_that_nobody_asked_for(self) -> None:
        organisation = OrganisationFactory()
        MembershipFactory(organisation=organisation)
        handlers.renew_after_change_of_ownership(fact(organisation))
        case = VerificationCase.objects.open().get()

        handlers.tell_of_renewal(fact(organisation, object_id=case.pk, actor="user:x"))
        assert mail.outbox == []
        handlers.tell_of_renewal(fact(organisation, object_id=case.pk, actor="system"))

        assert "to be renewed" in mail.outbox[0].subject

    def test_go_out_for_every_step(self) -> None:
        for name in ("asked", "verified", "refused", "suspended", "reinstated", "reminded"):
            known = subscribers(f"compliance.case.{name}")
            told = [subscriber for subscriber in known if "compliance.handlers" in subscriber]
            assert len(told) == 1, name
        _organisation, owner = registered()
        case = case_verified(owner, officer_made())
        event = fact(case.organisation, object_id=case.pk)

        for handler in (handlers.tell_of_verification, handlers.tell_of_suspension, handlers.tell_of_reinstatement):
            handler(event)

        assert len(mail.outbox) == 3


class TestHits:
    def test_a_confirmed_one_suspends(self) -> None:
        name = "Бурзолович Залютвор Вікентій"
        entry_made(list_version_made(), name)
        organisation = OrganisationFactory()
        MembershipFactory(organisation=organisation, user__name=name)
        screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)
        hit = Hit.objects.get()

        hit_decide(actor=officer_made(), hit=hit, verdict=HitStatus.TRUE_MATCH, reason="The same.")
        handlers.suspend_listed(fact(organisation, object_id=hit.pk))

        assert Organisation.objects.get(pk=organisation.pk).standing == Standing.SUSPENDED
        assert VerificationCase.objects.get().suspension_cause == "hit"
