"""Mails to owners about their organisation's visibility."""

import re
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem

from apps.accounts.models import User
from apps.organisations.selectors import actor_for_key, api_key_find
from apps.organisations.services import (
    break_glass_approve,
    break_glass_request,
    organisation_go_dark,
    organisation_return,
)
from kernel.models import Delivery
from kernel.outbox import delivery_make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, key_of

pytestmark = pytest.mark.django_db

CYRILLIC = re.compile("[а-яіїєґ]", re.IGNORECASE)


def delivered(subscriber: str) -> list[str]:
    rows = Delivery.objects.filter(subscriber=f"apps.organisations.handlers.{subscriber}").order_by("id")
    return [delivery_make(delivery_id=row.pk) for row in rows]


def owner(organisation: Any, **person: Any) -> User:
    return MembershipFactory(organisation=organisation, user=UserFactory(**person), roles=["owner"]).user


class TestDarknessTell:
    def test_tells_the_owners_who_did_it(self) -> None:
        firm = OrganisationFactory(legal_name="Vyriy", legal_name_uk="Вирій")
        owners = [owner(firm), owner(firm)]
        MembershipFactory(organisation=firm, roles=["editor"])
        owner(OrganisationFactory())
        actor = actor_of(firm, "compliance")
        who = User.objects.get(pk=actor.user_id)

        organisation_go_dark(actor=actor, organisation=firm)

        assert delivered("tell_of_darkness") == ["delivered"]
        assert sorted(message.to for message in mail.outbox) == sorted([item.email] for item in owners)
        message = mail.outbox[0]
        assert message.subject == "Tandem: Vyriy has gone dark"
        assert f"{who.name} <{who.email}> made Vyriy invisible" in message.body

    def test_tells_once(self) -> None:
        firm = OrganisationFactory()
        organisation_go_dark(actor=actor_of(firm), organisation=firm)

        first, second = delivered("tell_of_darkness"), delivered("tell_of_darkness")

        assert (first, second, len(mail.outbox)) == (["delivered"], ["skipped"], 1)

    def test_tells_of_the_return(self) -> None:
        firm = OrganisationFactory(legal_name="Vyriy")
        actor = actor_of(firm)
        organisation_go_dark(actor=actor, organisation=firm)

        organisation_return(actor=actor, organisation=firm)

        assert delivered("tell_of_return") == ["delivered"]
        assert [message.subject for message in mail.outbox] == ["Tandem: Vyriy is visible again"]

    def test_speaks_each_owners_language(self) -> None:
        firm = OrganisationFactory(legal_name="Vyriy")
        english, ukrainian = owner(firm, language="en"), owner(firm, language="uk", name="")

        actor = actor_of(firm, "compliance")
        organisation_go_dark(actor=actor, organisation=firm)
        organisation_return(actor=actor, organisation=firm)
        delivered("tell_of_darkness")
        delivered("tell_of_return")

        texts: dict[str, list[str]] = {english.email: [], ukrainian.email: []}
        for message in mail.outbox:
            texts[message.to[0]].append(message.subject + message.body)
        assert not any(CYRILLIC.search(text) for text in texts[english.email])
        assert all(CYRILLIC.search(text) for text in texts[ukrainian.email])
        assert [len(found) for found in texts.values()] == [2, 2]

    def test_names_a_key(self) -> None:
        firm = OrganisationFactory()
        key = key_of(actor_of(firm)).key

        organisation_go_dark(actor=actor_for_key(key=api_key_find(prefix=key.prefix)), organisation=firm)

        delivered("tell_of_darkness")
        assert f"{key.name} (tdm_{key.prefix}_…)" in mail.outbox[0].body

    def test_leaves_out_who_cannot_sign_in(self) -> None:
        firm = OrganisationFactory()
        owner(firm, is_active=False)

        organisation_go_dark(actor=actor_of(firm, "compliance"), organisation=firm)

        assert delivered("tell_of_darkness") == ["delivered"]
        assert mail.outbox == []

    def test_a_name_of_several_lines_breaks_no_header(self) -> None:
        firm = OrganisationFactory(legal_name="Vyriy\r\nBcc: all@example.org")

        organisation_go_dark(actor=actor_of(firm), organisation=firm)

        assert delivered("tell_of_darkness") == ["delivered"]
        assert mail.outbox[0].subject == "Tandem: Vyriy Bcc: all@example.org has gone dark"
        assert mail.outbox[0].recipients() == mail.outbox[0].to

    def test_braces_in_a_name_are_only_text(self) -> None:
        firm = OrganisationFactory(legal_name="{who} {0}")

        organisation_go_dark(actor=actor_of(firm), organisation=firm)

        assert delivered("tell_of_darkness") == ["delivered"]
        assert mail.outbox[0].subject == "Tandem: {who} {0} has gone dark"


class TestBreakGlassTell:
    def test_tells_the_subjects_owners_what_is_open_and_why(self) -> None:
        operator, firm = OrganisationFactory(kind="operator", legal_name="Tandem Ops"), OrganisationFactory()
        english, ukrainian = owner(firm, language="en"), owner(firm, language="uk")
        asker, other = actor_of(operator, "compliance"), actor_of(operator)
        asked = break_glass_request(actor=asker, subject_id=firm.pk, tier=3, reason="Court order 12/26")
        assert Delivery.objects.filter(subscriber__endswith="tell_of_break_glass").count() == 0

        opened = break_glass_approve(actor=other, break_glass=asked)

        assert delivered("tell_of_break_glass") == ["delivered"]
        texts = {message.to[0]: message.subject + message.body for message in mail.outbox}
        assert set(texts) == {english.email, ukrainian.email}
        assert CYRILLIC.search(texts[ukrainian.email])
        assert not CYRILLIC.search(texts[english.email])
        for text in texts.values():
            for told in ("Tandem Ops", "T3", "Court order 12/26", f"{opened.until:%Y-%m-%d %H:%M}", str(asked.pk)):
                assert told in text
            for person in User.objects.filter(pk__in=[asker.user_id, other.user_id]):
                assert person.email not in text
                assert person.name not in text

    def test_a_mail_server_that_refuses_is_asked_again(self, settings: Any) -> None:
        firm, operator = OrganisationFactory(), OrganisationFactory(kind="operator")
        owner(firm)
        asked = break_glass_request(actor=actor_of(operator), subject_id=firm.pk, tier=2, reason="Audit")
        opened = break_glass_approve(actor=actor_of(operator), break_glass=asked)

        settings.EMAIL_BACKEND = "tests.apps.organisations.test_notices.Refusing"
        refused = delivered("tell_of_break_glass")
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        taken = delivered("tell_of_break_glass")

        assert (refused, taken, len(mail.outbox)) == (["retry"], ["delivered"], 1)
        assert opened.approved_at is not None

    def test_one_dead_mailbox_keeps_nobody_from_being_told(self, settings: Any) -> None:
        firm, operator = OrganisationFactory(), OrganisationFactory(kind="operator")
        owner(firm, email="dead@example.org")
        alive = owner(firm)
        asked = break_glass_request(actor=actor_of(operator), subject_id=firm.pk, tier=2, reason="Audit")
        break_glass_approve(actor=actor_of(operator), break_glass=asked)

        settings.EMAIL_BACKEND = "tests.apps.organisations.test_notices.Picky"

        assert delivered("tell_of_break_glass") == ["delivered"]
        assert [message.to for message in mail.outbox] == [[alive.email]]

    @pytest.mark.parametrize("backend", ["Picky", "Talkative"])
    def test_keeps_no_address_of_what_the_server_says(self, settings: Any, caplog: Any, backend: str) -> None:
        firm, operator = OrganisationFactory(), OrganisationFactory(kind="operator")
        owner(firm, email="dead@example.org")
        asked = break_glass_request(actor=actor_of(operator), subject_id=firm.pk, tier=2, reason="Audit")
        break_glass_approve(actor=actor_of(operator), break_glass=asked)

        settings.EMAIL_BACKEND = f"tests.apps.organisations.test_notices.{backend}"

        assert delivered("tell_of_break_glass") == ["retry"]
        error = Delivery.objects.get(subscriber__endswith="tell_of_break_glass").error
        assert "MailNotSent" in error
        assert "dead@" not in error + caplog.text


class Picky(locmem.EmailBackend):
    """A mail server that knows one mailbox no more."""

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if message.to == ["dead@example.org"]:
                raise SMTPRecipientsRefused({"dead@example.org": (550, b"no such user dead@example.org")})
        return int(super().send_messages(messages))


class Talkative:
    """A mail server that quotes the address while it refuses."""

    def __init__(self, **_: Any) -> None: ...

    def send_messages(self, _messages: Any) -> int:
        raise SMTPDataError(451, b"try later, dead@example.org")


class Refusing:
    """A mail server that is away."""

    def __init__(self, **_: Any) -> None: ...

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError
