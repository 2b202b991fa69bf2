"""Keeping in step who is screened."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.compliance.models import ScreeningSubject
from apps.compliance.selectors.candidates import keys_of
from apps.compliance.services.subjects import subjects_end, subjects_refresh
from apps.compliance.states import OwnerKind, SubjectRole
from apps.organisations.models import Membership, Organisation
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def refreshed(organisation: Organisation) -> bool:
    return subjects_refresh(organisation_id=organisation.pk)


class TestSubjectsRefresh:
    def test_takes_the_organisation_and_whoever_binds_it(self) -> None:
        organisation = OrganisationFactory(legal_name="Bryzhvan Aero LLC", legal_name_uk="ТОВ «Брижван Аеро»")
        owner = MembershipFactory(organisation=organisation, user__name="Taras Bryzhvan")
        signatory = MembershipFactory(organisation=organisation, roles=["signatory"], user__name="Iryna Holub")
        MembershipFactory(organisation=organisation, roles=["viewer", "editor"])

        assert refreshed(organisation)

        found = {(row.role, row.party_id): row for row in ScreeningSubject.objects.filter(is_current=True)}
        assert set(found) == {
            (SubjectRole.ORGANISATION, organisation.pk),
            (SubjectRole.MEMBER, owner.user_id),
            (SubjectRole.MEMBER, signatory.user_id),
        }
        itself = found[SubjectRole.ORGANISATION, organisation.pk]
        assert itself.names == ["Bryzhvan Aero LLC", "ТОВ «Брижван Аеро»"]
        assert itself.keys == keys_of(kind=OwnerKind.ENTITY, names=itself.names)
        assert found[SubjectRole.MEMBER, owner.user_id].names == ["Taras Bryzhvan"]

    def test_changes_nothing_where_nothing_changed(self) -> None:
        member = MembershipFactory()
        refreshed(member.organisation)
        before = list(ScreeningSubject.objects.order_by("pk").values())

        assert not refreshed(member.organisation)
        assert list(ScreeningSubject.objects.order_by("pk").values()) == before

    def test_notices_another_name(self) -> None:
        member = MembershipFactory(user__name="Taras Bryzhvan")
        refreshed(member.organisation)
        before = ScreeningSubject.objects.get(party_id=member.user_id)
        User.objects.filter(pk=member.user_id).update(name="Taras Holub")

        assert refreshed(member.organisation)

        after = ScreeningSubject.objects.get(party_id=member.user_id)
        assert after.names == ["Taras Holub"]
        assert after.digest != before.digest
        assert set(after.keys) != set(before.keys)

    def test_keeps_whoever_has_left_as_not_current(self) -> None:
        member = MembershipFactory()
        MembershipFactory(organisation=member.organisation)
        refreshed(member.organisation)
        Membership.objects.filter(pk=member.pk).delete()

        assert refreshed(member.organisation)
        assert not ScreeningSubject.objects.get(party_id=member.user_id).is_current

    def test_takes_somebody_back(self) -> None:
        member = MembershipFactory(roles=["owner"])
        refreshed(member.organisation)
        Membership.objects.filter(pk=member.pk).update(roles=["viewer"])
        refreshed(member.organisation)
        Membership.objects.filter(pk=member.pk).update(roles=["signatory"])

        assert refreshed(member.organisation)
        assert ScreeningSubject.objects.get(party_id=member.user_id).is_current

    def test_says_that_a_name_is_not_stated(self) -> None:
        member = MembershipFactory(user__name=" ")

        refreshed(member.organisation)

        subject = ScreeningSubject.objects.get(party_id=member.user_id)
        assert (subject.names, subject.keys) == ([], [])

    def test_answers_to_the_names_and_numbers_of_what_was_merged_into_it(self) -> None:
        organisation = OrganisationFactory(legal_name="Bryzhvan Aero LLC")
        merged = OrganisationFactory(legal_name="Kvashnevyr Optics LLC", merged_into=organisation)
        merged.identifiers.create(scheme="other", value="77")

        refreshed(organisation)
        refreshed(merged)

        subject = ScreeningSubject.objects.get()
        assert subject.screened == organisation
        assert subject.names == ["Bryzhvan Aero LLC", "Kvashnevyr Optics LLC"]
        assert subject.identifiers == [["other", "77"]]


class TestSubjectsEnd:
    def test_ends_those_of_the_organisations_named(self) -> None:
        one, other = OrganisationFactory.create_batch(2)
        refreshed(one)
        refreshed(other)

        assert subjects_end(organisation_ids=[one.pk]) == 1
        assert list(ScreeningSubject.objects.filter(is_current=True).values_list("screened", flat=True)) == [other.pk]
