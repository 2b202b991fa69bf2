"""Registering and changing organisations, members, keys."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organisations import services
from apps.organisations.models import Identifier, Organisation
from apps.organisations.rules import NotYours
from apps.organisations.selectors import actor_for_user
from apps.organisations.states import Standing
from kernel.access import Actor
from kernel.models import Event
from kernel.versions import ChangedMeanwhile
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of, key_of

pytestmark = pytest.mark.django_db

EDRPOU = ("UA-EDR", "32855961")


def register(actor: Actor, **values: Any) -> Organisation:
    return services.organisation_register(
        actor=actor, **{"kind": "firm", "legal_name": "Vyriy", "country": "UA", **values}
    )


class TestOrganisationRegister:
    def test_makes_the_registrant_its_owner(self) -> None:
        user = UserFactory()

        organisation = register(Actor(user_id=user.pk), identifiers=[EDRPOU])

        actor = actor_for_user(user_id=user.pk)
        assert actor is not None
        assert (actor.organisation_id, actor.kind, actor.standing) == (organisation.pk, "firm", "registered")
        assert "organisations.organisation.update" in actor.permissions
        assert list(organisation.identifiers.values_list("scheme", "value")) == [EDRPOU]

    def test_tells_kind_and_country_but_no_name(self) -> None:
        organisation = register(Actor.system())

        event = Event.objects.get(name="organisations.organisation.registered")
        assert event.organisation_id == organisation.pk
        assert event.data == {"kind": "firm", "country": "UA"}

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"country": "XX"}, "/country"),
            ({"legal_name": "  "}, "/legal_name"),
            ({"kind": "club"}, "/kind"),
            ({"identifiers": [("UA-EDR", "32855968")]}, "/identifiers/0/value"),
            ({"identifiers": [EDRPOU, EDRPOU]}, "/identifiers/1/value"),
            ({"identifiers": [("DUNS", "1")]}, "/identifiers/0/value"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        with pytest.raises(services.OrganisationNotAcceptable) as refusal:
            register(Actor.system(), **values)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_refuses_a_number_twice_and_keeps_nothing_of_it(self) -> None:
        register(Actor.system(), identifiers=[EDRPOU])

        with pytest.raises(services.IdentifierTaken):
            register(Actor.system(), legal_name="Copy", identifiers=[EDRPOU])

        assert not Organisation.objects.filter(legal_name="Copy").exists()

    def test_lets_nobody_register_an_operator(self) -> None:
        with pytest.raises(services.OperatorNotRegistered):
            register(Actor(user_id=UserFactory().pk), kind="operator")

        assert register(Actor.system(), kind="operator").kind == "operator"

    def test_needs_a_person(self) -> None:
        software = key_of(actor_of(OrganisationFactory())).key

        for actor in (Actor.anonymous(), Actor(user_id=software.created_by_id, api_key_id=software.pk)):
            with pytest.raises(services.RegistrationNeedsPerson):
                register(actor)


class TestOrganisationUpdate:
    def test_changes_and_counts_the_version(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)

        Identifier.objects.create(organisation=organisation, scheme="other", value="K-17")

        services.organisation_update(
            actor=actor_of(organisation), organisation=organisation, legal_name="New", identifiers=[]
        )

        organisation.refresh_from_db()
        assert (organisation.legal_name, organisation.version) == ("New", 2)
        event = Event.objects.get(name="organisations.organisation.updated")
        assert event.data == {"fields": ["legal_name", "identifiers"]}

    def test_keeps_the_key_of_the_names(self) -> None:
        organisation = register(Actor.system(), legal_name="Falcon LLC")
        assert organisation.name_key == "falcon"

        services.organisation_update(
            actor=actor_of(organisation), organisation=organisation, legal_name_uk="ТОВ «Сокіл»"
        )

        organisation.refresh_from_db()
        assert organisation.name_key == "falcon|sokil"
        assert Event.objects.get(name="organisations.organisation.updated").data == {"fields": ["legal_name_uk"]}

    def test_adds_no_number_whether_or_not_it_is_taken(self) -> None:
        register(Actor.system(), identifiers=[EDRPOU])
        organisation = OrganisationFactory(standing=Standing.REGISTERED)
        Identifier.objects.create(organisation=organisation, scheme="other", value="K-17")

        for number in (EDRPOU, ("UA-EDR", "14360570")):
            with pytest.raises(services.NumbersComeByRegistration):
                services.organisation_update(
                    actor=actor_of(organisation), organisation=organisation, identifiers=[("other", "K-17"), number]
                )

        assert list(organisation.identifiers.values_list("scheme", "value")) == [("other", "K-17")]

    def test_tells_nothing_when_nothing_changed(self) -> None:
        organisation = OrganisationFactory()

        services.organisation_update(
            actor=actor_of(organisation), organisation=organisation, legal_name=organisation.legal_name
        )

        assert not Event.objects.filter(name="organisations.organisation.updated").exists()

    @pytest.mark.parametrize("changes", [{"legal_name": "Other"}, {"country": "PL"}, {"identifiers": [EDRPOU]}])
    def test_keeps_what_was_verified(self, changes: dict[str, Any]) -> None:
        organisation = OrganisationFactory(standing=Standing.VERIFIED)

        with pytest.raises(services.NameIsVerified):
            services.organisation_update(actor=actor_of(organisation), organisation=organisation, **changes)

    def test_counts_new_numbers_as_a_version(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)

        for _ in range(2):
            services.organisation_update(actor=Actor.system(), organisation=organisation, identifiers=[EDRPOU])

        assert organisation.version == 2
        organisation.refresh_from_db()
        assert organisation.version == 2

    def test_judges_the_standing_that_the_row_has_by_now(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)
        Organisation.objects.filter(pk=organisation.pk).update(standing=Standing.VERIFIED, version=2)

        with pytest.raises(services.NameIsVerified):
            services.organisation_update(
                actor=actor_of(organisation), organisation=organisation, legal_name="Other", identifiers=[EDRPOU]
            )

    def test_locks_the_row_before_it_reads_the_numbers(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)

        with CaptureQueriesContext(connection) as queries:
            services.organisation_update(actor=Actor.system(), organisation=organisation, identifiers=[EDRPOU])

        reads = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
        assert "organisations_organisation" in reads[0]
        assert reads[0].endswith("FOR UPDATE")

    def test_fills_in_a_missing_ukrainian_name_of_the_verified_once(self) -> None:
        organisation = OrganisationFactory(standing=Standing.VERIFIED)
        actor = actor_of(organisation)

        services.organisation_update(actor=actor, organisation=organisation, legal_name_uk="Вирій")

        organisation.refresh_from_db()
        assert organisation.legal_name_uk == "Вирій"
        for other in ("Інший", ""):
            with pytest.raises(services.NameIsVerified):
                services.organisation_update(actor=actor, organisation=organisation, legal_name_uk=other)

    @pytest.mark.parametrize("changes", [{"legal_name_uk": "Нова назва"}, {"identifiers": [EDRPOU]}])
    def test_loses_against_a_faster_writer(self, changes: dict[str, Any]) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)
        Organisation.objects.filter(pk=organisation.pk).update(version=2)

        with pytest.raises(ChangedMeanwhile):
            services.organisation_update(actor=Actor.system(), organisation=organisation, **changes)

    def test_is_for_the_own_one_only(self) -> None:
        with pytest.raises(NotYours):
            services.organisation_update(
                actor=actor_of(OrganisationFactory()), organisation=OrganisationFactory(), legal_name="Mine"
            )


class TestOrganisationStandingSet:
    def test_is_for_the_system_only(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)

        with pytest.raises(services.StandingNotYours):
            services.organisation_standing_set(
                actor=actor_of(organisation), organisation=organisation, standing=Standing.VERIFIED
            )

    def test_leaves_what_was_merged(self) -> None:
        organisation = OrganisationFactory(standing=Standing.SUSPENDED, merged_into=OrganisationFactory())

        with pytest.raises(services.AlreadyMerged):
            services.organisation_standing_set(
                actor=Actor.system(), organisation=organisation, standing=Standing.VERIFIED
            )

    def test_tells_from_and_to(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)

        services.organisation_standing_set(
            actor=Actor.system(), organisation=organisation, standing=Standing.VERIFIED, basis="import"
        )

        event = Event.objects.get(name="organisations.organisation.standing_changed")
        assert event.data == {"from": "registered", "to": "verified", "basis": "import"}
