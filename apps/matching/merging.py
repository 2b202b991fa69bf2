"""What of matching moves when an organisation's two entries are merged."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, UUIDField, Value

from apps.investors.models import Fund
from apps.matching.models import Deal, DigestList, Impression, MatchList, MatchPreview, Outcome, RunPart
from apps.matching.services.joining import introductions_join
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation
from apps.startups.models import Firm


@merge_part
def matching_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:
    """Decision logs of the fund, deals of the firm in others' logs, introductions, the lists and digests of mandates
    and raises, and what was tried out.
    """
    deals = outcomes = 0
    firm, fund = Firm.objects.filter(organisation=into).first(), Fund.objects.filter(organisation=into).first()
    if firm is not None:
        deals += Deal.objects.filter(firm__organisation=merged).update(firm=firm)
        outcomes += Outcome.objects.filter(firm__organisation=merged).update(firm=firm)
    if fund is not None:
        deals += Deal.objects.filter(fund__organisation=merged).update(fund=fund)
        outcomes += Outcome.objects.filter(fund__organisation=merged).update(fund=fund)
    impressions = Impression.objects.filter(organisation=merged).update(organisation=into)
    introductions = introductions_join(merged=merged, into=into, now=now)
    lists = MatchList.objects.filter(organisation=merged).update(organisation=into)
    moved = Func(
        F("organisation_ids"),
        Value(merged.pk),
        Value(into.pk),
        function="array_replace",
        output_field=ArrayField(UUIDField()),
    )
    RunPart.objects.filter(organisation_ids__contains=[merged.pk]).update(organisation_ids=moved)
    digests = DigestList.objects.filter(organisation=merged).update(organisation=into)
    previews = MatchPreview.objects.filter(organisation=merged).update(organisation=into)
    return Moved(
        {
            "deals": deals,
            "introductions": introductions,
            "match_lists": lists,
            "digest_lists": digests,
            "match_previews": previews,
            "outcomes": outcomes,
            "impressions": impressions,
        }
    )
