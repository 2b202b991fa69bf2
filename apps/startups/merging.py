"""What of the registry moves when a firm's two entries are merged."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation
from apps.startups.models import (
    Attestation,
    AttestorAddress,
    AttestorSeat,
    Capability,
    Financials,
    Firm,
    Raise,
    SelfAttestation,
    SpeedFlag,
    SpeedProfile,
    StartDraft,
    TrackerEndpoint,
)
from apps.startups.services import firm_register
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from kernel.access import Actor


@merge_part
def registry_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:
    """Capabilities with their bills and logs, raises, financials, attestations given, raises of an issuer, and flags.

    Of a year that both have stated the other's figures stay; these are withdrawn. An attestation does not go along
    where the other has attested the same event or the event is its own, a mail address not where the other asked it
    in the same role. Speed is measured anew.
    """
    issues = Raise.objects.filter(issuer=merged).update(issuer=into)
    attestations, staying = _attestations_move(merged, into)
    AttestorSeat.objects.filter(organisation=merged).update(organisation=into)
    _addresses_move(merged, into)
    SelfAttestation.objects.filter(organisation=merged).update(organisation=into)
    SelfAttestation.objects.filter(attestor=merged).update(attestor=into)
    _blocked_move(merged, into)
    capabilities = raises = years = twice = 0
    firm = Firm.objects.select_for_update().filter(organisation=merged).first()
    if firm is not None:
        target = firm_register(actor=Actor.system(), organisation=into)
        capabilities = Capability.objects.filter(firm=firm).update(firm=target)
        search_refresh(firm_ids=[target.pk])
        raises = Raise.objects.filter(firm=firm).update(firm=target)
        listings_refresh(firm_ids=[target.pk])
        if not StartDraft.objects.filter(firm=target).exists():
            StartDraft.objects.filter(firm=firm).update(firm=target)
        SpeedFlag.objects.filter(firm=firm).update(firm=target)
        TrackerEndpoint.objects.filter(firm=firm).update(firm=target)
        SpeedProfile.objects.filter(firm=firm).delete()
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
        {"financials": twice, "attestations": staying},
    )


def _attestations_move(merged: Organisation, into: Organisation) -> tuple[int, int]:
    """How many went along and how many stay. Words of different seats stand beside each other."""
    given = Attestation.objects.filter(attestor=merged)
    attested = Attestation.objects.filter(attestor=into, token="").values("event_id")
    own = {"event__capability__firm__organisation_id__in": [merged.pk, into.pk]}
    staying = list(given.filter(Q(event__in=attested, token="") | Q(**own)).values_list("pk", flat=True))
    return given.exclude(pk__in=staying).update(attestor=into), len(staying)


def _addresses_move(merged: Organisation, into: Organisation) -> None:
    known = set(AttestorAddress.objects.filter(organisation=into).values_list("digest", "role"))
    rows = AttestorAddress.objects.filter(organisation=merged).values_list("pk", "digest", "role")
    moving = [pk for pk, digest, role in rows if (digest, role) not in known]
    AttestorAddress.objects.filter(pk__in=moving).update(organisation=into)


def _blocked_move(merged: Organisation, into: Organisation) -> None:
    """Firms that will not deal with the one will not deal with the other; nobody blocks itself. Not counted in what is
    told of the merging: nobody learns that a firm will not deal with it.
    """
    rows = Raise.objects.filter(blocked_organisations__contains=[merged.pk]).select_for_update(of=("self",))
    for item in rows.select_related("firm").order_by("pk"):
        named = (into.pk if blocked == merged.pk else blocked for blocked in item.blocked_organisations)
        item.blocked_organisations = [pk for pk in dict.fromkeys(named) if pk != item.firm.organisation_id]
        item.save(update_fields=["blocked_organisations"])
