"""Going dark: an organisation that makes itself invisible to everybody outside, and its return."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from apps.organisations import events
from apps.organisations.models import Organisation
from apps.organisations.rules import own_require
from kernel.access import Actor
from kernel.clock import database_now
from kernel.events import publish


@transaction.atomic
def organisation_go_dark(*, actor: Actor, organisation: Organisation, now: dt.datetime | None = None) -> Organisation:
    """Make an organisation invisible to all outside from the next request; one that is dark stays so. Raises NotYours.

    It asks for no version: nobody else's change may stand in its way.
    """
    own_require(actor=actor, organisation_id=organisation.pk)
    moment = now or database_now()
    rows = Organisation.objects.filter(pk=organisation.pk, dark_since=None)
    if rows.update(dark_since=moment, version=F("version") + 1):
        publish(events.ORGANISATION_WENT_DARK, actor=actor, subject=organisation, organisation_id=organisation.pk)
    organisation.refresh_from_db(fields=["dark_since", "version"])
    return organisation


@transaction.atomic
def organisation_return(*, actor: Actor, organisation: Organisation) -> Organisation:
    """Make an organisation visible again to whom its standing shows it; one that is not dark stays so. Raises
    NotYours.
    """
    own_require(actor=actor, organisation_id=organisation.pk)
    rows = Organisation.objects.filter(pk=organisation.pk, dark_since__isnull=False)
    if rows.update(dark_since=None, version=F("version") + 1):
        publish(events.ORGANISATION_RETURNED, actor=actor, subject=organisation, organisation_id=organisation.pk)
    organisation.refresh_from_db(fields=["dark_since", "version"])
    return organisation
