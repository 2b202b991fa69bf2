"""What of documents moves when an organisation's two entries are merged."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from apps.documents.models import Document, DocumentAccess, Upload
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation


@merge_part
def documents_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:
    """Documents with their versions, uploads under way, and what others opened to the merged one.

    Stored content stays under the key that wraps it; the vault of the merged one goes on opening it. Access to a
    document that both may read for the same cause ends for the merged one.
    """
    lasting = DocumentAccess.objects.lasting(now=now)
    same = lasting.filter(viewer=into, **{name: OuterRef(name) for name in ("document", "cause", "cause_id")})
    opened = lasting.filter(viewer=merged)
    ended = opened.filter(Exists(same)).update(until=now)
    return Moved(
        {
            "documents": Document.objects.filter(organisation=merged).update(organisation=into),
            "uploads": Upload.objects.filter(organisation=merged).update(organisation=into),
            "document_access": opened.update(viewer=into),
        },
        {"document_access": ended},
    )
