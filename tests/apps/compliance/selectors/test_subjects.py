"""Who is to be screened for an organisation."""

from __future__ import annotations

import pytest

from apps.compliance.selectors import subjects
from apps.compliance.selectors.subjects import subject_states
from apps.compliance.states import OwnerKind, SubjectRole
from kernel.ids import uuid7
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


class TestSubjectStates:
    def test_are_the_organisation_its_binding_members_and_its_owners(self, monkeypatch: pytest.MonkeyPatch) -> None:
        party = uuid7()
        member = MembershipFactory(roles=["owner"], user__name="Taras Bryzhvan")
        owner = (party, "person", ["Vikentiy Zalyutvor"], "CY", "1961-04", [("tax", "2"), ("passport", "AB 1")])
        monkeypatch.setattr(subjects, "owner_subjects", lambda *, organisation_id: [owner])

        itself, binding, owning = subject_states(organisation_id=member.organisation_id)

        assert (itself.role, itself.kind, itself.countries) == (SubjectRole.ORGANISATION, OwnerKind.ENTITY, ("UA",))
        assert (binding.role, binding.party_id, binding.names) == (
            SubjectRole.MEMBER,
            member.user_id,
            ("Taras Bryzhvan",),
        )
        assert (owning.role, owning.party_id, owning.date) == (SubjectRole.OWNER, party, "1961-04")
        assert (owning.countries, owning.identifiers) == (("CY",), (("passport", "AB 1"), ("tax", "2")))

    def test_an_owner_without_country_or_date_has_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        owner = (uuid7(), "entity", ["Holubets Holding"], "", None, [])
        monkeypatch.setattr(subjects, "owner_subjects", lambda *, organisation_id: [owner])

        owning = subject_states(organisation_id=OrganisationFactory().pk)[-1]

        assert (owning.countries, owning.date, owning.kind) == ((), "", OwnerKind.ENTITY)

    def test_are_nobody_where_it_was_merged_away(self) -> None:
        assert subject_states(organisation_id=OrganisationFactory(merged_into=OrganisationFactory()).pk) == []
