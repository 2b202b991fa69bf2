"""The disclosure tier of every field of messages: a person's own affair, shown to nobody else."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.notifications.models import Digest, Mention, Notification, Preference
from apps.organisations.disclosure import Tier

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    model: {field.name: Tier.T4 for field in model._meta.fields}
    for model in (Notification, Mention, Preference, Digest)
}
