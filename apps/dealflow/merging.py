"""What of the deal flow moves when an organisation's two entries are merged."""

from __future__ import annotations

import datetime as dt

from apps.dealflow.services.joining import firm_join, fund_join
from apps.dealflow.services.saved_searches import searches_join
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation


@merge_part
def dealflow_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:  # noqa: ARG001 - the protocol's
    """Watch-lists of the fund, others' entries about the firm. None is counted: nobody learns who watches whom."""
    fund_join(merged=merged, into=into)
    firm_join(merged=merged, into=into)
    searches_join(merged=merged, into=into)
    return Moved({})
