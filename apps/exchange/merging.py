"""What of imports and exports moves when an organisation's two entries are merged."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from apps.exchange.loading.targets import FIRMS, FUNDS, ORGANISATIONS, Target
from apps.exchange.models import Export, ImportKey
from apps.investors.models import Fund
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation
from apps.startups.models import Firm


@merge_part
def exchange_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:  # noqa: ARG001 - the protocol's
    """The senders' keys of the merged entry: a row that changes is a change of the other one from now on. What was
    taken out stays with the persons who asked for it.
    """
    moved = _repoint(ORGANISATIONS, merged.pk, into.pk)
    for target, model in ((FIRMS, Firm), (FUNDS, Fund)):
        ids = dict(model._default_manager.filter(organisation__in=[merged, into]).values_list("organisation_id", "pk"))
        if len(ids) == 2:
            moved += _repoint(target, ids[merged.pk], ids[into.pk])
    exports = Export.objects.filter(organisation=merged).update(organisation=into)
    return Moved({"import_keys": moved, "exports": exports})


def _repoint(target: Target, before: UUID, after: UUID) -> int:
    return ImportKey.objects.filter(table=target.name, object_id=before).update(object_id=after)
