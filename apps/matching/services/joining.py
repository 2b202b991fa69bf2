"""Introductions of an organisation that turns out to be another one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.investors.models import Fund
from apps.matching.models import Introduction
from apps.matching.rules.introductions import MERGED
from apps.matching.services.introduction_notices import facts_of
from apps.matching.states import INTRODUCTION, IntroductionStatus
from apps.organisations.models import Organisation
from apps.startups.models import Firm
from kernel.access import Actor


@transaction.atomic
def introductions_join(*, merged: Organisation, into: Organisation, now: dt.datetime) -> int:
    """Give the introductions of a merged fund or firm to the one that stays; returns how many. What would be open
    twice between a fund and a raise ends on the merged side.
    """
    firm, fund = Firm.objects.filter(organisation=into).first(), Fund.objects.filter(organisation=into).first()
    moved = 0
    if firm is not None:
        moved += Introduction.objects.filter(firm__organisation=merged).update(firm=firm)
    if fund is not None:
        rows = Introduction.objects.filter(fund__organisation=merged)
        twice = Introduction.objects.filter(fund=fund, raise_item=OuterRef("raise_item"), closed_at=None)
        for introduction in list(rows.filter(Q(closed_at=None), Exists(twice)).select_for_update(of=("self",))):
            _end(introduction, now)
        moved += rows.update(fund=fund)
    return moved


def _end(introduction: Introduction, now: dt.datetime) -> None:
    introduction.closed_at, introduction.reason = max(now, introduction.created_at), MERGED
    introduction.save(update_fields=["closed_at", "reason"])
    if introduction.status == IntroductionStatus.INTERESTED:
        INTRODUCTION.fire(
            "withdraw",
            instance=introduction,
            actor=Actor.system(),
            data=facts_of(introduction, side=introduction.side),
        )
