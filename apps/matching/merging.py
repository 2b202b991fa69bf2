"""What of matching moves when an organisation's two entries are merged."""

from __future__ import annotations

import datetime as dt

from apps.investors.models import Fund
from apps.matching.models import Deal, MatchList
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation
from apps.startups.models import Firm


@merge_part
def matching_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:  # noqa: ARG001 - the protocol's
    """Decision logs of the fund, deals of the firm in others' logs, and the lists of mandates and raises."""
    deals = 0
    firm, fund = Firm.objects.filter(organisation=into).first(), Fund.objects.filter(organisation=into).first()
    if firm is not None:
        deals += Deal.objects.filter(firm__organisation=merged).update(firm=firm)
    if fund is not None:
        deals += Deal.objects.filter(fund__organisation=merged).update(fund=fund)
    lists = MatchList.objects.filter(organisation=merged).update(organisation=into)
    return Moved({"deals": deals, "match_lists": lists})
