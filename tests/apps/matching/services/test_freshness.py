"""Lists kept fresh: what changed is re-scored in place, and comes out as a run over everything would have it."""

import datetime as dt
import random
from decimal import Decimal

import pytest

from apps.compliance.models import Screening
from apps.compliance.states import ScreeningResult
from apps.investors.models import Lever, Mandate
from apps.investors.states import MandateStatus
from apps.matching.engine import pools
from apps.matching.engine.columns import in_pool, mandates_columns, raises_columns
from apps.matching.engine.model import SIDES
from apps.matching.engine.pairs import world as world_of
from apps.matching.engine.rank import rank_sides
from apps.matching.models import InputChange, MatchList, MatchRun, Touched
from apps.matching.scoring_models import CURRENT, engine_areas, engine_reference, scoring_model
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.matching.services import freshness, freshness_lists, touching, warm
from apps.matching.services.publishing import lists_digest
from apps.matching.states import DealOutcome, InputKind, Section, Side
from apps.organisations.models import Organisation
from apps.reference.models import CapabilityArea
from apps.reference.tables import editions
from apps.startups.models import Raise
from apps.startups.states import CapabilityStatus, RaiseStatus
from kernel.clock import utc_now
from tests.factories.investors import CapacityHoldFactory, FundFactory, LeverFactory
from tests.factories.matching import AS_OF, mandate_made, raise_made, run_drained, screened
from tests.factories.startups import ComponentFactory, FinancialsFactory, FirmFactory, answered

pytestmark = pytest.mark.django_db

KEPT, SHOWN = 9, 5
NUMBERS = (
    "score_investor",
    "score_startup",
    "score_mutual",
    "confidence_investor",
    "confidence_startup",
)


@pytest.fixture(autouse=True)
def cold():
    """Columns are of this test's database."""
    warm.warm_drop()
    yield
    warm.warm_drop()


@pytest.fixture
def short_lists(monkeypatch):
    """Lists that even a small world fills."""
    monkeypatch.setitem(scoring_model(CURRENT).raw["parameters"], "list_kept", KEPT)
    monkeypatch.setattr(freshness_lists, "SHOWN", SHOWN)


def touch(*items):
    """As the handlers do once a fact has arrived, and the refresh that follows."""
    organisations = [
        item.fund.organisation_id if isinstance(item, Mandate) else item.firm.organisation_id for item in items
    ]
    touching.organisations_touch(organisation_ids=organisations)
    return freshness.lists_refresh()


def lists_now(run):
    """What the run's lists hold: (side, owner, section) → its lines, best first."""
    found = {}
    for kept in MatchList.objects.filter(run=run):
        parts = [
            [numbers[place * width : (place + 1) * width] for place in range(len(kept.counterpart_ids))]
            for numbers, width in (
                *((getattr(kept, name), 1) for name in (*NUMBERS, "missing")),
                (kept.contributions_investor, 14),
                (kept.contributions_startup, 11),
            )
        ]
        lines = list(zip(map(str, kept.counterpart_ids), *parts, strict=True))
        if lines:
            found[kept.side, str(kept.owner_id), kept.section] = lines
    return found


def lists_anew(run):
    """The same of a ranking of everything as it is now, at the run's date."""
    model, reference = scoring_model(run.model_id), editions().table(run.reference_id)
    engine, areas = model.engine, engine_areas(run.areas_id, tuple(map(tuple, run.extra_areas)))
    taxonomy = editions().taxonomy(run.areas_id)
    mandates = mandate_facts(as_of=run.as_of, model=model.raw, reference=reference)
    raises = raise_facts(as_of=run.as_of, model=model.raw, reference=reference, taxonomy=taxonomy)
    pool = [item for item in raises if in_pool(raise_=item, as_of=run.as_of)]
    same = {"model": engine, "areas": areas, "reference": engine_reference(run.reference_id)}
    made = world_of(
        mandates=mandates_columns(mandates=mandates, as_of=run.as_of, **same),
        raises=raises_columns(raises=pool, **same),
        model=engine,
        reference=same["reference"],
        as_of=run.as_of,
    )
    found = {}
    for side, lists in rank_sides(world=made, kept=engine.parameters["list_kept"], threads=1).items():
        ids = (made.mandates.ids, made.raises.ids)
        owners, others = ids if side == SIDES[0] else ids[::-1]
        scored = lists.scored
        other = scored.raise_ if side == SIDES[0] else scored.mandate
        for line, owner in enumerate(lists.owner.tolist()):
            section = (Section.RANKED, Section.NEEDS_DATA)[lists.section[line]]
            found.setdefault((side, owners[owner], section), []).append(
                (
                    others[other[line]],
                    *([int(getattr(scored, name)[line])] for name in NUMBERS),
                    [int(scored.unknown[line])],
                    scored.contributions_investor[line].tolist(),
                    scored.contributions_startup[line].tolist(),
                )
            )
    return found


def assert_as_anew(run):
    """The lists are a beginning of what a ranking of everything gives, and hold all that is shown."""
    run = MatchRun.objects.get(pk=run.pk)
    now, anew = lists_now(run), lists_anew(run)
    assert set(now) == set(anew)
    for key, lines in now.items():
        assert lines == anew[key][: len(lines)], key
        assert len(lines) >= min(len(anew[key]), freshness_lists.SHOWN), key
    cut = {(row.side, str(row.owner_id), row.section) for row in MatchList.objects.filter(run=run, is_cut=False)}
    kept = scoring_model(run.model_id).raw["parameters"]["list_kept"]
    assert all(len(now[key]) == len(anew[key]) for key in cut & set(now) if len(anew[key]) < kept)
    assert not MatchList.objects.filter(run=run, is_short=True).exists()


class TestListsRefresh:
    def test_a_changed_raise_is_scored_again_on_both_sides(self):
        mandate, item, other = mandate_made(), raise_made(), raise_made(maturity="concept")
        run = run_drained()
        before = lists_now(run)
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("4500000.00"))

        changed = touch(item)

        assert changed == 1
        assert_as_anew(run)
        now = lists_now(run)
        changed_lines = {key for key in now if now[key] != before[key]}
        assert changed_lines == {
            (Side.INVESTOR, str(mandate.pk), Section.RANKED),
            (Side.STARTUP, str(item.pk), Section.RANKED),
        }
        assert (Side.STARTUP, str(other.pk), Section.RANKED) in now

    def test_a_changed_mandate_is_scored_again_on_both_sides(self):
        mandate, _, _ = mandate_made(), raise_made(), raise_made(maturity="concept")
        run = run_drained()
        Mandate.objects.filter(pk=mandate.pk).update(ticket_typical=Decimal("4900000.00"))

        touch(mandate)

        assert_as_anew(run)

    def test_a_withdrawn_raise_leaves_every_list(self):
        mandate_made()
        item, other = raise_made(), raise_made()
        run = run_drained()
        Raise.objects.filter(pk=item.pk).update(status=RaiseStatus.WITHDRAWN)

        touch(item)

        assert_as_anew(run)
        assert not MatchList.objects.filter(counterpart_ids__contains=[item.pk]).exists()
        assert {str(row.owner_id) for row in MatchList.objects.filter(side=Side.STARTUP)} == {str(other.pk)}

    def test_a_new_mandate_and_a_new_raise_find_each_other(self):
        mandate_made()
        raise_made()
        run = run_drained()
        mandate, item = mandate_made(), raise_made()

        touch(mandate, item)

        assert_as_anew(run)
        assert lists_now(run)[Side.INVESTOR, str(mandate.pk), Section.RANKED][0][0] in {
            str(pk) for pk in Raise.objects.values_list("pk", flat=True)
        }

    def test_lists_can_begin_with_nothing(self):
        mandate_made()
        run = run_drained()

        touch(raise_made())

        assert_as_anew(run)
        assert len(lists_now(run)) == 2

    def test_what_is_touched_and_the_same_changes_nothing(self):
        mandate_made()
        item = raise_made()
        run = run_drained()

        assert touch(item) == 0
        run.refresh_from_db()
        assert (run.revision, InputChange.objects.count()) == (0, 0)

    def test_what_changed_goes_by_a_recorded_version(self):
        mandate_made()
        item = raise_made()
        run = run_drained()
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("3000000.00"))

        touch(item)

        (change,) = InputChange.objects.filter(run=run)
        assert (change.kind, change.entity_id, change.revision) == (InputKind.RAISE, item.pk, 1)
        assert change.version.facts["amount"] == 3_000_000.0
        run.refresh_from_db()
        assert run.revision == 1
        assert run.refreshed_at is not None

    def test_without_a_generation_there_is_nothing_to_do(self):
        assert touch(raise_made(area=CapabilityArea.objects.create(code="X", label_en="X").code)) == 0

    def test_a_touch_during_the_work_is_not_taken_for_done(self, monkeypatch):
        mandate_made()
        item = raise_made()
        run = run_drained()
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("3000000.00"))
        bring = freshness._bring

        def touched_meanwhile(*arguments):
            monkeypatch.setattr(freshness, "_bring", bring)
            bring(*arguments)
            Raise.objects.filter(pk=item.pk).update(amount=Decimal("4000000.00"))
            touching.organisations_touch(organisation_ids=[item.firm.organisation_id])

        monkeypatch.setattr(freshness, "_bring", touched_meanwhile)

        touch(item)

        assert_as_anew(run)
        assert InputChange.objects.filter(run=run).count() == 2

    def test_work_that_broke_off_is_done_by_the_next(self, monkeypatch):
        mandate_made()
        item = raise_made()
        run = run_drained()
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("3000000.00"))
        before = lists_now(run)

        def broken(*_arguments, **_named):
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(freshness, "lists_make", broken)
            with pytest.raises(MemoryError):
                touch(item)
        assert lists_now(run) == before

        assert freshness.lists_refresh() == 1
        assert_as_anew(run)

    def test_changes_during_a_run_are_brought_into_the_new_generation(self):
        mandate_made()
        item = raise_made()
        run_drained()
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("3000000.00"))
        touching.organisations_touch(organisation_ids=[item.firm.organisation_id])
        under_way = run_drained()
        # As if the run had read its inputs before the change.
        before_all = Touched.objects.get().touched_at - dt.timedelta(seconds=1)
        MatchRun.objects.filter(pk=under_way.pk).update(started_at=before_all)
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("3500000.00"))

        assert freshness.lists_refresh() == 1
        assert_as_anew(under_way)

    def test_what_a_run_has_read_is_not_looked_at_again(self):
        mandate_made()
        item = raise_made()
        touching.organisations_touch(organisation_ids=[item.firm.organisation_id])

        run = run_drained()

        assert not freshness.touched_since(run=run).exists()

    def test_another_process_follows_what_the_first_has_written(self):
        mandate_made()
        item, other = raise_made(), raise_made()
        run = run_drained()
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("3000000.00"))
        touch(item)
        (stale,) = warm._kept
        Raise.objects.filter(pk=item.pk).update(status=RaiseStatus.WITHDRAWN)
        warm.warm_drop()
        touch(item)
        warm._kept[:] = [stale]
        Raise.objects.filter(pk=other.pk).update(amount=Decimal("3000000.00"))

        touch(other)

        assert warm._kept == [stale]
        assert_as_anew(run)

    def test_columns_of_many_changes_are_sealed(self, monkeypatch):
        monkeypatch.setattr(pools, "SEALED_AT", 2)
        mandate_made()
        items = [raise_made() for _ in range(3)]
        run = run_drained()
        for step in (1, 2):
            for item in items:
                Raise.objects.filter(pk=item.pk).update(amount=Decimal(1_500_000 + 100_000 * step))
            touch(*items)

        assert_as_anew(run)

    def test_too_many_are_left_to_a_run_over_everything(self, monkeypatch):
        monkeypatch.setattr(freshness, "TOO_MANY", 0)
        monkeypatch.setattr(freshness, "AT_ONCE", 1)
        mandate_made()
        item = raise_made()
        run = run_drained()
        Raise.objects.filter(pk=item.pk).update(amount=Decimal("3000000.00"))

        assert touch(item) == 0
        assert MatchRun.objects.exclude(pk=run.pk).get().status == "queued"

    def test_a_list_that_lost_too_many_is_made_anew(self, short_lists):
        mandate_made()
        items = [raise_made(amount=Decimal(1_500_000 + 50_000 * place)) for place in range(KEPT + 6)]
        run = run_drained()
        (kept,) = MatchList.objects.filter(run=run, side=Side.INVESTOR)
        for number, pk in enumerate(kept.counterpart_ids[: KEPT - SHOWN + 1], 1):
            Raise.objects.filter(pk=pk).update(status=RaiseStatus.WITHDRAWN)
            touch(Raise.objects.get(pk=pk))
            (now,) = MatchList.objects.filter(run=run, side=Side.INVESTOR)
            assert len(now.counterpart_ids) == (KEPT if number > KEPT - SHOWN else KEPT - number)

        assert_as_anew(run)
        assert len(items) == KEPT + 6


AREAS = ("UMS.UAS.FPV", "UMS.UGV", "UMS.USV", "EW", "UMS")


class Changes:
    """Random changes of a world, of every kind that a score may rest on."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        areas = CapabilityArea.objects.filter(children=None).order_by("code")
        self.areas = list(areas.filter(code__startswith="UMS")[:4]) + list(areas.exclude(code__startswith="UMS")[:1])
        self.kinds = (
            self.amount, self.cost, self.window, self.raise_status, self.maturity, self.bill, self.flags, self.stage,
            self.blocked, self.terms, self.log, self.financials, self.new_raise, self.ticket, self.offer,
            self.exclusions, self.wanted, self.mandate_status, self.lever, self.capacity, self.fund, self.deal,
            self.new_mandate, self.standing, self.dark, self.screening,
        )  # fmt: skip

    def one(self, rows):
        return self.draw.choice(list(rows.order_by("pk")))

    def raised(self):
        return self.one(Raise.objects.select_related("firm", "lead_capability"))

    def mandate(self):
        return self.one(Mandate.objects.select_related("fund"))

    def change(self):
        """One change; returns the organisations that it touches."""
        return self.draw.choice(self.kinds)()

    def of_raise(self, **values):
        item = self.raised()
        Raise.objects.filter(pk=item.pk).update(**values)
        return [item.firm.organisation_id]

    def of_mandate(self, **values):
        item = self.mandate()
        Mandate.objects.filter(pk=item.pk).update(**values)
        return [item.fund.organisation_id]

    def of_lead(self, **values):
        item = self.raised()
        type(item.lead_capability).objects.filter(pk=item.lead_capability_id).update(**values)
        return [item.firm.organisation_id]

    def amount(self):
        amount = self.draw.randrange(300, 9_000) * 1_000
        left = self.draw.choice((None, amount // 2))
        return self.of_raise(
            amount=amount, amount_left=left, min_ticket=amount // 10, syndicate=self.draw.random() < 0.7,
            currency=self.draw.choice(("EUR", "USD", "UAH")),
        )  # fmt: skip

    def cost(self):
        return self.of_raise(
            marginal_cost_of_capital=self.draw.choice((None, Decimal("0.12"), Decimal("0.4"))),
            cost_tier=self.draw.choice(("E0", "E2", "E3")),
            tenor_years=self.draw.choice((None, 4, 9)),
        )

    def window(self):
        days = self.draw.choice((-9, 9, 90))
        return self.of_raise(
            opened_on=AS_OF - dt.timedelta(days=self.draw.choice((-3, 30))), need_by=AS_OF + dt.timedelta(days=days)
        )

    def raise_status(self):
        return self.of_raise(status=self.draw.choice((RaiseStatus.OPEN, RaiseStatus.OPEN, RaiseStatus.WITHDRAWN)))

    def maturity(self):
        maturity = self.draw.choice(("concept", "tested", "fielded", "serial"))
        published = self.draw.choice((CapabilityStatus.PUBLISHED, CapabilityStatus.PUBLISHED, CapabilityStatus.DRAFT))
        return self.of_lead(
            maturity=maturity, tier=self.draw.choice(("E0", "E1", "E3")), trl=self.draw.choice((None, 4, 8)),
            area=self.draw.choice(self.areas), status=published,
        )  # fmt: skip

    def bill(self):
        item = self.raised()
        if self.draw.random() < 0.3:
            item.lead_capability.components.all().delete()
        else:
            ComponentFactory(capability=item.lead_capability, origin=self.draw.choice(("UA", "CN", "DE", None)))
        return [item.firm.organisation_id]

    def flags(self):
        return self.of_lead(flags=self.draw.choice((None, [], ["lethal"], ["cluster_munition"])))

    def stage(self):
        return self.of_raise(
            stage=self.draw.choice(("", "seed", "series_a")),
            instruments=self.draw.choice((["equity"], ["equity", "convertible"], ["loan"], ["grant"])),
        )

    def blocked(self):
        item = self.mandate()
        return self.of_raise(
            blocked_countries=self.draw.choice(([], ["DE"], ["FR"])),
            blocked_organisations=self.draw.choice(([], [item.fund.organisation_id])),
        )

    def terms(self):
        term = {"term": "holding", "value": self.draw.choice(("EE", "NL")), "required": True}
        return self.draw.choice((self.of_raise, self.of_mandate))(terms=self.draw.choice(([], [term])))

    def log(self):
        item = self.raised()
        on = dt.datetime(2026, 3, 1, tzinfo=dt.UTC) + dt.timedelta(days=self.draw.randrange(200))
        answered(item.lead_capability, "feedback_reported", "fix_fielded", on=on, days=self.draw.randrange(1, 40))
        return [item.firm.organisation_id]

    def financials(self):
        item = self.raised()
        year = 2020 + item.firm.financials.count()
        FinancialsFactory(firm=item.firm, year=year, tier=self.draw.choice(("E0", "E2", "E3")))
        return [item.firm.organisation_id]

    def new_raise(self):
        item = raise_made(area=self.draw.choice(self.areas).code, amount=self.draw.randrange(1, 9) * 1_000_000)
        return [item.firm.organisation_id]

    def ticket(self):
        low = self.draw.randrange(50, 3_000) * 1_000
        return self.of_mandate(
            ticket_min=low,
            ticket_max=low * self.draw.randrange(2, 30),
            ticket_typical=self.draw.choice((None, low * 2)),
        )

    def offer(self):
        offered = self.draw.choice((None, Decimal("0.09"), Decimal("0.3")))
        return self.of_mandate(offered_cost_of_capital=offered, offer_tier=self.draw.choice(("E0", "E2")))

    def exclusions(self):
        return self.of_mandate(
            exclusions=self.draw.choice(([], ["lethal"], ["cluster_munition"])),
            max_foreign_share=self.draw.choice((None, Decimal("0.350"), Decimal("0.750"))),
            perimeter="EU+EEA+UA",
        )

    def wanted(self):
        areas = [[area.code, round(self.draw.uniform(0.1, 1), 2)] for area in self.draw.sample(self.areas, 2)]
        return self.of_mandate(
            areas=areas, stages=self.draw.choice(([], [["seed", 1.0]], [["series_a", 1.0], ["seed", 0.5]])),
            trl_min=self.draw.choice((None, 5)), countries=self.draw.choice(([], ["UA"], ["EE"])),
            instruments=self.draw.choice((["equity"], ["loan"], ["equity", "convertible"])),
        )  # fmt: skip

    def mandate_status(self):
        active = MandateStatus.ACTIVE
        return self.of_mandate(status=self.draw.choice((active, active, MandateStatus.PAUSED)))

    def lever(self):
        levers = list(Lever.objects.order_by("pk"))
        item = self.mandate()
        Mandate.objects.filter(pk=item.pk).update(lever=self.draw.choice((None, *levers)))
        changed = self.draw.choice(levers)
        Lever.objects.filter(pk=changed.pk).update(
            risk_cover=Decimal(self.draw.randrange(1, 9)) / 10, countries=self.draw.choice((None, ["UA"], ["PL"]))
        )
        touching.lever_touch(lever_id=changed.pk)
        return [item.fund.organisation_id]

    def capacity(self):
        if self.draw.random() < 0.5:
            return self.of_mandate(capacity=self.draw.choice((None, 400_000, 30_000_000)))
        item = self.mandate()
        if item.capacity is None:
            return []
        CapacityHoldFactory(mandate=item, amount=Decimal("90000.00"), expires_at=utc_now() + dt.timedelta(days=9))
        return [item.fund.organisation_id]

    def fund(self):
        item = self.mandate()
        type(item.fund).objects.filter(pk=item.fund_id).update(
            investor_countries=self.draw.choice((None, ["DE"], ["FR", "US"])),
        )
        return [item.fund.organisation_id]

    def deal(self):
        item, raised = self.mandate(), self.raised()
        outcome = self.draw.choice((DealOutcome.CLOSED, DealOutcome.PASSED, DealOutcome.LAPSED))
        item.fund.deals.create(
            firm=raised.firm, introduced_on=AS_OF - dt.timedelta(days=120), date=AS_OF - dt.timedelta(days=20),
            outcome=outcome, tier="E2",
        )  # fmt: skip
        return [item.fund.organisation_id]

    def new_mandate(self):
        item = mandate_made(areas=[[self.draw.choice(self.areas).code, 1.0]])
        return [item.fund.organisation_id]

    def of_either(self, **values):
        organisation = self.draw.choice((self.raised().firm, self.mandate().fund)).organisation_id
        Organisation.objects.filter(pk=organisation).update(**values)
        return [organisation]

    def standing(self):
        return self.of_either(standing=self.draw.choice(("verified", "verified", "suspended")))

    def dark(self):
        return self.of_either(dark_since=self.draw.choice((None, None, utc_now())))

    def screening(self):
        organisation = self.draw.choice((self.raised().firm, self.mandate().fund)).organisation_id
        clear = ScreeningResult.CLEAR
        result = self.draw.choice((clear, clear, ScreeningResult.REVIEW, ScreeningResult.HIT))
        Screening.objects.filter(organisation=organisation).update(result=result)
        return [organisation]


def small_world(mandates=20, raises=60):
    """A world with several funds and firms, levers, and more pairs than lists hold."""
    fund = None
    for place in range(mandates):
        fund = None if place % 3 == 0 else fund
        known = {} if fund is None else {"fund": fund}
        fund = mandate_made(lever=LeverFactory() if place < 2 else None, **known).fund
    firm = FirmFactory()
    for place in range(raises):
        firm = firm if place % 3 == 0 else FirmFactory()
        raise_made(firm=firm, area=("UMS.UAS.FPV", "UMS.UGV")[place % 2], amount=Decimal(700_000 + 50_000 * place))
    screened(FundFactory().organisation)


class TestEquality:
    """What is kept fresh equals what a run over everything gives."""

    def tried(self, seed, changes, per_batch):
        small_world()
        run = run_drained()
        source = Changes(seed)
        for _ in range(changes // per_batch):
            for _ in range(per_batch):
                touching.organisations_touch(organisation_ids=source.change())
            freshness.lists_refresh()
            assert_as_anew(run)
        return run

    def test_a_few_changes(self, short_lists):
        run = self.tried(seed=1, changes=12, per_batch=3)

        fresh = run_drained()
        assert lists_digest(run_id=run.pk) == lists_digest(run_id=fresh.pk)

    @pytest.mark.long
    @pytest.mark.parametrize(("seed", "per_batch"), [(2, 4), (3, 25)])
    def test_two_hundred_changes(self, seed, per_batch, short_lists):
        run = self.tried(seed=seed, changes=200, per_batch=per_batch)

        assert MatchRun.objects.get(pk=run.pk).revision >= 200 // per_batch // 2
