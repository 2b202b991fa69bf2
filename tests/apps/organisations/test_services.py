"""Registering and changing organisations, members, keys."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organisations import services
from apps.organisations.models import ApiKey, Membership, Organisation
from apps.organisations.rules import NotYours
from apps.organisations.selectors import actor_for_user
from apps.organisations.states import Standing
from kernel.access import Actor
from kernel.clock import utc_now
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

        services.organisation_update(
            actor=actor_of(organisation), organisation=organisation, legal_name="New", identifiers=[EDRPOU]
        )

        organisation.refresh_from_db()
        assert (organisation.legal_name, organisation.version) == ("New", 2)
        event = Event.objects.get(name="organisations.organisation.updated")
        assert event.data == {"fields": ["legal_name", "identifiers"]}

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
        actor = actor_of(organisation)

        services.organisation_update(actor=actor, organisation=organisation, identifiers=[EDRPOU])
        services.organisation_update(actor=actor, organisation=organisation, identifiers=[EDRPOU])

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
        actor = actor_of(organisation)

        with CaptureQueriesContext(connection) as queries:
            services.organisation_update(actor=actor, organisation=organisation, identifiers=[EDRPOU])

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
            services.organisation_update(actor=actor_of(organisation), organisation=organisation, **changes)

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

    def test_tells_from_and_to(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED)

        services.organisation_standing_set(
            actor=Actor.system(), organisation=organisation, standing=Standing.VERIFIED, basis="import"
        )

        event = Event.objects.get(name="organisations.organisation.standing_changed")
        assert event.data == {"from": "registered", "to": "verified", "basis": "import"}


class TestMembershipAdd:
    def test_is_for_owners(self) -> None:
        organisation = OrganisationFactory()

        services.membership_add(
            actor=actor_of(organisation), organisation=organisation, user_id=UserFactory().pk, roles=["editor"]
        )
        with pytest.raises(services.MembersNotYours):
            services.membership_add(
                actor=actor_of(organisation, "editor"),
                organisation=organisation,
                user_id=UserFactory().pk,
                roles=["viewer"],
            )

        assert Event.objects.get(name="organisations.membership.added").data["roles"] == ["editor"]

    @pytest.mark.parametrize("roles", [["officer"], [], ["owner", "nothing"]])
    def test_refuses_roles_that_the_kind_does_not_have(self, roles: list[str]) -> None:
        with pytest.raises(services.MembershipNotAcceptable):
            services.membership_add(
                actor=Actor.system(), organisation=OrganisationFactory(), user_id=UserFactory().pk, roles=roles
            )

    def test_refuses_a_member_twice(self) -> None:
        organisation = OrganisationFactory()
        actor = actor_of(organisation)
        assert actor.user_id is not None

        with pytest.raises(services.AlreadyMember):
            services.membership_add(actor=actor, organisation=organisation, user_id=actor.user_id, roles=["viewer"])

        assert Membership.objects.get(user_id=actor.user_id).roles == ["owner"]


class TestApiKeyCreate:
    def test_keeps_only_the_hash_of_the_secret(self) -> None:
        made = key_of(actor_of(OrganisationFactory()))

        _, prefix, secret = made.token.split("_", 2)
        assert made.key.prefix == prefix
        assert made.key.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
        assert secret not in str(ApiKey.objects.values().get())
        assert len(secret) == 43

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"scopes": []}, "/scopes"),
            ({"scopes": ["investors.mandate.create"]}, "/scopes"),
            ({"expires_at": utc_now() - dt.timedelta(seconds=1)}, "/expires_at"),
            ({"expires_at": utc_now() + dt.timedelta(days=400)}, "/expires_at"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        given = {"name": "k", "scopes": ["startups.firm.read"], "expires_at": utc_now() + dt.timedelta(days=1)}

        with pytest.raises(services.ApiKeyNotAcceptable) as refusal:
            services.api_key_create(actor=actor_of(OrganisationFactory(kind="firm")), **{**given, **values})

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_is_not_for_software(self) -> None:
        key = key_of(actor_of(OrganisationFactory())).key
        software = Actor(user_id=key.created_by_id, organisation_id=key.organisation_id, api_key_id=key.pk)

        with pytest.raises(services.ApiKeyNeedsPerson):
            key_of(software, "startups.firm.read")


class TestApiKeyRevoke:
    def test_revokes_once_and_tells_once(self) -> None:
        actor = actor_of(OrganisationFactory())
        key = key_of(actor).key

        first = services.api_key_revoke(actor=actor, key=key).revoked_at
        services.api_key_revoke(actor=actor, key=key)

        key.refresh_from_db()
        assert key.revoked_at == first
        assert Event.objects.filter(name="organisations.api_key.revoked").count() == 1
