"""An officer's word on a pattern in a firm's log."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from apps.compliance.services.interests import officer_require
from apps.startups import events
from apps.startups.models import SpeedFlag
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import FieldProblem, Invalid, NotFound
from kernel.events import publish


class SpeedFlagNotAcceptable(Invalid):
    """The judgement is not acceptable."""


@transaction.atomic
def speed_flag_judge(
    *, actor: Actor, flag: SpeedFlag, verdict: str, reason: str, now: dt.datetime | None = None
) -> SpeedFlag:
    """Say that a pattern is explained, or confirmed as what it looks like, and why; judged again, the last word holds.

    It moves no figure. The fact stands in the operator's own trail: the firm is not told. Raises OfficerNeedsPerson,
    ConflictOfInterest, SpeedFlagNotAcceptable, and NotFound when the events have changed meanwhile.
    """
    user_id = officer_require(actor=actor, organisation_id=flag.firm.organisation_id, now=now)
    if not reason.strip():
        raise SpeedFlagNotAcceptable(errors=[FieldProblem("/reason", "blank", "Say why.")])
    locked = SpeedFlag.objects.select_for_update().filter(pk=flag.pk).first()
    if locked is None:
        raise NotFound
    locked.verdict, locked.reason = verdict, reason.strip()
    locked.judged_by_id, locked.judged_at, locked.version = user_id, now or utc_now(), locked.version + 1
    locked.save(update_fields=["verdict", "reason", "judged_by", "judged_at", "version"])
    data = {"kind": locked.kind, "verdict": verdict}
    publish(events.SPEED_FLAG_JUDGED, actor=actor, subject=locked, organisation_id=actor.organisation_id, data=data)
    return locked
