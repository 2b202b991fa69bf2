"""Making accounts."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.accounts.services import AccountNotAcceptable, AccountNotYours, AddressTaken, totp_give, user_create
from kernel.access import Actor
from kernel.models import Event
from tests.apps.accounts.devices import App, totp
from tests.factories.organisations import OrganisationFactory, actor_of

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


class TestUserCreate:
    def test_makes_a_person_who_can_sign_in_at_once(self) -> None:
        user_create(actor=Actor.system(), email="Olena@Example.org ", password=PASSWORD, name="Olena")

        answer = Client().post(
            "/_allauth/app/v1/auth/login",
            {"email": "olena@example.org", "password": PASSWORD},
            content_type="application/json",
        )

        assert answer.status_code == 200
        assert answer.json()["meta"]["session_token"]

    def test_marks_the_address_verified_and_tells(self) -> None:
        user = user_create(actor=Actor.system(), email="a@example.org")

        assert EmailAddress.objects.get(user=user).verified
        assert Event.objects.get(name="accounts.user.created").object_id == user.pk
        assert not user.has_usable_password()

    def test_refuses_an_address_twice(self) -> None:
        user_create(actor=Actor.system(), email="a@example.org")

        with pytest.raises(AddressTaken):
            user_create(actor=Actor.system(), email="A@example.org")

    @pytest.mark.parametrize(
        ("email", "password", "pointer"),
        [("no address", PASSWORD, "/email"), ("a@example.org", "short", "/password")],
    )
    def test_says_what_is_wrong(self, email: str, password: str, pointer: str) -> None:
        with pytest.raises(AccountNotAcceptable) as refusal:
            user_create(actor=Actor.system(), email=email, password=password)

        assert {problem.pointer for problem in refusal.value.errors} == {pointer}

    def test_is_for_the_installation_only(self) -> None:
        with pytest.raises(AccountNotYours):
            user_create(actor=actor_of(OrganisationFactory(kind="operator")), email="a@example.org")


class TestTotpGive:
    def test_asks_for_the_code_from_now_on(self) -> None:
        user = user_create(actor=Actor.system(), email="a@example.org", password=PASSWORD)

        totp_give(actor=Actor.system(), user=user)
        secret = totp_give(actor=Actor.system(), user=user)

        app = App()
        assert app.post("auth/login", {"email": "a@example.org", "password": PASSWORD}).status_code == 401
        assert app.post("auth/2fa/authenticate", {"code": totp(secret)}).status_code == 200
        assert Event.objects.filter(name="accounts.second_factor.added", object_id=user.pk).exists()

    def test_is_for_the_installation_only(self) -> None:
        user = user_create(actor=Actor.system(), email="a@example.org")

        with pytest.raises(AccountNotYours):
            totp_give(actor=actor_of(OrganisationFactory(kind="operator")), user=user)
