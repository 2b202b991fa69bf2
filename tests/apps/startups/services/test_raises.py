"""Raises: stating, opening, committing, ending."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.compliance.models import VerificationCase
from apps.documents.services import document_withdraw
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.models import Raise
from apps.startups.services.raises import LeadNotPublished, NothingCommitted, RaiseEnded, RaiseNotAcceptable
from apps.startups.states import CapabilityStatus, RaiseStatus
from kernel.clock import utc_now, utc_today
from kernel.ids import uuid7
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.cases import clean_document
from tests.factories.compliance import owns as holds
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import CapabilityFactory, FirmFactory, RaiseFactory

pytestmark = pytest.mark.django_db


def create(**values: Any) -> Raise:
    capability = CapabilityFactory()
    given = {
        "lead_capability": capability.pk,
        "amount": Decimal(1_000_000),
        "currency": "EUR",
        "instruments": ["equity", "convertible"],
        **values,
    }
    return services.raise_create(actor=actor_of(capability.firm.organisation), firm=capability.firm, **given)


def owner(item: Raise) -> Any:
    return actor_of(item.firm.organisation)


def owns(owner: Organisation, owned: Organisation, **values: Any) -> None:
    """As an operator's import says, unless `stated_by` does."""
    holds(owner, owned, **{"stated_by": None, **values})


def name_issuer(item: Raise, issuer: Organisation) -> None:
    services.raise_update(actor=owner(item), item=item, issuer=issuer.pk)


def locked_tables(queries: CaptureQueriesContext) -> list[str]:
    """The tables whose rows were locked, in order, before what follows from the change."""
    locks = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"] and ' FROM "' in query["sql"]]
    return [statement.split(' FROM "')[1].split('"')[0] for statement in locks]


class TestRaiseCreate:
    def test_makes_a_draft(self) -> None:
        item = create(terms=[{"term": "lead", "value": "yes", "required": True}])

        item.refresh_from_db()
        assert (item.status, item.opened_on, item.instruments) == ("draft", None, ["equity", "convertible"])
        assert Event.objects.get(name="startups.raise.created").organisation_id == item.firm.organisation_id

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"instruments": ["equity", "loan"]}, "/instruments"),
            ({"lead_capability": uuid7()}, "/lead_capability"),
            ({"issuer": uuid7()}, "/issuer"),
            ({"amount": Decimal(0)}, "/amount"),
            ({"amount_left": Decimal(2_000_000)}, "/amount_left"),
            ({"min_ticket": Decimal(2_000_000)}, "/min_ticket"),
            ({"currency": "XTS"}, "/amount/currency"),
            ({"cost_tier": "E2"}, "/cost_tier"),
            ({"cost_tier": "E1"}, "/cost_tier"),
            ({"cost_evidence": uuid7()}, "/cost_evidence"),
            ({"blocked_organisations": [uuid7()]}, "/blocked_organisations/0"),
            ({"tranche_of": uuid7()}, "/tranche_of"),
            ({"proceeds": [{"purpose": "Line", "amount": Decimal(2_000_000)}]}, "/proceeds"),
            (
                {"subsidised_loans": [{"programme": "5-7-9", "amount": Decimal(1), "currency": "XTS"}]},
                "/subsidised_loans/0/amount/currency",
            ),
            ({"blocked_countries": ["XX"]}, "/blocked_countries/0"),
            ({"need_by": dt.date(2020, 1, 1)}, "/need_by"),
            ({"terms": [{"term": "lead", "value": "perhaps", "required": True}]}, "/terms/0/value"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        with pytest.raises(RaiseNotAcceptable) as refusal:
            create(**values)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_refuses_a_capability_of_another_firm(self) -> None:
        with pytest.raises(RaiseNotAcceptable):
            create(lead_capability=CapabilityFactory().pk)

    def test_refuses_an_archived_capability(self) -> None:
        capability = CapabilityFactory(status=CapabilityStatus.ARCHIVED)

        with pytest.raises(RaiseNotAcceptable):
            services.raise_create(
                actor=actor_of(capability.firm.organisation),
                firm=capability.firm,
                lead_capability=capability.pk,
                amount=Decimal(1),
                currency="EUR",
                instruments=["grant"],
            )


class TestIssuer:
    def test_may_be_the_firms_own_organisation(self) -> None:
        item = RaiseFactory()

        name_issuer(item, item.firm.organisation)

        assert Raise.objects.get().issuer == item.firm.organisation

    @pytest.mark.parametrize("tie", ["owner", "owned", "sibling"])
    def test_may_be_a_firm_tied_by_ownership(self, tie: str) -> None:
        item, issuer, common = RaiseFactory(), OrganisationFactory(country="EE"), OrganisationFactory(kind="fund")
        own = item.firm.organisation
        pairs = {"owner": [(issuer, own)], "owned": [(own, issuer)], "sibling": [(common, own), (common, issuer)]}
        for first, second in pairs[tie]:
            owns(first, second)

        name_issuer(item, issuer)

        assert Raise.objects.get().issuer == issuer

    def test_may_not_be_a_stranger(self) -> None:
        item, stranger, owner_of_another = RaiseFactory(), OrganisationFactory(), OrganisationFactory()
        owns(owner_of_another, stranger)

        for issuer in (stranger, owner_of_another):
            with pytest.raises(RaiseNotAcceptable) as refusal:
                name_issuer(item, issuer)

            assert [(problem.pointer, problem.code) for problem in refusal.value.errors] == [
                ("/issuer", "unknown_organisation")
            ]

    def test_may_not_be_tied_by_an_owner_without_an_organisation(self) -> None:
        item, other = RaiseFactory(), OrganisationFactory()
        for owned in (item.firm.organisation, other):
            holds(None, owned, name="Olena")

        with pytest.raises(RaiseNotAcceptable):
            name_issuer(item, other)

    def test_may_not_rest_on_the_firms_bare_word(self) -> None:
        item, issuer = RaiseFactory(), OrganisationFactory(country="EE")
        own = item.firm.organisation
        owns(issuer, own, stated_by=own)

        with pytest.raises(RaiseNotAcceptable):
            name_issuer(item, issuer)

        case = VerificationCase.objects.create(
            organisation=own, status="verified", checklist="any", is_standing=True, decided_at=utc_now()
        )
        name_issuer(item, issuer)
        assert Raise.objects.get().issuer == issuer

        VerificationCase.objects.filter(pk=case.pk).update(decided_at=utc_now() - dt.timedelta(days=1))
        with pytest.raises(RaiseNotAcceptable):
            name_issuer(item, issuer)

    def test_may_not_rest_on_a_correction_that_no_officer_has_seen(self) -> None:
        item, issuer, common = RaiseFactory(), OrganisationFactory(country="EE"), OrganisationFactory(kind="fund")
        own = item.firm.organisation
        owns(common, own)
        owns(common, issuer, stated_by=issuer)

        with pytest.raises(RaiseNotAcceptable):
            name_issuer(item, issuer)

    def test_may_not_be_a_fund_that_owns_the_firm(self) -> None:
        item, fund = RaiseFactory(), OrganisationFactory(kind="fund", country="DE")
        owns(fund, item.firm.organisation)

        with pytest.raises(RaiseNotAcceptable):
            name_issuer(item, fund)

    def test_may_not_be_one_that_the_firm_does_not_see(self) -> None:
        item, holding = RaiseFactory(), OrganisationFactory(standing="registered")
        owns(holding, item.firm.organisation)

        with pytest.raises(RaiseNotAcceptable):
            name_issuer(item, holding)

    @pytest.mark.parametrize("dates", [{"to_date": dt.date(2020, 1, 1)}, {"from_date": dt.date(2999, 1, 1)}])
    def test_may_not_be_tied_at_another_time_only(self, dates: dict[str, dt.date]) -> None:
        item, holding = RaiseFactory(), OrganisationFactory()
        owns(holding, item.firm.organisation, **dates)

        with pytest.raises(RaiseNotAcceptable):
            name_issuer(item, holding)


class TestRaiseUpdate:
    def test_changes_and_counts_the_version(self) -> None:
        item = RaiseFactory()

        services.raise_update(actor=owner(item), item=item, stage="series_a")

        item.refresh_from_db()
        assert (item.stage, item.version) == ("series_a", 2)
        assert Event.objects.get(name="startups.raise.updated").data == {"fields": ["stage"]}

    def test_refuses_to_change_the_currency_of_amounts_left_behind(self) -> None:
        item = RaiseFactory()

        with pytest.raises(RaiseNotAcceptable) as refusal:
            services.raise_update(actor=owner(item), item=item, amount=Decimal(9_000_000), currency="UAH")

        assert [problem.pointer for problem in refusal.value.errors] == ["/min_ticket"]

    def test_holds_new_amounts_against_the_present_ones(self) -> None:
        item = RaiseFactory()

        with pytest.raises(RaiseNotAcceptable) as refusal:
            services.raise_update(actor=owner(item), item=item, amount=Decimal(1000))

        assert [problem.pointer for problem in refusal.value.errors] == ["/min_ticket"]

    def test_keeps_an_open_raise_on_a_published_lead(self) -> None:
        item = RaiseFactory()
        draft = CapabilityFactory(firm=item.firm, status=CapabilityStatus.DRAFT)

        with pytest.raises(LeadNotPublished):
            services.raise_update(actor=owner(item), item=item, lead_capability=draft.pk)

    @pytest.mark.parametrize("status", [RaiseStatus.CLOSED, RaiseStatus.WITHDRAWN])
    def test_ends_with_the_raise(self, status: str) -> None:
        item = RaiseFactory(status=status)

        with pytest.raises(RaiseEnded):
            services.raise_update(actor=owner(item), item=item, stage="seed")

    def test_judges_the_status_that_the_row_has_by_now(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT)
        draft = CapabilityFactory(firm=item.firm, status=CapabilityStatus.DRAFT)

        for status, refusal in ((RaiseStatus.OPEN, LeadNotPublished), (RaiseStatus.CLOSED, RaiseEnded)):
            Raise.objects.update(status=status)
            with pytest.raises(refusal):
                services.raise_update(actor=owner(item), item=item, lead_capability=draft.pk)

    def test_locks_the_raise_then_the_lead(self) -> None:
        item = RaiseFactory()
        actor, other = owner(item), CapabilityFactory(firm=item.firm)

        with CaptureQueriesContext(connection) as queries:
            services.raise_update(actor=actor, item=item, lead_capability=other.pk)

        assert locked_tables(queries) == ["startups_raise", "startups_capability"]


class TestRaiseOpen:
    def test_opens_today_and_tells(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT)

        services.raise_open(actor=owner(item), item=item)

        item.refresh_from_db()
        assert (item.status, item.opened_on) == ("open", utc_today())
        assert Event.objects.get(name="startups.raise.opened").data == {"from": "draft", "to": "open"}

    @pytest.mark.parametrize("status", [CapabilityStatus.DRAFT, CapabilityStatus.ARCHIVED])
    def test_needs_a_published_lead(self, status: str) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT, lead_capability__status=status)

        with pytest.raises(LeadNotPublished):
            services.raise_open(actor=owner(item), item=item)

        item.refresh_from_db()
        assert (item.status, item.opened_on) == ("draft", None)

    def test_needs_the_lead_that_the_row_has_by_now_published(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT)
        draft = CapabilityFactory(firm=item.firm, status=CapabilityStatus.DRAFT)
        Raise.objects.update(lead_capability=draft)

        with pytest.raises(LeadNotPublished):
            services.raise_open(actor=owner(item), item=item)

    def test_locks_the_raise_then_the_lead(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT)
        actor = owner(item)

        with CaptureQueriesContext(connection) as queries:
            services.raise_open(actor=actor, item=item)

        assert locked_tables(queries)[:2] == ["startups_raise", "startups_capability"]

    def test_is_for_those_who_may(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT)

        with pytest.raises(NotPermitted):
            services.raise_open(actor=actor_of(item.firm.organisation, "viewer"), item=item)
        with pytest.raises(NotYours):
            services.raise_open(actor=actor_of(OrganisationFactory()), item=item)


class TestRaiseLife:
    @pytest.mark.parametrize(
        ("status", "service", "target"),
        [
            (RaiseStatus.OPEN, services.raise_commit_partly, "partly_committed"),
            (RaiseStatus.PARTLY_COMMITTED, services.raise_reopen, "open"),
            (RaiseStatus.PARTLY_COMMITTED, services.raise_close, "closed"),
            (RaiseStatus.DRAFT, services.raise_withdraw, "withdrawn"),
        ],
    )
    def test_moves_on(self, status: str, service: Any, target: str) -> None:
        item = RaiseFactory(status=status, amount_left=Decimal(500_000))

        service(actor=owner(item), item=item)

        item.refresh_from_db()
        assert item.status == target

    @pytest.mark.parametrize(
        ("status", "service"),
        [
            (RaiseStatus.DRAFT, services.raise_close),
            (RaiseStatus.CLOSED, services.raise_withdraw),
            (RaiseStatus.OPEN, services.raise_reopen),
            (RaiseStatus.WITHDRAWN, services.raise_open),
        ],
    )
    def test_refuses_what_the_machine_does_not_know(self, status: str, service: Any) -> None:
        item = RaiseFactory(status=status)

        with pytest.raises(NotNow):
            service(actor=owner(item), item=item)

    def test_is_for_the_own_firm_only(self) -> None:
        with pytest.raises(NotYours):
            services.raise_close(actor=actor_of(FirmFactory().organisation), item=RaiseFactory())


def change(item: Raise, **values: Any) -> None:
    services.raise_update(actor=owner(item), item=item, **values)
    item.refresh_from_db()


def refused(item: Raise, **values: Any) -> list[tuple[str, str]]:
    with pytest.raises(RaiseNotAcceptable) as refusal:
        services.raise_update(actor=owner(item), item=item, **values)
    item.refresh_from_db()
    return [(problem.pointer, problem.code) for problem in refusal.value.errors]


class TestCommitment:
    @pytest.mark.parametrize("left", [None, Decimal(2_000_000)])
    def test_in_part_needs_less_to_be_left(self, left: Decimal | None) -> None:
        item = RaiseFactory(amount=Decimal(2_000_000), amount_left=left)

        with pytest.raises(NothingCommitted):
            services.raise_commit_partly(actor=owner(item), item=item)

        item.refresh_from_db()
        assert item.status == RaiseStatus.OPEN
        assert not Event.objects.filter(name="startups.raise.partly_committed").exists()

    def test_is_not_taken_back_while_partly_committed(self) -> None:
        item = RaiseFactory(status=RaiseStatus.PARTLY_COMMITTED, amount_left=Decimal(500_000))

        assert refused(item, amount_left=item.amount) == [("/amount_left", "nothing_committed")]
        assert refused(item, amount_left=None) == [("/amount_left", "nothing_committed")]
        change(item, amount_left=Decimal(0))

        assert item.amount_left == 0


class TestRound:
    def test_is_its_own_unless_it_is_a_tranche(self) -> None:
        first, second = RaiseFactory(), RaiseFactory()

        assert first.round != second.round

    def test_groups_the_tranches_of_a_firm(self) -> None:
        first = RaiseFactory()
        lead, currency = first.lead_capability, "EUR"
        made = services.raise_create(
            actor=owner(first), firm=first.firm, lead_capability=lead.pk, amount=Decimal(1), currency=currency,
            instruments=["loan"], tranche_of=first.pk,
        )  # fmt: skip
        third = RaiseFactory(firm=first.firm, lead_capability=lead)

        change(third, tranche_of=made.pk)

        assert first.round == made.round == third.round

    def test_is_left_again(self) -> None:
        first = RaiseFactory()
        item = RaiseFactory(firm=first.firm, lead_capability=first.lead_capability, round=first.round)

        change(item, tranche_of=None)
        alone = item.round
        change(item, tranche_of=None)

        assert first.round != alone == item.round

    def test_is_of_one_firm_and_of_another_raise(self) -> None:
        item = RaiseFactory()

        assert refused(item, tranche_of=RaiseFactory().pk) == [("/tranche_of", "unknown_raise")]
        assert refused(item, tranche_of=item.pk) == [("/tranche_of", "unknown_raise")]


class TestProceeds:
    def test_are_kept_exactly(self) -> None:
        item = RaiseFactory()

        change(item, proceeds=[{"purpose": "Line", "amount": Decimal("1500000.00")}])

        assert item.proceeds == [{"purpose": "Line", "amount": "1500000.00", "share": None}]

    def test_hold_also_when_the_amount_falls(self) -> None:
        item = RaiseFactory()
        change(item, proceeds=[{"purpose": "Line", "amount": Decimal("1500000.00")}])

        assert refused(item, amount=Decimal(1_000_000)) == [("/proceeds", "above_amount")]


class TestCostEvidence:
    def test_is_what_makes_it_e1(self) -> None:
        item = RaiseFactory(cost_tier="E0")

        assert refused(item, cost_tier="E1") == [("/cost_tier", "needs_document")]
        change(item, cost_tier="E1", cost_evidence=clean_document(item.firm.organisation).pk)

        assert item.cost_tier == "E1"
        assert refused(item, cost_evidence=None) == [("/cost_tier", "needs_document")]

    def test_is_a_document_of_ones_own_that_is_clean(self) -> None:
        item = RaiseFactory(cost_tier="E0")
        of_another, unread = clean_document(OrganisationFactory()), DocumentFactory(organisation=item.firm.organisation)

        assert refused(item, cost_evidence=of_another.pk) == [("/cost_evidence", "unknown_document")]
        assert refused(item, cost_evidence=unread.pk) == [("/cost_evidence", "not_clean")]

    def test_counts_no_more_once_it_is_withdrawn(self) -> None:
        document = clean_document(OrganisationFactory(kind="firm"))
        item = RaiseFactory(firm__organisation=document.organisation, cost_tier="E1", cost_evidence=document)
        given = RaiseFactory(
            firm=item.firm, lead_capability=item.lead_capability, cost_tier="E2", cost_evidence=document
        )
        document_withdraw(actor=owner(item), document=document)

        services.raise_evidence_lost(document_id=document.pk)
        services.raise_evidence_lost(document_id=document.pk)

        for row in (item, given):
            row.refresh_from_db()
        assert (item.cost_tier, item.version, given.cost_tier) == ("E0", 2, "E2")


class TestBlockedOrganisations:
    def test_are_any_that_the_firm_sees(self) -> None:
        item, fund = RaiseFactory(), OrganisationFactory(kind="fund")

        change(item, blocked_organisations=[fund.pk])

        assert item.blocked_organisations == [fund.pk]
        assert Event.objects.get(name="startups.raise.updated").data == {"fields": ["blocked_organisations"]}

    def test_are_none_that_it_does_not_see(self) -> None:
        item, dark = RaiseFactory(), OrganisationFactory(kind="fund", dark_since=utc_now())

        for pk in (dark.pk, uuid7(), item.firm.organisation_id):
            assert refused(item, blocked_organisations=[pk]) == [("/blocked_organisations/0", "unknown_organisation")]

    def test_may_stay_when_they_have_gone_dark(self) -> None:
        item, fund, more = RaiseFactory(), OrganisationFactory(kind="fund"), OrganisationFactory(kind="fund")
        change(item, blocked_organisations=[fund.pk])
        Organisation.objects.filter(pk=fund.pk).update(dark_since=utc_now())

        change(item, blocked_organisations=[fund.pk, more.pk])

        assert item.blocked_organisations == [fund.pk, more.pk]

    def test_stand_once(self) -> None:
        item, fund = RaiseFactory(), OrganisationFactory(kind="fund")

        assert refused(item, blocked_organisations=[fund.pk, fund.pk]) == [("/blocked_organisations/1", "repeated")]


class TestSubsidisedLoans:
    def test_are_not_declared_or_declared_as_none(self) -> None:
        item = RaiseFactory()

        assert item.subsidised_loans is None
        change(item, subsidised_loans=[])

        assert item.subsidised_loans == []
