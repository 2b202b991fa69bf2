"""What a person says of a hit."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.compliance.models import Hit, ListEntry
from apps.compliance.rules.screening import outcome
from apps.compliance.services.interests import officer_require
from apps.compliance.services.screening import result_take
from apps.compliance.services.suspensions import suspend_on_hit
from apps.compliance.states import HIT, HitStatus, SubjectRole
from apps.organisations.services.members import organisation_lock
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden
from kernel.states import NotPermitted

VERDICTS = {HitStatus.TRUE_MATCH: "judge_true", HitStatus.FALSE_POSITIVE: "judge_false"}


class HitOnOneself(Forbidden):
    """Nobody decides a hit on their own name."""


class EntryChanged(Conflict):
    """The list says something else by now: the organisation is being screened again."""


@transaction.atomic
def hit_decide(*, actor: Actor, hit: Hit, verdict: HitStatus, reason: str, now: dt.datetime | None = None) -> Hit:
    """Say whether the subject is the listed one, and why; the organisation's newest result follows at once.

    The decision holds for the pair until either side changes. Raises NotPermitted, OfficerNeedsPerson,
    ConflictOfInterest, HitOnOneself, EntryChanged, and NotNow when somebody has decided already.
    """
    arrow = HIT.by_name[VERDICTS[verdict]]
    if not HIT.permits(arrow, actor):
        raise NotPermitted
    if hit.subject.role == SubjectRole.MEMBER and hit.subject.party_id == actor.user_id:
        raise HitOnOneself
    officer_require(actor=actor, organisation_id=hit.screened_id, now=now)
    organisation_lock(organisation_id=hit.screened_id)
    is_gone = ListEntry.objects.filter(pk=hit.entry_id, removed_version__loaded_at__isnull=False).exists()
    if is_gone and verdict == HitStatus.FALSE_POSITIVE:
        raise EntryChanged
    HIT.fire(arrow.name, instance=hit, actor=actor, organisation_id=actor.organisation_id)
    hit.decided_by_id, hit.decided_at, hit.reason = actor.user_id, now or utc_now(), reason.strip()
    hit.save(update_fields=["decided_by", "decided_at", "reason"])
    statuses = list(Hit.objects.filter(run_id=hit.run_id).values_list("status", flat=True))
    run = hit.run
    result_take(run=run, found=outcome(hits=statuses, gaps=run.gaps), actor=actor, now=hit.decided_at)
    if verdict == HitStatus.TRUE_MATCH:
        suspend_on_hit(organisation_id=hit.screened_id, actor=actor, now=hit.decided_at)
    return hit
