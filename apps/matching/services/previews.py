"""Trying out terms without saving them: what they would be matched with, and what single changes would do.

The terms are turned into the engine's facts here; the scoring is a chunk's, where columns are warm.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Q, Sum

from apps.investors.models import Fund, Mandate
from apps.investors.rules import FOREIGN_SHARE_EDGES
from apps.investors.selectors import lever_list
from apps.investors.services import mandate_probe, terms_checked
from apps.matching import events
from apps.matching.engine.facts import to_json
from apps.matching.models import MatchPreview, MatchRun
from apps.matching.rules.trials import Trial, gates_of, mandate_trials, probes_of, raise_trials
from apps.matching.scoring_models import scoring_model
from apps.matching.selectors.inputs import facts_of_mandates, facts_of_raises
from apps.matching.selectors.runs import run_current
from apps.matching.states import PreviewPurpose, Side
from apps.reference.areas import Area
from apps.reference.tables import editions
from apps.startups.models import Firm, Raise
from apps.startups.services import raise_checked
from apps.startups.services.raises import LeadNotPublished
from apps.startups.states import OPEN_RAISES, CapabilityStatus, RaiseStatus
from kernel.access import Actor
from kernel.clock import database_now
from kernel.errors import Conflict
from kernel.events import publish
from kernel.job_states import JobStatus
from kernel.jobs import job_enqueue

R = TypeVar("R", Mandate, Raise)

KIND = "matching.preview"
PER_HOUR = 20
"""How many previews an organisation may ask for within an hour."""
PROBES_PER_DAY = 5
"""How many trials of a raise within a UTC day may bound what funds keep to themselves; of all drafts together, too."""
KEPT = dt.timedelta(days=7)
COUNTRIES = 6


class NothingPublished(Conflict):
    """No match run was published yet."""


class TooManyPreviews(Conflict):
    """{most} previews within an hour were asked for. More may be asked for later."""

    def __init__(self) -> None:
        super().__init__(most=PER_HOUR)


class TooManyTrialsToday(Conflict):
    """These terms were tried out {most} times today. They may be again at 00:00 UTC."""

    def __init__(self) -> None:
        super().__init__(most=PROBES_PER_DAY)


@transaction.atomic
def mandate_preview(
    *, actor: Actor, fund: Fund, mandate: Mandate | None, terms: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]
) -> MatchPreview:
    """Try out a mandate of the fund with `terms` changed, or a draft of these terms alone, and each of `changes` by
    itself; nothing is saved of them. Without `changes` the usual ones are tried.

    Raises NotYours, MandateNotAcceptable, NothingPublished, TooManyPreviews, TooManyEditsToday and
    TooManyMandatesToday.
    """
    run = _current()
    _rate_require(actor, fund.organisation_id)
    checked = terms_checked(actor=actor, values=dict(terms), present=mandate)
    base = _with(mandate, checked) if mandate is not None else Mandate(fund=fund, **checked)
    asked = [
        _requested(terms_checked(actor=actor, values=dict(change), present=base), change) for change in changes
    ] or _usual_of_mandate(actor, base)
    probes = _probes(Side.INVESTOR, base, mandate, changes)
    mandate_probe(actor=actor, fund=fund, mandate=mandate, times=probes)
    return _queued(
        actor=actor,
        organisation_id=fund.organisation_id,
        side=Side.INVESTOR,
        owner=mandate,
        run=run,
        asked=_asked_of_mandate(run, base, asked),
        probes=probes,
    )


@transaction.atomic
def raise_preview(
    *, actor: Actor, firm: Firm, item: Raise | None, terms: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]
) -> MatchPreview:
    """As `mandate_preview`, for a raise of the firm. Raises NotYours, RaiseNotAcceptable, LeadNotPublished,
    NothingPublished, TooManyPreviews and TooManyTrialsToday.
    """
    run = _current()
    _rate_require(actor, firm.organisation_id)
    checked = raise_checked(actor=actor, firm=firm, values=terms, present=item)
    base = _with(item, checked) if item is not None else Raise(firm=firm, **checked)
    asked = [
        _requested(raise_checked(actor=actor, firm=firm, values=change, present=base), change) for change in changes
    ] or raise_trials(terms=vars(base))
    probes = _probes(Side.STARTUP, base, item, changes)
    _probes_require(actor, firm.organisation_id, item, probes)
    return _queued(
        actor=actor,
        organisation_id=firm.organisation_id,
        side=Side.STARTUP,
        owner=item,
        run=run,
        asked=_asked_of_raise(run, base, asked),
        probes=probes,
    )


def unlocks_of_mandate(*, actor: Actor, mandate: Mandate) -> MatchPreview:
    """What would open more raises to a mandate as it stands, in the current generation; worked out once for the same
    facts. Raises NothingPublished.
    """
    run = _current()
    asked = _asked_of_mandate(run, mandate, _usual_of_mandate(actor, mandate))
    return _unlocks(actor, mandate.fund.organisation_id, Side.INVESTOR, mandate, run, asked)


def unlocks_of_raise(*, actor: Actor, item: Raise) -> MatchPreview:
    """As `unlocks_of_mandate`, for a raise. Raises NothingPublished and LeadNotPublished."""
    run = _current()
    asked = _asked_of_raise(run, item, raise_trials(terms=vars(item)))
    return _unlocks(actor, item.firm.organisation_id, Side.STARTUP, item, run, asked)


def previews_tidy(*, now: dt.datetime | None = None) -> int:
    """Remove previews that are a week old; returns how many."""
    moment = now or database_now()
    return MatchPreview.objects.filter(created_at__lt=moment - KEPT).delete()[0]


def _current() -> MatchRun:
    run = run_current()
    if run is None:
        raise NothingPublished
    return run


def _with(row: R, values: Mapping[str, Any]) -> R:
    """A copy of the row with other values, never to be saved."""
    copied = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    # The related rows come along, but a change of the copy is none of the original.
    copied._state.fields_cache = dict(row._state.fields_cache)  # noqa: SLF001 - Django has no public name for it
    for name, value in values.items():
        setattr(copied, name, value)
    return copied


def _requested(values: Mapping[str, Any], change: Mapping[str, Any]) -> Trial:
    fields = sorted(change)
    return Trial("requested", "", ",".join(fields), "", values)


def _usual_of_mandate(actor: Actor, mandate: Mandate) -> list[Trial]:
    own = Q(organisation_id=mandate.fund.organisation_id)
    levers = list(lever_list(actor=actor).order_by(models.Case(models.When(own, then=0), default=1), "id")[:3])
    wanted = (
        Raise.objects.filter(status__in=OPEN_RAISES)
        .values_list("firm__organisation__country")
        .annotate(number=Count("pk"))
        .order_by("-number", "firm__organisation__country")[: COUNTRIES + len(mandate.countries)]
    )
    return mandate_trials(
        terms={**vars(mandate), "lever": mandate.lever_id},
        countries=[country for country, _ in wanted] if mandate.countries else [],
        levers=levers,
        share_edges=FOREIGN_SHARE_EDGES,
    )


def _probes(
    side: str, base: Mandate | Raise, owner: Mandate | Raise | None, changes: Sequence[Mapping[str, Any]]
) -> int:
    """How many of the trials count as edits: the terms themselves where they are not those that are matched already."""
    is_matched = owner is not None and owner.status not in {"draft", RaiseStatus.DRAFT}
    names = [field.name for field in base._meta.concrete_fields if not field.is_relation]
    names += ["lever"] if side == Side.INVESTOR else ["lead_capability"]
    if is_matched:
        changed = [name for name in names if _value(base, name) != _value(owner, name)]
    else:
        changed = names
    return probes_of(side=side, tried=[changed, *(change.keys() for change in changes)])


def _value(row: Any, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)


def _rate_require(actor: Actor, organisation_id: UUID) -> None:
    """Raises TooManyPreviews. The system is free."""
    if actor.is_system:
        return
    since = database_now() - dt.timedelta(hours=1)
    recent = MatchPreview.objects.filter(
        organisation=organisation_id, purpose=PreviewPurpose.PREVIEW, created_at__gt=since
    )
    if recent.count() >= PER_HOUR:
        raise TooManyPreviews


def _probes_require(actor: Actor, organisation_id: UUID, item: Raise | None, times: int) -> None:
    """Raises TooManyTrialsToday: of a raise, and of all that is no open raise yet, so many a UTC day."""
    if actor.is_system or not times:
        return
    # One at a time: trials at once count one another.
    list(Firm.objects.select_for_update(no_key=True).filter(organisation=organisation_id).values_list("pk"))
    midnight = database_now().replace(hour=0, minute=0, second=0, microsecond=0)
    own = MatchPreview.objects.filter(organisation=organisation_id, side=Side.STARTUP, created_at__gte=midnight)
    is_matched = item is not None and item.status != RaiseStatus.DRAFT
    open_ids = Raise.objects.filter(firm__organisation=organisation_id).exclude(status=RaiseStatus.DRAFT).values("pk")
    counted = (
        own.filter(owner_id=item.pk)
        if item is not None and is_matched
        else own.filter(Q(owner_id=None) | ~Q(owner_id__in=open_ids))
    )
    used = counted.aggregate(total=Sum("probes"))["total"] or 0
    if used + times > PROBES_PER_DAY:
        raise TooManyTrialsToday


def _asked_of_mandate(run: MatchRun, base: Mandate, trials: Sequence[Trial]) -> dict[str, Any]:
    model, reference = scoring_model(run.model_id), editions().table(run.reference_id)
    rows = [base, *(_with(base, trial.values) for trial in trials)]
    facts = facts_of_mandates(mandates=rows, as_of=run.as_of, model=model.raw, reference=reference)
    return _asked(facts, trials)


def _asked_of_raise(run: MatchRun, base: Raise, trials: Sequence[Trial]) -> dict[str, Any]:
    model, reference = scoring_model(run.model_id), editions().table(run.reference_id)
    extra = MatchRun.objects.values_list("extra_areas", flat=True).get(pk=run.pk)
    taxonomy = (
        editions()
        .taxonomy(run.areas_id)
        .extended(areas=[Area(code=code, parent=parent, label_en=code) for code, parent in extra])
    )
    rows = [base, *(_with(base, trial.values) for trial in trials)]
    if any(row.lead_capability.status != CapabilityStatus.PUBLISHED for row in rows):
        raise LeadNotPublished
    facts = facts_of_raises(raises=rows, as_of=run.as_of, model=model.raw, reference=reference, taxonomy=taxonomy)
    return _asked(facts, trials)


def _asked(facts: Sequence[Any], trials: Sequence[Trial]) -> dict[str, Any]:
    """The terms and their trials as the scoring takes them, as JSON types."""
    tried = []
    for trial, made in zip(trials, facts[1:], strict=True):
        decided = gates_of(trial.values.keys())
        tried.append(
            {
                "code": trial.code,
                "gate": trial.gate,
                "field": trial.field,
                "to": trial.to,
                "gates": None if decided is None else sorted(decided),
                "facts": to_json(made),
            }
        )
    return {"facts": to_json(facts[0]), "trials": tried}


def _queued(
    *,
    actor: Actor,
    organisation_id: UUID,
    side: str,
    owner: Mandate | Raise | None,
    run: MatchRun,
    asked: Mapping[str, Any],
    probes: int = 0,
    purpose: str = PreviewPurpose.PREVIEW,
    owner_version: str = "",
) -> MatchPreview:
    made = MatchPreview.objects.create(
        organisation_id=organisation_id,
        purpose=purpose,
        side=side,
        owner_id=None if owner is None else owner.pk,
        owner_version=owner_version,
        run=run,
        asked=asked,
        probes=probes,
    )
    data = {"purpose": str(purpose), "side": str(side), "owner": None if owner is None else str(owner.pk)}
    publish(
        events.PREVIEW_REQUESTED,
        actor=actor,
        subject=made,
        organisation_id=organisation_id,
        data={**data, "probes": probes},
    )
    made.job = job_enqueue(kind=KIND, actor=actor, payload={"preview": str(made.pk)}, organisation_id=organisation_id)
    made.save(update_fields=["job"])
    return made


def _unlocks(
    actor: Actor, organisation_id: UUID, side: str, owner: Mandate | Raise, run: MatchRun, asked: Mapping[str, Any]
) -> MatchPreview:
    version = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    wanted = Q(purpose=PreviewPurpose.UNLOCKS, owner_id=owner.pk, run=run, owner_version=version)
    with transaction.atomic():
        # Whoever asks at the same time waits here and finds the row.
        list(type(owner)._base_manager.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk"))
        present = MatchPreview.objects.select_related("job").filter(wanted).first()
        if present is not None and not _has_failed(present):
            return present
        if present is not None:
            present.delete()
        return _queued(
            actor=actor,
            organisation_id=organisation_id,
            side=side,
            owner=owner,
            run=run,
            asked=asked,
            purpose=PreviewPurpose.UNLOCKS,
            owner_version=version,
        )


def _has_failed(preview: MatchPreview) -> bool:
    job = preview.job
    return preview.result is None and job is not None and job.ended_at is not None and job.status != JobStatus.SUCCEEDED
