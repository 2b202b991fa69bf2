"""Mails about verification: to the owners, in their language, without a word of officers or lists."""

import pytest
from django.core import mail

from apps.accounts.models import User
from apps.compliance.notices import TEXTS, Told, case_tell
from apps.compliance.services.suspensions import suspend_on_hit
from apps.compliance.states import CaseCause
from tests.factories.cases import case_drafted, registered
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


class TestTexts:
    @pytest.mark.parametrize("told", list(Told))
    def test_are_in_both_languages(self, told: Told) -> None:
        assert set(TEXTS[told]) == {"en", "uk"}


class TestCaseTell:
    @pytest.mark.parametrize("told", list(Told))
    @pytest.mark.parametrize("language", ["en", "uk"])
    def test_fills_every_place(self, told: Told, language: str) -> None:
        organisation, owner = registered(legal_name="Nightjar\nSensors")
        User.objects.filter(pk=owner.user_id).update(language=language)
        MembershipFactory(organisation=organisation, roles=["editor"])
        case = case_drafted(owner, cause=CaseCause.INITIAL)

        assert case_tell(case_id=case.pk, told=told) == 1

        letter = mail.outbox[-1]
        assert "Nightjar Sensors" in letter.subject
        assert "{" not in letter.subject + letter.body

    def test_a_suspension_by_a_list_does_not_name_it(self) -> None:
        organisation = OrganisationFactory()
        MembershipFactory(organisation=organisation)
        case = suspend_on_hit(organisation_id=organisation.pk)
        assert case is not None

        case_tell(case_id=case.pk, told=Told.SUSPENDED)

        assert not [word for word in ("hit", "list", "sanction") if word in mail.outbox[-1].body]
