"""Registrations, what stands against them, and what the operator decides."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.organisations import services
from apps.organisations.models import Identifier, Membership, Organisation, Registration, RegistrationClash
from apps.organisations.rules import NotYours
from apps.organisations.selectors import actor_for_user
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of
from tests.transactions import together

EDRPOU, RNTRC, LEI = ("UA-EDR", "32855961"), ("UA-RNTRC", "1759013776"), ("LEI", "213800KUD8LAJWSQ9D15")


def person() -> Actor:
    return Actor(user_id=UserFactory().pk)


def receive(actor: Actor | None = None, **values: Any) -> Registration:
    """The registration, received and read again."""
    stated = {"kind": "firm", "legal_name": "Sokil Dron LLC", "country": "UA", **values}
    received = services.registration_receive(actor=actor or person(), **stated)
    return Registration.objects.get(pk=received.pk)


def holder(*numbers: tuple[str, str], **values: Any) -> Organisation:
    """An organisation with these numbers."""
    organisation = OrganisationFactory(**{"name_key": "", **values})
    for scheme, value in numbers:
        Identifier.objects.create(organisation=organisation, scheme=scheme, value=value)
    return organisation


def operator(*roles: str) -> Actor:
    return actor_of(OrganisationFactory(kind="operator"), *roles)


def event_names() -> list[str]:
    return [event.name.removeprefix("organisations.") for event in Event.objects.order_by("id")]


@pytest.mark.django_db
class TestRegistrationReceive:
    def test_registers_where_nothing_stands_against_it(self) -> None:
        applicant = person()

        registration = receive(applicant, identifiers=[EDRPOU, RNTRC], legal_name_uk=" ТОВ «Сокіл-Дрон» ")

        assert registration.status == "registered"
        organisation = registration.organisation
        assert organisation is not None
        assert (organisation.legal_name_uk, organisation.name_key) == ("ТОВ «Сокіл-Дрон»", "sokil dron")
        assert set(organisation.identifiers.values_list("scheme", "value")) == {EDRPOU, RNTRC}
        owner = actor_for_user(user_id=applicant.user_id)
        assert owner is not None
        assert (owner.organisation_id, owner.roles) == (organisation.pk, {"owner"})
        assert not RegistrationClash.objects.exists()

    def test_returns_what_was_received_whatever_became_of_it(self) -> None:
        holder(EDRPOU)
        stated = {"kind": "firm", "legal_name": "Sokil", "country": "UA"}

        free = services.registration_receive(actor=person(), **stated, identifiers=[RNTRC])
        held = services.registration_receive(actor=person(), **stated, identifiers=[EDRPOU])

        for received in (free, held):
            assert (received.status, received.organisation_id) == ("in_review", None)
        assert Registration.objects.get(pk=free.pk).status == "registered"
        assert Registration.objects.get(pk=held.pk).status == "in_review"

    def test_keeps_a_number_that_is_taken_in_review_and_makes_nothing(self) -> None:
        first = holder(EDRPOU)

        registration = receive(identifiers=[LEI, EDRPOU])

        assert (registration.status, registration.organisation) == ("in_review", None)
        clash = RegistrationClash.objects.get()
        assert (clash.organisation, clash.cause, clash.similarity) == (first, "identifier", None)
        assert list(Organisation.objects.all()) == [first]
        assert not Identifier.objects.filter(scheme="LEI").exists()
        assert not Membership.objects.exists()

    def test_names_every_holder(self) -> None:
        holders = {holder(EDRPOU).pk, holder(LEI).pk}

        registration = receive(identifiers=[LEI, EDRPOU, RNTRC])

        assert set(registration.clashes.values_list("organisation_id", flat=True)) == holders

    def test_is_not_held_up_by_another_registration(self) -> None:
        blocked = receive(identifiers=[LEI]) and receive(identifiers=[LEI, EDRPOU])
        assert blocked.status == "in_review"

        assert receive(identifiers=[EDRPOU]).status == "registered"

    def test_tells_the_operator_of_a_similar_name_and_registers(self) -> None:
        native = OrganisationFactory(country="UA", name_key="falcon|sokil dron")
        abroad = OrganisationFactory(country="PL", name_key="sokol dron", kind="fund")
        OrganisationFactory(name_key="alpha technologies")
        OrganisationFactory(name_key="sokil dron", merged_into=native)

        registration = receive(legal_name="«СОКІЛ-ДРОН», ТОВ")

        assert registration.status == "registered"
        clashes = registration.clashes.order_by("-similarity")
        assert [(clash.organisation, clash.cause) for clash in clashes] == [(native, "name"), (abroad, "name")]
        assert [clash.similarity for clash in clashes] == [Decimal("1.000"), Decimal("0.571")]

    def test_compares_the_native_name_too(self) -> None:
        similar = OrganisationFactory(name_key="sokil dron")

        registration = receive(legal_name="Falcon LLC", legal_name_uk="ТОВ «Сокіл-Дрон»")

        assert registration.clashes.get().organisation == similar

    def test_names_the_five_most_similar(self) -> None:
        OrganisationFactory.create_batch(4, name_key="sokil dron")
        OrganisationFactory.create_batch(3, name_key="sokil drone")

        clashes = receive().clashes.all()

        assert sorted(str(clash.similarity) for clash in clashes) == ["0.769", *["1.000"] * 4]

    def test_notes_an_organisation_once(self) -> None:
        holder(EDRPOU, name_key="sokil dron")

        assert [clash.cause for clash in receive(identifiers=[EDRPOU]).clashes.all()] == ["identifier"]

    def test_leaves_names_without_letters_alone(self) -> None:
        OrganisationFactory(name_key="")

        assert not receive(legal_name="!!!").clashes.exists()

    def test_tells_nobody_of_the_other(self) -> None:
        held, similar = holder(EDRPOU), OrganisationFactory(name_key="sokil dron")
        applicant = actor_of(OrganisationFactory(kind="fund"))

        receive(applicant, identifiers=[EDRPOU])

        found = Event.objects.filter(name="organisations.registration_clash.found")
        assert found.count() == 2
        for event in found:
            assert (event.organisation_id, event.actor_organisation_id, event.actor) == (None, None, "system")
            assert set(event.data) == {"clash_id", "cause"}
        assert not Event.objects.filter(organisation_id__in=[held.pk, similar.pk]).exists()

    def test_tells_ids_and_codes_only(self) -> None:
        receive(identifiers=[EDRPOU])

        assert event_names() == [
            "registration.received",
            "organisation.registered",
            "membership.added",
            "registration.registered",
        ]
        assert Event.objects.get(name="organisations.registration.received").data == {"kind": "firm", "country": "UA"}
        told = str(list(Event.objects.values_list("data", flat=True)))
        assert "Sokil" not in told
        assert EDRPOU[1] not in told

    def test_says_what_is_wrong_and_keeps_nothing(self) -> None:
        with pytest.raises(services.OrganisationNotAcceptable) as refusal:
            receive(country="XX", identifiers=[EDRPOU, ("LEI", "1")])

        assert [problem.pointer for problem in refusal.value.errors] == ["/country", "/identifiers/1/value"]
        assert not Registration.objects.exists()
        assert not Event.objects.exists()

    def test_is_for_people_and_not_for_operators_to_be(self) -> None:
        key = key_of(actor_of(OrganisationFactory())).key

        for actor in (Actor.anonymous(), Actor(user_id=key.created_by_id, api_key_id=key.pk)):
            with pytest.raises(services.RegistrationNeedsPerson):
                receive(actor)
        with pytest.raises(services.OperatorNotRegistered):
            receive(kind="operator")

    def test_takes_ten_in_review_at_most(self) -> None:
        holder(EDRPOU)
        applicant = person()
        last = [receive(applicant, identifiers=[EDRPOU]) for _ in range(10)][-1]

        with pytest.raises(services.TooManyInReview):
            receive(applicant, identifiers=[EDRPOU])
        with pytest.raises(services.TooManyInReview):
            receive(applicant)

        assert receive(identifiers=[EDRPOU]).status == "in_review"
        services.registration_withdraw(actor=applicant, registration=last)
        assert receive(applicant).status == "registered"

    def test_takes_twenty_a_day_at_most(self) -> None:
        applicant, now = person(), utc_now()
        for number in range(20):
            receive(applicant, legal_name=f"{number}", now=now)

        with pytest.raises(services.TooManyToday):
            receive(applicant, now=now)

        assert receive(applicant, now=now + dt.timedelta(days=1, minutes=1)).status == "registered"


@pytest.mark.usefixtures("committed")
class TestRace:
    def test_forty_of_one_number_make_one_organisation(self) -> None:
        applicants = [person() for _ in range(40)]
        body = {
            "kind": "firm",
            "legal_name": "Sokil",
            "country": "UA",
            "identifiers": [{"scheme": scheme, "value": value} for scheme, value in (EDRPOU, LEI)],
        }
        turned = {**body, "identifiers": body["identifiers"][::-1]}

        def send(index: int) -> Any:
            given = turned if index % 2 else body
            return client_of(applicants[index]).post("/api/v1/organisations", given)

        answers = together(*(lambda index=index: send(index) for index in range(40)))

        texts = set()
        for answer in answers:
            found = answer.json()
            found["identifiers"].sort(key=lambda item: item["scheme"])
            texts.add((answer.status_code, str({**found, "id": "", "created_at": ""}), tuple(sorted(answer.headers))))
        assert len(texts) == 1
        assert answers[0].status_code == 202
        organisation = Organisation.objects.get()
        assert organisation.identifiers.count() == 2
        assert Membership.objects.count() == 1
        assert Registration.objects.filter(status="registered", organisation=organisation).count() == 1
        queued = RegistrationClash.objects.filter(
            registration__status="in_review", cause="identifier", organisation=organisation
        )
        assert queued.count() == 39

    def test_a_person_does_not_outrun_the_limit(self) -> None:
        holder(EDRPOU)
        applicant = person()

        results = together(*(lambda: receive(applicant, identifiers=[EDRPOU]) for _ in range(14)))

        assert sum(isinstance(result, services.TooManyInReview) for result in results) == 4
        assert Registration.objects.count() == 10


@pytest.mark.django_db
class TestRegistrationWithdraw:
    def test_ends_the_own_one(self) -> None:
        holder(EDRPOU)
        applicant = person()
        registration = receive(applicant, identifiers=[EDRPOU])

        services.registration_withdraw(actor=applicant, registration=registration)

        registration.refresh_from_db()
        assert registration.status == "withdrawn"
        event = Event.objects.get(name="organisations.registration.withdrawn")
        assert event.data["by"] == f"user:{applicant.user_id}"

    def test_is_for_the_applicant_in_person(self) -> None:
        holder(EDRPOU)
        applicant = person()
        registration = receive(applicant, identifiers=[EDRPOU])
        software = Actor(user_id=applicant.user_id, api_key_id=UserFactory().pk)

        for actor in (person(), software, operator(), Actor.anonymous()):
            with pytest.raises(NotYours):
                services.registration_withdraw(actor=actor, registration=registration)

    def test_is_too_late_once_registered(self) -> None:
        applicant = person()
        registration = receive(applicant)

        with pytest.raises(NotNow):
            services.registration_withdraw(actor=applicant, registration=registration)


def clash_of(registration: Registration) -> RegistrationClash:
    return RegistrationClash.objects.select_related("registration").get(registration=registration)


@pytest.mark.django_db
class TestClashJudgeDistinct:
    def test_registers_once_the_number_is_free(self) -> None:
        first, applicant, judge = holder(EDRPOU), person(), operator()
        registration = receive(applicant, identifiers=[EDRPOU])
        with pytest.raises(services.NumberStillHeld):
            services.clash_judge_distinct(actor=judge, clash=clash_of(registration), reason="another")
        clash = clash_of(registration)
        assert (clash.status, clash.decided_at, clash.version) == ("open", None, 1)
        first.identifiers.all().delete()

        services.clash_judge_distinct(actor=judge, clash=clash, reason=" another firm ")

        clash.refresh_from_db()
        assert (clash.status, clash.reason, clash.decided_by_id) == ("distinct", "another firm", judge.user_id)
        assert clash.decided_at is not None
        registration.refresh_from_db()
        assert registration.status == "registered"
        assert registration.organisation is not None
        assert registration.organisation.memberships.get().user_id == applicant.user_id
        event = Event.objects.get(name="organisations.registration_clash.judged_distinct")
        assert (event.organisation_id, event.data) == (judge.organisation_id, {"from": "open", "to": "distinct"})

    def test_is_refused_while_another_holds_one_of_the_numbers(self) -> None:
        first, second = holder(EDRPOU), holder(LEI)
        registration = receive(identifiers=[EDRPOU, LEI])
        first.identifiers.all().delete()
        clash = RegistrationClash.objects.select_related("registration").get(organisation=first)

        with pytest.raises(services.NumberStillHeld):
            services.clash_judge_distinct(actor=operator(), clash=clash, reason="another")

        registration.refresh_from_db()
        assert registration.status == "in_review"
        assert RegistrationClash.objects.filter(status="open").count() == 2
        assert second.identifiers.count() == 1

    def test_settles_a_clash_of_names(self) -> None:
        OrganisationFactory(name_key="sokil dron")
        clash = clash_of(receive())

        services.clash_judge_distinct(actor=operator("compliance"), clash=clash, reason="no")

        assert clash_of(clash.registration).status == "distinct"

    def test_leaves_a_withdrawn_registration_alone(self) -> None:
        first, applicant = holder(EDRPOU), person()
        registration = receive(applicant, identifiers=[EDRPOU])
        services.registration_withdraw(actor=applicant, registration=registration)
        first.identifiers.all().delete()

        services.clash_judge_distinct(actor=operator(), clash=clash_of(registration), reason="late")

        registration.refresh_from_db()
        assert registration.status == "withdrawn"


@pytest.mark.django_db
class TestClashJudgeSame:
    def test_refuses_what_a_number_held_up(self) -> None:
        holder(EDRPOU)
        registration = receive(identifiers=[EDRPOU])

        services.clash_judge_same(actor=operator("editor"), clash=clash_of(registration), reason="the same")

        registration.refresh_from_db()
        assert registration.status == "refused"
        assert clash_of(registration).status == "same"
        assert Event.objects.filter(name="organisations.registration.refused").exists()

    def test_marks_a_clash_of_names_and_leaves_the_registered(self) -> None:
        OrganisationFactory(name_key="sokil dron")
        registration = receive()

        services.clash_judge_same(actor=operator(), clash=clash_of(registration), reason="the same")

        registration.refresh_from_db()
        assert (registration.status, clash_of(registration).status) == ("registered", "same")

    def test_is_decided_once(self) -> None:
        OrganisationFactory(name_key="sokil dron")
        clash = clash_of(receive())
        services.clash_judge_same(actor=operator(), clash=clash, reason="the same")

        for judge in (services.clash_judge_same, services.clash_judge_distinct):
            with pytest.raises(NotNow):
                judge(actor=operator(), clash=clash, reason="again")

        assert clash_of(clash.registration).reason == "the same"

    @pytest.mark.parametrize(("kind", "role"), [("operator", "viewer"), ("firm", "owner"), ("authority", "officer")])
    def test_is_for_those_who_decide(self, kind: str, role: str) -> None:
        holder(EDRPOU)
        registration = receive(identifiers=[EDRPOU])
        actor = actor_of(OrganisationFactory(kind=kind), role)

        for judge in (services.clash_judge_same, services.clash_judge_distinct):
            with pytest.raises(NotPermitted):
                judge(actor=actor, clash=clash_of(registration), reason="mine")

        assert clash_of(registration).status == "open"
