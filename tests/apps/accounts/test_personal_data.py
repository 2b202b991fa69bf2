"""What is kept about a person: changed, exported, erased."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, register
from apps.organisations.models import (
    ApiKey,
    DisclosureGrant,
    Invitation,
    Membership,
    Registration,
    UndertakingAcceptance,
)
from kernel.clock import utc_now
from kernel.models import Event
from tests.apps.accounts.devices import PASSWORD, App, person, totp, with_totp
from tests.apps.accounts.test_second_factor import _age
from tests.factories.organisations import (
    MembershipFactory,
    OrganisationFactory,
    actor_of,
    client_of,
    key_of,
)

pytestmark = pytest.mark.django_db

EXPORT, ERASE, ME = "/api/v1/me/personal-data", "/api/v1/me/erase", "/api/v1/me"
ADDRESS, NAME = "olena@example.org", "Olena Kovalenko"


@pytest.fixture
def olena() -> User:
    return person(ADDRESS)


def signed_in(user: User) -> App:
    app = App()
    assert app.sign_in(user).status_code == 200
    return app


def settled(user: User) -> Membership:
    """A member beside another owner, with everything that one can leave behind."""
    member = MembershipFactory(user=user, roles=["owner", "signatory"])
    other = MembershipFactory(organisation=member.organisation, roles=["owner"]).user
    in_a_week = utc_now() + dt.timedelta(days=7)
    organisation = member.organisation
    made = {"organisation": organisation, "roles": ["viewer"], "expires_at": in_a_week}
    Invitation.objects.create(email=user.email, token_hash="a", invited_by=other, **made)
    Invitation.objects.create(email="friend@example.org", token_hash="b", invited_by=user, **made)
    Invitation.objects.create(
        email=user.email, token_hash="c", invited_by=other, accepted_by=user, accepted_at=utc_now(), **made
    )
    ApiKey.objects.create(
        organisation=organisation,
        created_by=user,
        name="sync",
        prefix="abc",
        secret_hash="x",
        scopes=[],
        expires_at=in_a_week,
    )
    UndertakingAcceptance.objects.create(
        organisation=organisation,
        undertaking="1",
        sha256="0",
        language="en",
        accepted_by=user,
        address="203.0.113.77",
    )
    Registration.objects.create(applicant=user, kind="firm", legal_name="Sokil", country="UA")
    DisclosureGrant.objects.create(viewer=organisation, subject=OrganisationFactory(), person=user, tier=2, cause="x")
    EmailAddress.objects.create(user=user, email="second.olena@example.org", verified=True)
    return member


def found(*words: str) -> list[str]:
    """The columns of any type, of any table, in which one of the words stands."""
    places = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        )
        for table, column in cursor.fetchall():
            for word in words:
                cursor.execute(
                    f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1',  # noqa: S608
                    [f"%{word}%"],
                )
                if cursor.fetchone():
                    places.append(f"{table}.{column}: {word}")
    sessions = " ".join(str(row.get_decoded()) for row in Session.objects.all())
    return places + [f"sessions: {word}" for word in words if word in sessions]


class TestChange:
    def test_writes_name_and_language(self, olena: User) -> None:
        app = signed_in(olena)

        answer = app.call("PATCH", ME, {"name": "Олена", "language": "uk"})

        assert answer.status_code == 200
        assert answer.json()["user"] == {"id": str(olena.pk), "email": ADDRESS, "name": "Олена", "language": "uk"}
        assert Event.objects.get(name="accounts.user.updated").data == {"fields": ["language", "name"]}

    def test_takes_nothing_else(self, olena: User) -> None:
        signed_in(olena).call(
            "PATCH", ME, {"name": "O", "email": "x@example.org", "is_staff": True, "is_active": False}
        )

        olena.refresh_from_db()
        assert (olena.name, olena.email, olena.is_staff, olena.is_active) == ("O", ADDRESS, False, True)

    @pytest.mark.parametrize("body", [{"language": "de"}, {"name": "n" * 121}, {"name": None}, {"language": ["uk"]}])
    def test_refuses_what_cannot_be(self, olena: User, body: dict[str, Any]) -> None:
        assert signed_in(olena).call("PATCH", ME, body).status_code == 422

    def test_holds_the_entity_tag(self, olena: User) -> None:
        app = signed_in(olena)
        tag = app.get(ME).headers["ETag"]
        app.headers["If-Match"] = tag

        assert app.call("PATCH", ME, {"name": "First"}).status_code == 200
        assert app.call("PATCH", ME, {"name": "Second"}).status_code == 412

    def test_says_nothing_when_nothing_changes(self, olena: User) -> None:
        assert signed_in(olena).call("PATCH", ME, {"name": NAME}).status_code == 200
        assert not Event.objects.filter(name="accounts.user.updated").exists()

    def test_is_not_for_keys(self) -> None:
        app = App(Authorization=f"Bearer {key_of(actor_of(OrganisationFactory())).token}")

        for answer in (
            app.call("PATCH", ME, {"name": "x"}),
            app.get(EXPORT),
            app.post(ERASE, {"confirm": ADDRESS}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")


class TestExport:
    def test_holds_all_that_is_kept(self, olena: User) -> None:
        settled(olena)
        secret = with_totp(olena)
        app = App()
        app.sign_in(olena)
        app.post("auth/2fa/authenticate", {"code": totp(secret)})

        answer = app.get(EXPORT)

        account, own = (answer.json()["sections"][name] for name in ("account", "organisations"))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert (account["email"], account["name"]) == (ADDRESS, NAME)
        assert [item["email"] for item in account["addresses"]] == [ADDRESS, "second.olena@example.org"]
        assert [item["ip"] for item in account["sessions"]] == ["127.0.0.1"]
        assert [item["kind"] for item in account["second_factors"]] == ["totp"]
        assert len(account["events"]) == 1
        assert {name: len(rows) for name, rows in own.items()} == {
            "memberships": 1,
            "invitations_sent": 1,
            "invitations_received": 2,
            "api_keys": 1,
            "undertakings": 1,
            "registrations": 1,
            "clashes_decided": 0,
            "grants": 1,
            "break_glass": 0,
        }
        assert secret not in answer.content.decode()
        assert Event.objects.filter(name="accounts.user.exported").count() == 1

    def test_holds_nothing_of_others(self, olena: User) -> None:
        settled(person("nadia@example.org"))

        text = signed_in(olena).get(EXPORT).content.decode()

        assert "nadia" not in text
        assert "sync" not in text

    def test_needs_the_password_shown_a_moment_ago(self, olena: User) -> None:
        app = signed_in(olena)

        fresh = app.get(EXPORT).status_code
        _age(6)
        stale = app.get(EXPORT)
        app.confirm_password()

        assert (fresh, stale.status_code, stale.json()["code"]) == (200, 403, "reauthentication_required")
        assert app.get(EXPORT).status_code == 200

    def test_needs_the_second_factor_of_who_has_one(self, olena: User) -> None:
        app = signed_in(olena)
        with_totp(olena)

        answer = app.get(EXPORT)

        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")

    def test_is_not_for_the_unsigned(self) -> None:
        assert App().get(EXPORT).status_code == 401
        assert App().post(ERASE, {"confirm": ADDRESS}).status_code == 401


class TestErasure:
    @pytest.mark.long
    def test_leaves_no_personal_value_in_any_table(self, olena: User) -> None:
        settled(olena)
        pending = App()
        pending.post("auth/password/request", {"email": ADDRESS})
        app = signed_in(olena)
        secret = app.add_totp()
        words = (ADDRESS, NAME, "second.olena@", "203.0.113.77", secret)
        assert len(found(*words)) >= 6

        answer = app.post(ERASE, {"confirm": "OLENA@example.org "})

        assert answer.status_code == 204
        assert found(*words) == []

    def test_ends_all_that_the_person_had(self, olena: User) -> None:
        member, app, other = settled(olena), signed_in(olena), signed_in(olena)

        app.post(ERASE, {"confirm": ADDRESS})

        olena.refresh_from_db()
        assert (olena.email, olena.name, olena.is_active) == (f"erased-{olena.pk}@erased.invalid", "", False)
        assert not olena.has_usable_password()
        assert (app.get(ME).status_code, other.get(ME).status_code) == (401, 401)
        assert App().post("auth/login", {"email": ADDRESS, "password": PASSWORD}).status_code == 400
        assert not Authenticator.objects.filter(user=olena).exists()
        assert not Membership.objects.filter(user=olena).exists()
        assert Membership.objects.filter(organisation=member.organisation).count() == 1
        assert not ApiKey.objects.filter(revoked_at=None).exists()
        assert not Invitation.objects.filter(accepted_at=None, revoked_at=None).exists()
        assert not Registration.objects.filter(status="in_review").exists()
        assert not DisclosureGrant.objects.filter(person=olena, until=None).exists()

    def test_scrubs_a_registration_that_became_no_organisation(self, olena: User) -> None:
        stated = {"kind": "firm", "country": "UA", "legal_name_uk": "ФОП Коваленко", "applicant": olena}
        number = [["UA-RNTRC", "1759013776"]]
        Registration.objects.create(legal_name="FOP Kovalenko", identifiers=number, status="refused", **stated)
        firm = OrganisationFactory()
        kept = Registration.objects.create(
            legal_name="Sokil", identifiers=[["LEI", "x"]], status="registered", organisation=firm, **stated
        )
        app = signed_in(olena)
        exported = app.get(EXPORT).json()["sections"]["organisations"]["registrations"]
        assert [item["identifiers"] for item in exported] == [number, [["LEI", "x"]]]

        app.post(ERASE, {"confirm": ADDRESS})

        assert found("1759013776", "FOP Kovalenko") == []
        kept.refresh_from_db()
        assert (kept.legal_name, kept.identifiers) == ("Sokil", [["LEI", "x"]])

    def test_leaves_the_trail(self, olena: User) -> None:
        settled(olena)
        app = signed_in(olena)
        before = set(Event.objects.values_list("id", flat=True))

        app.post(ERASE, {"confirm": ADDRESS})

        assert before <= set(Event.objects.values_list("id", flat=True))
        assert Event.objects.order_by("-id")[0].name == "accounts.user.erased"
        assert Event.objects.filter(actor=f"user:{olena.pk}", name="organisations.membership.left").count() == 1

    def test_lets_the_address_sign_up_again(self, olena: User) -> None:
        signed_in(olena).post(ERASE, {"confirm": ADDRESS})

        App().post("auth/signup", {"email": ADDRESS, "password": PASSWORD})

        assert User.objects.get(email=ADDRESS).pk != olena.pk

    def test_is_refused_to_an_only_owner_and_names_the_organisation(self, olena: User) -> None:
        for name in ("Sokil", "Yastreb"):
            MembershipFactory(user=olena, organisation=OrganisationFactory(legal_name=name))
        MembershipFactory(
            organisation=Membership.objects.filter(user=olena).latest("created_at", "pk").organisation,
            user__is_active=False,
        )
        app = signed_in(olena)

        answer = app.post(ERASE, {"confirm": ADDRESS})

        assert (answer.status_code, answer.json()["code"]) == (409, "sole_owner")
        assert "Sokil, Yastreb" in answer.json()["detail"]
        olena.refresh_from_db()
        assert (olena.email, olena.is_active) == (ADDRESS, True)
        assert Membership.objects.filter(user=olena).count() == 2
        assert app.get(ME).status_code == 200

    @pytest.mark.parametrize("confirm", ["nadia@example.org", "", None, ["olena@example.org"]])
    def test_needs_the_own_address(self, olena: User, confirm: Any) -> None:
        assert signed_in(olena).post(ERASE, {"confirm": confirm}).status_code == 422
        assert User.objects.get().email == ADDRESS

    def test_needs_the_password_shown_a_moment_ago(self, olena: User) -> None:
        app = signed_in(olena)
        _age(6)

        assert app.post(ERASE, {"confirm": ADDRESS}).status_code == 403
        assert User.objects.get().is_active

    def test_is_of_oneself_only(self, olena: User) -> None:
        actor = actor_of(OrganisationFactory())

        answer = client_of(actor).post(ERASE, {"confirm": ADDRESS, "id": str(olena.pk)})

        assert answer.status_code == 422
        assert User.objects.get(pk=olena.pk).is_active


class TestRegistry:
    def test_knows_a_section_once(self) -> None:
        with pytest.raises(ValueError, match="account"):
            register(PersonalData("account", lambda _user: {}, lambda _user, _actor: None))
