"""What of a fund moves when its two entries are merged."""

from __future__ import annotations

import datetime as dt

from apps.investors.models import Fund, Lever, Mandate
from apps.investors.services import fund_register
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation
from kernel.access import Actor


@merge_part
def fund_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:  # noqa: ARG001 - the protocol's
    """Mandates and levers."""
    levers = Lever.objects.filter(organisation=merged).update(organisation=into)
    mandates = 0
    fund = Fund.objects.select_for_update().filter(organisation=merged).first()
    if fund is not None:
        target = fund_register(actor=Actor.system(), organisation=into)
        mandates = Mandate.objects.filter(fund=fund).update(fund=target)
    return Moved({"mandates": mandates, "levers": levers})
