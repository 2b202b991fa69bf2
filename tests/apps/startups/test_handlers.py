"""The registry's reaction to a registered organisation."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core import mail

from apps.documents.services import document_withdraw
from apps.organisations.services import organisation_register
from apps.organisations.services.merging import organisation_merge
from apps.startups.handlers import forget_search_words, measure_imported, refresh_names, refresh_search_imported
from apps.startups.models import Firm, Listing, Raise, SearchWord, SpeedProfile
from apps.startups.services import development_event_record
from apps.startups.services.attestations import attestation_give, attestation_give_by_link
from apps.startups.services.search_words import search_words_refresh
from apps.startups.services.speed import KIND, speed_recompute
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.events import declared, publish, subscribers
from kernel.models import Delivery, Job
from kernel.outbox import delivery_make
from tests.factories.cases import clean_document
from tests.factories.listings import listed_capability
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import (
    CapabilityFactory,
    DevelopmentEventFactory,
    FirmFactory,
    RaiseFactory,
    asked,
    attestor_of,
    evidence_of,
)


@pytest.mark.django_db
class TestEnterFirm:
    @pytest.mark.parametrize(("kind", "entries"), [("firm", 1), ("fund", 0)])
    def test_enters_firms_once(self, kind: str, entries: int) -> None:
        organisation = organisation_register(actor=Actor.system(), kind=kind, legal_name="Vyriy", country="UA")
        delivery = Delivery.objects.get(subscriber="apps.startups.handlers.enter_firm")

        assert delivery_make(delivery_id=delivery.pk) == "delivered"
        assert delivery_make(delivery_id=delivery.pk) == "skipped"

        assert Firm.objects.filter(organisation=organisation).count() == entries


@pytest.mark.django_db
class TestLowerRaiseEvidence:
    def test_follows_the_withdrawal_of_the_document(self) -> None:
        item = RaiseFactory(cost_tier="E1")
        document = clean_document(item.firm.organisation)
        Raise.objects.update(cost_evidence=document)

        document_withdraw(actor=actor_of(item.firm.organisation), document=document)
        delivery = Delivery.objects.get(subscriber="apps.startups.handlers.lower_raise_evidence")
        assert delivery_make(delivery_id=delivery.pk) == "delivered"

        item.refresh_from_db()
        assert item.cost_tier == "E0"


@pytest.mark.django_db
class TestMeasure:
    def delivered(self, subscriber: str) -> None:
        for delivery in Delivery.objects.filter(subscriber=f"apps.startups.handlers.{subscriber}", delivered_at=None):
            assert delivery_make(delivery_id=delivery.pk) == "delivered"

    def test_a_recorded_event_moves_the_profile(self) -> None:
        capability = CapabilityFactory()
        development_event_record(
            actor=actor_of(capability.firm.organisation),
            capability=capability,
            kind="order_received",
            occurred_at=utc_now() - dt.timedelta(days=3),
        )

        self.delivered("measure_speed")

        assert SpeedProfile.objects.get(capability=capability).as_of == utc_today()

    def test_whatever_changes_a_log_or_a_lead_is_heard_of(self) -> None:
        heard = {name for name in declared() if "apps.startups.handlers.measure_speed" in subscribers(name)}

        assert {
            "startups.development_event.recorded",
            "startups.attestation.applied",
            "startups.evidence.confirmed",
            "startups.evidence.withdrawn",
            "startups.capability.updated",
            "startups.capability.archived",
            "startups.raise.opened",
            "startups.raise.closed",
        } <= heard

    def test_a_merge_measures_who_took_the_capabilities(self) -> None:
        capability, into = CapabilityFactory(), FirmFactory()
        merged = capability.firm
        speed_recompute(firm_id=merged.pk)
        organisation_merge(
            actor=actor_of(OrganisationFactory(kind="operator")),
            organisation=merged.organisation,
            into=into.organisation,
            dry_run=False,
        )

        self.delivered("measure_merged")

        assert set(SpeedProfile.objects.values_list("firm", flat=True)) == {into.pk}

    def test_a_loaded_import_queues_a_job(self) -> None:
        firm, import_id = FirmFactory(), uuid4()
        told = {"actor": Actor.system(), "subject": firm.organisation, "organisation_id": firm.organisation_id}
        publish("exchange.import.touched", **told, data={"import": str(import_id)})
        event = publish("exchange.import.loaded", **told)
        event.object_id = import_id

        measure_imported(event)

        assert Job.objects.get(kind=KIND).payload == {"import": str(import_id)}


@pytest.mark.django_db
class TestMailAttestations:
    def test_mails_the_link_and_after_the_answer_the_receipt(self) -> None:
        request = asked(DevelopmentEventFactory(), email="olena@unit.example", role="unit")
        link = Delivery.objects.get(subscriber="apps.startups.handlers.mail_attestation_request")

        assert delivery_make(delivery_id=link.pk) == "delivered"
        token = str(mail.outbox[0].body).partition("/attest#")[2].split()[0]
        attestation_give_by_link(actor=Actor.anonymous(), token=token, verdict="confirmed")
        receipt = Delivery.objects.get(subscriber="apps.startups.handlers.mail_attestation_receipt")
        assert delivery_make(delivery_id=receipt.pk) == "delivered"

        assert [sent.to for sent in mail.outbox] == [["olena@unit.example"]] * 2
        request.refresh_from_db()
        assert request.receipt_at is not None

    def test_mails_no_receipt_to_who_answered_in_its_organisation(self) -> None:
        request = asked(DevelopmentEventFactory())
        attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")
        receipt = Delivery.objects.get(subscriber="apps.startups.handlers.mail_attestation_receipt")

        assert delivery_make(delivery_id=receipt.pk) == "delivered"

        assert mail.outbox == []


@pytest.mark.django_db
class TestWithdrawEventEvidence:
    def test_a_withdrawn_document_shows_nothing_any_more(self) -> None:
        evidence = evidence_of(DevelopmentEventFactory())

        document_withdraw(actor=actor_of(evidence.event.capability.firm.organisation), document=evidence.document)
        delivery = Delivery.objects.get(subscriber="apps.startups.handlers.withdraw_event_evidence")
        assert delivery_make(delivery_id=delivery.pk) == "delivered"

        evidence.refresh_from_db()
        assert evidence.status == "withdrawn"


@pytest.mark.django_db
class TestSearchFollows:
    def test_a_changed_name_is_found(self) -> None:
        listing = listed_capability(firm__naming="all_verified")
        organisation = listing.organisation
        organisation.legal_name = "Zorevind LLC"
        organisation.save()

        refresh_names(publish("organisations.organisation.updated", actor=Actor.system(), subject=organisation))

        assert "zorevind" in Listing.objects.get(pk=listing.pk).words

    def test_a_loaded_import_counts_the_words(self) -> None:
        listing = listed_capability(title="Relays")

        refresh_search_imported(publish("exchange.import.loaded", actor=Actor.system(), subject=listing.organisation))

        assert SearchWord.objects.filter(lexeme="relays").exists()

    @pytest.mark.parametrize("name", ["organisation.went_dark", "organisation.standing_changed"])
    def test_the_words_of_a_hidden_firm_are_forgotten(self, name: str) -> None:
        listing = listed_capability(title="Relays")
        search_words_refresh()
        type(listing.organisation).objects.filter(pk=listing.organisation_id).update(standing="suspended")

        forget_search_words(publish(f"organisations.{name}", actor=Actor.system(), subject=listing.organisation))

        assert not SearchWord.objects.filter(lexeme="relays").exists()
