"""Whether a side may approach the other about one mandate and one raise, on their facts as they stand now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.investors.models import Mandate
from apps.investors.states import MandateStatus
from apps.matching.engine.columns import in_pool
from apps.matching.engine.explain import Explanation, explain
from apps.matching.engine.facts import Answer
from apps.matching.models import Introduction
from apps.matching.rules.introductions import decline_stands, may_ask_again, other_side
from apps.matching.scoring_models import CURRENT, engine_areas, engine_reference, scoring_model
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.matching.selectors.runs import run_current
from apps.matching.states import SIDES, DecisionStepKind, IntroductionStatus, Side
from apps.organisations.disclosure import UNDERTAKING
from apps.organisations.models import UndertakingAcceptance
from apps.reference.areas import Area
from apps.reference.models import CapabilityArea
from apps.reference.tables import editions
from apps.startups.models import Raise
from apps.startups.states import OPEN_RAISES
from kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Pair:
    """A mandate and a raise of which one is the actor's own; `side` is the actor's."""

    side: str
    mandate: Mandate
    raise_item: Raise


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair stands on a day: `failed` names the gates that fail for reasons that the side may know, with these;
    `is_failed` says whether any fails. Scores are 0–10 000.
    """

    is_failed: bool
    failed: Sequence[tuple[str, str]]
    score_investor: int
    score_startup: int
    changed_on: dt.date | None


def side_of(*, actor: Actor) -> str | None:
    """The side that the actor's organisation takes; None for one that is neither fund nor firm."""
    return SIDES.get(actor.kind)


def mandate_of(*, actor: Actor, mandate_id: UUID) -> Mandate | None:
    """A mandate that the actor sees: of others, an active one."""
    rows = Mandate.objects.visible_to(actor).select_related("fund__organisation")
    return rows.filter(pk=mandate_id).first()


def raise_of(*, actor: Actor, raise_id: UUID) -> Raise | None:
    """A raise that the actor sees: of others, an open one."""
    rows = Raise.objects.visible_to(actor).select_related("firm__organisation")
    return rows.filter(pk=raise_id).first()


def is_offered(*, mandate: Mandate, raise_item: Raise) -> bool:
    """Whether the mandate is active and the raise open."""
    return mandate.status == MandateStatus.ACTIVE and raise_item.status in OPEN_RAISES


def pair_standing(*, mandate_id: UUID, raise_id: UUID, side: str, on: dt.date) -> Standing | None:
    """How the pair stands for a side on a day, by the model in force; None while one of them is not in the pool."""
    explained = _explained(mandate_id=mandate_id, raise_id=raise_id, on=on)
    if explained is None:
        return None
    by_side, changed_on = explained
    own = by_side[side]
    return Standing(
        is_failed=own.is_failed,
        failed=[(gate.code, gate.reason) for gate in own.gates if gate.answer == Answer.FAIL],
        score_investor=by_side[Side.INVESTOR].score,
        score_startup=by_side[Side.STARTUP].score,
        changed_on=changed_on,
    )


def _explained(
    *, mandate_id: UUID, raise_id: UUID, on: dt.date
) -> tuple[dict[str, Explanation], dt.date | None] | None:
    run = run_current()
    model = scoring_model(run.model_id if run is not None else CURRENT)
    reference, taxonomy = editions().table_at(on), editions().taxonomy_at(on)
    beside = CapabilityArea.objects.exclude(edition=taxonomy.id).order_by("code").values_list("code", "parent__code")
    extra = tuple((code, parent) for code, parent in beside)
    extended = taxonomy.extended(areas=[Area(code=code, parent=parent, label_en=code) for code, parent in extra])
    mandates = mandate_facts(as_of=on, model=model.raw, reference=reference, ids=[mandate_id])
    raises = raise_facts(as_of=on, model=model.raw, reference=reference, taxonomy=extended, ids=[raise_id])
    if not mandates or not raises or not in_pool(raise_=raises[0], as_of=on):
        return None
    by_side: dict[str, Explanation] = {
        side: explain(
            mandate=mandates[0],
            raise_=raises[0],
            model=model.engine,
            areas=engine_areas(taxonomy.id, extra),
            reference=engine_reference(reference.id),
            as_of=on,
            side=side,
        )
        for side in (Side.INVESTOR, Side.STARTUP)
    }
    return by_side, raises[0].changed_on


def is_bound(*, organisation_id: UUID) -> bool:
    """Whether the organisation accepted the undertaking in force."""
    return UndertakingAcceptance.objects.filter(organisation_id=organisation_id, undertaking=UNDERTAKING).exists()


def was_declined(*, pair: Pair, on: dt.date, changed_on: dt.date | None) -> bool:
    """Whether the other side said no to this one here and that still stands. What changed with the raise
    (`changed_on`) ends a fund's "too early".
    """
    across = other_side(pair.side)
    declines = Introduction.objects.filter(
        fund=pair.mandate.fund_id, firm=pair.raise_item.firm_id, closed_by=across, closed_at__isnull=False
    ).exclude(status=IntroductionStatus.WITHDRAWN)
    paid = declines.filter(steps__step=DecisionStepKind.CASH).values("pk")
    cooldown = scoring_model(CURRENT).engine.parameters["cooldown_days"]
    return any(
        decline_stands(
            reason=reason,
            on=closed_at.astimezone(dt.UTC).date(),
            changed_on=changed_on if across == Side.INVESTOR else None,
            as_of=on,
            cooldown=cooldown,
        )
        for reason, closed_at in declines.exclude(pk__in=paid).values_list("reason", "closed_at")
        if closed_at is not None
    )


def was_left(*, pair: Pair, on: dt.date) -> bool:
    """Whether the same interest met silence, or was taken back, too short a time ago."""
    ended = Introduction.objects.filter(
        fund=pair.mandate.fund_id,
        raise_item=pair.raise_item.pk,
        side=pair.side,
        status__in=(IntroductionStatus.EXPIRED, IntroductionStatus.WITHDRAWN),
        closed_at__isnull=False,
    ).values_list("closed_at", flat=True)
    return any(
        not may_ask_again(ended_on=moment.astimezone(dt.UTC).date(), as_of=on) for moment in ended if moment is not None
    )


def waiting_count(*, pair: Pair) -> int:
    """How many interests of the actor's side wait for an answer."""
    rows = Introduction.objects.filter(status=IntroductionStatus.INTERESTED, side=pair.side)
    if pair.side == Side.INVESTOR:
        return rows.filter(fund=pair.mandate.fund_id).count()
    return rows.filter(firm=pair.raise_item.firm_id).count()


def introduction_open(*, pair: Pair) -> Introduction | None:
    """The open introduction of the fund to the raise, if there is one."""
    rows = Introduction.objects.filter(fund=pair.mandate.fund_id, raise_item=pair.raise_item.pk, closed_at=None)
    return rows.first()
