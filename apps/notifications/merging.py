"""What of people's messages moves when organisations are merged."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from apps.notifications.models import Digest, Mention, Notification
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation


@merge_part
def notifications_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:  # noqa: ARG001 - the protocol's
    """Messages to its people, mentions of what it has, digests of periods for which the other has none."""
    mentions = Mention.objects.filter(organisation=merged).update(organisation=into)
    own = Digest.objects.filter(organisation=merged)
    same = Digest.objects.filter(
        organisation=into, user=OuterRef("user"), cadence=OuterRef("cadence"), period=OuterRef("period")
    )
    own.filter(Exists(same)).delete()
    own.update(organisation=into)
    told = Notification.objects.filter(organisation=merged).update(organisation=into)
    return Moved({"notifications": told, "mentions": mentions})
