"""Trying out terms: what is kept, what it may not tell, and how often."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.investors.models import Mandate, MandateVersion
from apps.investors.services import (
    MandateNotAcceptable,
    TooManyEditsToday,
    TooManyMandatesToday,
    mandate_update,
)
from apps.investors.states import MandateStatus
from apps.matching.models import MatchPreview
from apps.matching.selectors.previews import preview_read, unlocks_shown
from apps.matching.services import previews as services
from apps.organisations.models import Organisation
from apps.startups.models import Raise
from apps.startups.services import raise_update
from apps.startups.services.raises import LeadNotPublished
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.clock import utc_now
from kernel.job_states import ChunkStatus
from kernel.models import Event
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
FREE = {"trl_min": 3}
PROBING = {"max_foreign_share": Decimal("0.5"), "perimeter": "EU"}


def read(row):
    """The row as the database has it, with its amounts as decimals."""
    return type(row)._default_manager.get(pk=row.pk)


def worked(preview):
    """The preview once its chunk has run."""
    for chunk in preview.job.chunks.filter(status=ChunkStatus.QUEUED):
        chunk_run(chunk_id=chunk.pk)
    return MatchPreview.objects.select_related("job", "run").get(pk=preview.pk)


def fund_previews(mandate, terms=None, changes=(), actor=None):
    return services.mandate_preview(
        actor=actor or actor_of(mandate.fund.organisation),
        fund=mandate.fund,
        mandate=mandate,
        terms=terms or {},
        changes=list(changes),
    )


def firm_previews(item, terms=None, changes=(), actor=None):
    return services.raise_preview(
        actor=actor or actor_of(item.firm.organisation),
        firm=item.firm,
        item=item,
        terms=terms or {},
        changes=list(changes),
    )


@pytest.fixture
def world():
    mandate, item = read(mandate_made()), read(raise_made())
    return {"mandate": mandate, "item": item, "run": run_drained()}


class TestMandatePreview:
    def test_shows_what_the_terms_would_be_matched_with_and_saves_none_of_them(self, world):
        mandate = world["mandate"]
        before = Mandate.objects.filter(pk=mandate.pk).values().get()

        made = worked(fund_previews(mandate, {"trl_min": 9, "trl_max": 9}))

        shown = preview_read(preview=made, actor=actor_of(mandate.fund.organisation))
        assert (shown.status, shown.ranked) == ("done", ())
        assert Mandate.objects.filter(pk=mandate.pk).values().get() == before
        assert not Event.objects.filter(name="investors.mandate.updated").exists()
        assert not MandateVersion.objects.filter(mandate=mandate, number__gt=mandate.version).exists()

    def test_without_a_change_it_is_the_list(self, world):
        mandate = world["mandate"]
        kept = world["run"].lists.get(side="investor", section="ranked")

        made = worked(fund_previews(mandate))

        shown = preview_read(preview=made, actor=actor_of(mandate.fund.organisation))
        assert [(match.raise_id, match.score, match.score_mutual) for match in shown.ranked] == [
            (kept.counterpart_ids[0], kept.score_investor[0], kept.score_mutual[0])
        ]
        assert list(shown.ranked[0].contributions.values()) == kept.contributions_investor

    def test_a_draft_needs_no_mandate(self, world):
        mandate = world["mandate"]
        terms = {
            "areas": [("UMS", 1.0)],
            "ticket_min": Decimal(100_000),
            "ticket_max": Decimal(9_000_000),
            "currency": "EUR",
            "instruments": ["equity"],
        }

        made = services.mandate_preview(
            actor=actor_of(mandate.fund.organisation), fund=mandate.fund, mandate=None, terms=terms, changes=[]
        )

        shown = preview_read(preview=worked(made), actor=actor_of(mandate.fund.organisation))
        assert [match.raise_id for match in shown.ranked] == [world["item"].pk]
        assert Mandate.objects.count() == 1
        assert made.owner_id is None

    def test_each_change_is_tried_by_itself(self, world):
        mandate = world["mandate"]

        made = worked(fund_previews(mandate, {}, [{"trl_min": 9, "trl_max": 9}, {"tenor_years": Decimal(12)}]))

        shown = preview_read(preview=made, actor=actor_of(mandate.fund.organisation))
        failing, patient = shown.changes
        assert (failing.field, failing.top[0].score) == ("trl_max,trl_min", None)
        assert patient.top[0].score >= patient.top[0].before == shown.ranked[0].score

    def test_the_usual_changes_are_tried_where_none_is_named(self, world):
        made = worked(fund_previews(world["mandate"]))

        shown = preview_read(preview=made, actor=actor_of(world["mandate"].fund.organisation))
        assert {"ticket_max_raised", "ticket_min_lowered", "offer_lowered"} <= {one.code for one in shown.changes}

    def test_whoever_has_gone_dark_is_not_in_it(self, world):
        made = worked(fund_previews(world["mandate"]))
        Organisation.objects.filter(pk=world["item"].firm.organisation_id).update(dark_since=utc_now())

        shown = preview_read(preview=made, actor=actor_of(world["mandate"].fund.organisation))

        assert (shown.ranked, shown.needs_data) == ((), ())
        assert all(one.top == () for one in shown.changes)

    def test_refuses_terms_that_no_mandate_may_have(self, world):
        with pytest.raises(MandateNotAcceptable):
            fund_previews(world["mandate"], {"trl_min": 8, "trl_max": 3})

    def test_waits_for_the_first_generation(self):
        with pytest.raises(services.NothingPublished):
            fund_previews(read(mandate_made()))

    def test_the_trail_tells_no_terms(self, world):
        made = fund_previews(world["mandate"], FREE)

        fact = Event.objects.get(name="matching.preview.requested")
        assert fact.object_id == made.pk
        assert set(fact.data) == {"purpose", "side", "owner", "probes"}

    def test_a_firms_marginal_cost_leaves_no_trace_in_it(self, world):
        """What the fund reads is the same to the last digit, whatever the firm's next euro costs."""
        mandate, item = world["mandate"], world["item"]
        told = []
        for cost in ("0.090000", "0.420000", None):
            Raise.objects.filter(pk=item.pk).update(marginal_cost_of_capital=cost)
            run_drained()
            made = worked(fund_previews(mandate, {}, [{"offered_cost_of_capital": Decimal("0.1")}], actor=SYSTEM))
            told.append({name: made.result[name] for name in ("sections", "counts", "missing", "changes")})

        assert told[0] == told[1] == told[2]


class TestLimits:
    def test_trials_that_could_bound_what_is_hidden_count_as_edits(self, world):
        mandate = world["mandate"]
        actor = actor_of(mandate.fund.organisation)
        for share in ("0.1", "0.2", "0.35"):
            made = fund_previews(mandate, {**PROBING, "max_foreign_share": Decimal(share)}, actor=actor)
            assert made.probes == 1
        for share in ("0.5", "0.75"):
            mandate_update(actor=actor, mandate=mandate, max_foreign_share=Decimal(share), perimeter="EU")

        with pytest.raises(TooManyEditsToday):
            mandate_update(actor=actor, mandate=mandate, max_foreign_share=Decimal(1))
        with pytest.raises(TooManyEditsToday):
            fund_previews(mandate, {**PROBING, "max_foreign_share": Decimal("0.2")}, actor=actor)

    def test_changes_count_each(self, world):
        mandate = world["mandate"]
        tries = [{"ticket_max": Decimal(amount), "currency": "EUR"} for amount in (4_000_000, 5_000_000, 6_000_000)]

        assert fund_previews(mandate, {}, tries).probes == 3
        with pytest.raises(TooManyEditsToday):
            fund_previews(mandate, {}, tries)

    def test_what_is_open_to_all_may_be_tried_freely(self, world):
        for level in range(3, 9):
            assert fund_previews(world["mandate"], {"trl_min": level}).probes == 0

    def test_drafts_count_as_new_mandates(self, world):
        mandate = world["mandate"]
        Mandate.objects.filter(pk=mandate.pk).update(status=MandateStatus.DRAFT)
        mandate.refresh_from_db()
        for _ in range(5):
            fund_previews(mandate, FREE)

        with pytest.raises(TooManyMandatesToday):
            fund_previews(mandate, FREE)

    def test_a_firms_amounts_may_be_tried_five_times_a_day(self, world):
        item = world["item"]
        for amount in range(1, 6):
            firm_previews(item, {"amount": item.amount + amount, "currency": item.currency})

        with pytest.raises(services.TooManyTrialsToday):
            firm_previews(item, {"amount": item.amount - 1, "currency": item.currency})
        assert firm_previews(item, {"stage": "growth"}).probes == 0

    def test_an_organisation_asks_so_often_within_an_hour(self, world, monkeypatch):
        monkeypatch.setattr(services, "PER_HOUR", 2)
        mandate = world["mandate"]
        fund_previews(mandate, FREE)
        first = fund_previews(mandate, FREE)

        with pytest.raises(services.TooManyPreviews):
            fund_previews(mandate, FREE)
        MatchPreview.objects.filter(pk=first.pk).update(created_at=utc_now() - dt.timedelta(minutes=61))
        assert fund_previews(mandate, FREE) is not None


class TestRaisePreview:
    def test_shows_the_firms_side(self, world):
        item = world["item"]
        kept = world["run"].lists.get(side="startup", section="ranked")

        made = worked(firm_previews(item))

        shown = preview_read(preview=made, actor=actor_of(item.firm.organisation))
        assert [(match.mandate_id, match.score) for match in shown.ranked] == [
            (world["mandate"].pk, kept.score_startup[0])
        ]
        assert {one.code for one in shown.changes} <= {
            "syndicate_opened",
            "min_ticket_lowered",
            "instrument_added",
            "term_eased",
            "country_admitted",
        }

    def test_needs_a_published_capability(self, world):
        item = world["item"]
        type(item.lead_capability).objects.filter(pk=item.lead_capability_id).update(status=CapabilityStatus.ARCHIVED)
        item.lead_capability.refresh_from_db()

        with pytest.raises(LeadNotPublished):
            firm_previews(item)


class TestUnlocks:
    def test_names_what_would_open_three_or_more_and_orders_by_how_many(self):
        mandate = read(mandate_made(trl_min=9, stages=[["seed", 1.0]]))
        for _ in range(3):
            raise_made(stage="seed", min_ticket=None)
        for _ in range(2):
            raise_made(stage="growth")
        run_drained()

        made = worked(services.unlocks_of_mandate(actor=actor_of(mandate.fund.organisation), mandate=mandate))

        shown = unlocks_shown(preview=made)
        assert shown.status == "done"
        assert [(one.kind, one.item, one.gate, one.to, one.opens["at_least"]) for one in shown.unlocks] == [
            ("limit", "trl_min", "trl", "8", 3)
        ]

    def test_a_missing_fact_is_told_with_the_band_of_those_that_wait_for_it(self):
        for _ in range(4):
            mandate_made(stages=[["seed", 1.0]])
        item = read(raise_made(stage=""))
        run_drained()

        made = worked(services.unlocks_of_raise(actor=actor_of(item.firm.organisation), item=item))

        assert [(one.kind, one.item, one.opens) for one in unlocks_shown(preview=made).unlocks] == [
            ("missing", "raise.stage", {"at_least": 3, "below": 5})
        ]

    def test_two_that_wait_are_not_told(self):
        for _ in range(2):
            mandate_made(stages=[["seed", 1.0]])
        item = read(raise_made(stage=""))
        run_drained()

        made = worked(services.unlocks_of_raise(actor=actor_of(item.firm.organisation), item=item))

        assert unlocks_shown(preview=made).unlocks == ()

    def test_are_worked_out_once_for_the_same_facts_and_count_for_nothing(self, world):
        item = world["item"]
        actor = actor_of(item.firm.organisation)
        first = services.unlocks_of_raise(actor=actor, item=item)

        assert services.unlocks_of_raise(actor=actor, item=item).pk == first.pk
        assert first.probes == 0
        item = raise_update(actor=SYSTEM, item=item, stage="growth")
        assert services.unlocks_of_raise(actor=actor, item=item).pk != first.pk

    def test_asking_costs_the_same_however_many_there_are(self, world):
        mandate = world["mandate"]
        actor = actor_of(mandate.fund.organisation)
        services.unlocks_of_mandate(actor=actor, mandate=mandate)
        with CaptureQueriesContext(
            connection,
        ) as few:
            services.unlocks_of_mandate(actor=actor, mandate=mandate)
        for _ in range(3):
            raise_made()
            mandate_made()

        with CaptureQueriesContext(connection) as many:
            services.unlocks_of_mandate(actor=actor, mandate=mandate)

        assert len(many) == len(few)


class TestPreviewsTidy:
    def test_removes_what_is_a_week_old(self, world):
        old, new = fund_previews(world["mandate"], FREE), fund_previews(world["mandate"], FREE)
        MatchPreview.objects.filter(pk=old.pk).update(created_at=utc_now() - services.KEPT - dt.timedelta(hours=1))

        assert services.previews_tidy() == 1
        assert MatchPreview.objects.get() == new
