"""What evidences a capability, and the tier that follows."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from apps.documents.models import DocumentAccess
from apps.documents.services import document_withdraw
from apps.startups import services
from apps.startups.models import Attestation, Capability, CapabilityCodification, CapabilityStandard
from apps.startups.services.capabilities import CapabilityNotAcceptable
from apps.startups.services.capability_evidence import document_withdrawn, tier_refresh
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.cases import clean_document
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, FinancialsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def capability() -> Capability:
    """Nothing evidences it yet."""
    return CapabilityFactory(tier="E0", given_tier="")


def change(capability: Capability, **values: Any) -> Capability:
    actor = actor_of(capability.firm.organisation)
    return services.capability_update(actor=actor, capability=capability, **values)


def problems_of(capability: Capability, **values: Any) -> list[tuple[str, str]]:
    with pytest.raises(CapabilityNotAcceptable) as refusal:
        change(capability, **values)
    return [(problem.pointer, problem.code) for problem in refusal.value.errors]


class TestStandards:
    def test_are_replaced_as_a_list(self, capability: Capability) -> None:
        paper = clean_document(capability.firm.organisation)
        first = services.StandardIn(designation="STANAG  4671 ", part="ed. 3")
        certified = services.StandardIn(designation="ISO 9001", basis="certified", document=paper.pk)

        change(capability, standards=[first])
        change(capability, standards=[first, certified])

        rows = CapabilityStandard.objects.order_by("designation").values_list("designation", "part", "basis")
        assert list(rows) == [("ISO 9001", "", "certified"), ("STANAG 4671", "ed. 3", "claimed")]
        assert capability.version == 3
        told = Event.objects.filter(name="startups.capability.updated").order_by("id").last()
        assert told is not None
        assert told.data == {"fields": ["standards"]}

    def test_stated_again_change_nothing(self, capability: Capability) -> None:
        line = services.StandardIn(designation="STANAG 4671")
        change(capability, standards=[line])
        kept = CapabilityStandard.objects.get().pk

        change(capability, standards=[line])

        assert (CapabilityStandard.objects.get().pk, capability.version) == (kept, 2)

    def test_say_what_is_wrong(self, capability: Capability) -> None:
        lines = [
            services.StandardIn(designation=" "),
            services.StandardIn(designation="ISO 9001", basis="certified"),
            services.StandardIn(designation="ISO  9001"),
        ]

        assert problems_of(capability, standards=lines) == [
            ("/standards/0/designation", "blank"),
            ("/standards/1/document", "needs_document"),
            ("/standards/2/designation", "repeated"),
        ]


class TestCodifications:
    @pytest.mark.parametrize("number", ["1550-12-345-6789", "1550123456789", "1550-123456789"])
    def test_keep_a_stock_number_in_its_groups(self, capability: Capability, number: str) -> None:
        change(capability, codifications=[services.CodificationIn(scheme="nsn", number=number)])

        assert CapabilityCodification.objects.get().number == "1550-12-345-6789"

    @pytest.mark.parametrize("number", ["", "155012345678", "15501234567890", "1550-12-345-678A", "1550 12 345 6789 0"])
    def test_refuse_a_stock_number_of_another_form(self, capability: Capability, number: str) -> None:
        line = services.CodificationIn(scheme="nsn", number=number)

        assert problems_of(capability, codifications=[line]) == [("/codifications/0/number", "invalid")]

    def test_say_what_is_wrong(self, capability: Capability) -> None:
        lines = [
            services.CodificationIn(scheme="ua_act", number=" "),
            services.CodificationIn(scheme="ua_act", number="17", issued_on=utc_today() + dt.timedelta(days=1)),
            services.CodificationIn(scheme="ua_act", number=" 17"),
        ]

        assert problems_of(capability, codifications=lines) == [
            ("/codifications/0/number", "blank"),
            ("/codifications/1/issued_on", "in_the_future"),
            ("/codifications/2/number", "repeated"),
        ]

    def test_lose_their_confirmation_with_their_document(self, capability: Capability) -> None:
        first, other = (clean_document(capability.firm.organisation) for _ in range(2))
        line = services.CodificationIn(scheme="ua_act", number="17", document=first.pk)
        change(capability, codifications=[line])
        CapabilityCodification.objects.update(confirmed_at=utc_now(), confirmed_by=UserFactory())

        change(capability, codifications=[line])
        assert CapabilityCodification.objects.get().confirmed_at is not None
        assert tier_refresh(capability_id=capability.pk) == "E3"
        change(capability, codifications=[services.CodificationIn(scheme="ua_act", number="17", document=other.pk)])

        assert (CapabilityCodification.objects.get().confirmed_at, tier_of(capability)) == (None, "E1")


class TestDocuments:
    def test_are_clean_ones_of_the_own_organisation(self, capability: Capability) -> None:
        others = [
            clean_document(OrganisationFactory()).pk,
            DocumentFactory(organisation=capability.firm.organisation).pk,
        ]
        lines = [services.DocumentIn(document=pk, purpose="maturity") for pk in (*others, uuid4())]

        assert problems_of(capability, documents=lines) == [
            (f"/documents/{index}/document", "does_not_exist") for index in range(3)
        ]

    def test_stay_when_they_were_withdrawn_but_do_not_count(self, capability: Capability) -> None:
        paper = clean_document(capability.firm.organisation)
        line = services.DocumentIn(document=paper.pk, purpose="maturity")
        change(capability, documents=[line])
        assert tier_of(capability) == "E1"

        document_withdraw(actor=actor_of(capability.firm.organisation), document=paper)
        document_withdrawn(document_id=paper.pk)
        change(capability, documents=[line], trl=5)

        assert tier_of(capability) == "E0"
        assert capability.capability_documents.count() == 1

    def test_are_open_to_operators_as_long_as_they_serve_export_control(self, capability: Capability) -> None:
        operator = OrganisationFactory(kind="operator")
        papers = [clean_document(capability.firm.organisation) for _ in range(2)]
        lines = [
            services.DocumentIn(document=papers[0].pk, purpose="export_control"),
            services.DocumentIn(document=papers[1].pk, purpose="maturity"),
        ]

        change(capability, documents=lines)

        access = DocumentAccess.objects.get()
        assert (access.document_id, access.viewer_id, access.cause_id) == (papers[0].pk, operator.pk, capability.pk)
        assert access.until is None
        change(capability, documents=lines[1:])
        access.refresh_from_db()
        assert access.until is not None


def tier_of(capability: Capability) -> str:
    return str(Capability.objects.values_list("tier", flat=True).get(pk=capability.pk))


class TestTierRefresh:
    def test_takes_the_best_of_the_log(self, capability: Capability) -> None:
        fact = DevelopmentEventFactory(capability=capability, occurred_at=utc_now() - dt.timedelta(days=3))
        assert tier_refresh(capability_id=capability.pk) == "E0"

        Attestation.objects.create(
            event=fact,
            attestor=OrganisationFactory(kind="attestor"),
            role="unit",
            verdict="confirmed",
            attested_on=utc_today(),
            counts=True,
            given_by=UserFactory(),
        )

        assert tier_refresh(capability_id=capability.pk) == "E2"
        told = Event.objects.get(name="startups.capability.tier_changed")
        assert (told.organisation_id, told.data) == (capability.firm.organisation_id, {"from": "E0", "to": "E2"})

    def test_does_not_lower_what_an_import_gave(self) -> None:
        given = CapabilityFactory(tier="E3", given_tier="E3")

        assert tier_refresh(capability_id=given.pk) == "E3"
        assert not Event.objects.filter(name="startups.capability.tier_changed").exists()


class TestDocumentWithdrawn:
    @pytest.mark.parametrize(("tier", "after"), [("E1", "E0"), ("E2", "E2")])
    def test_lowers_the_figures_that_it_evidenced(self, tier: str, after: str) -> None:
        year = FinancialsFactory(tier=tier)
        paper = clean_document(year.firm.organisation)
        year.document = paper
        year.save()

        document_withdraw(actor=actor_of(year.firm.organisation), document=paper)
        document_withdrawn(document_id=paper.pk)

        year.refresh_from_db()
        assert year.tier == after
