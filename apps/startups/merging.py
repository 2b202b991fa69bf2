"""What of the registry moves when a firm's two entries are merged."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation
from apps.startups.models import Attestation, Capability, Financials, Firm, Raise
from apps.startups.services import firm_register
from kernel.access import Actor


@merge_part
def registry_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:
    """Capabilities with their bills and logs, raises, financials, attestations given, and raises of an issuer.

    Of a year that both have stated the other's figures stay; these are withdrawn. An attestation does not go along
    where the other has attested the same event or the event is its own.
    """
    issues = Raise.objects.filter(issuer=merged).update(issuer=into)
    given = Attestation.objects.filter(attestor=merged)
    attested = Attestation.objects.filter(attestor=into).values("event_id")
    own = {"event__capability__firm__organisation_id__in": [merged.pk, into.pk]}
    staying = list(given.filter(Q(event__in=attested) | Q(**own)).values_list("pk", flat=True))
    attestations = given.exclude(pk__in=staying).update(attestor=into)
    capabilities = raises = years = twice = 0
    firm = Firm.objects.select_for_update().filter(organisation=merged).first()
    if firm is not None:
        target = firm_register(actor=Actor.system(), organisation=into)
        capabilities = Capability.objects.filter(firm=firm).update(firm=target)
        raises = Raise.objects.filter(firm=firm).update(firm=target)
        stated = list(Financials.objects.filter(firm=target).values_list("year", flat=True))
        own_years = Financials.objects.filter(firm=firm)
        twice = own_years.filter(year__in=stated, withdrawn_at=None).update(withdrawn_at=now)
        years = own_years.exclude(year__in=stated).update(firm=target)
    return Moved(
        {
            "capabilities": capabilities,
            "raises": raises,
            "financials": years,
            "issues": issues,
            "attestations": attestations,
        },
        {"financials": twice, "attestations": len(staying)},
    )
