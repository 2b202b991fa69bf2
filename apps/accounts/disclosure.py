"""The disclosure tier of every field of a person's account, as numbers: the tiers themselves are defined above."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.accounts.models import User

TIERS: Mapping[type[models.Model], Mapping[str, int]] = {
    User: {
        "id": 4,
        "password": 4,
        "last_login": 4,
        "is_superuser": 4,
        "groups": 4,
        "user_permissions": 4,
        "email": 4,
        "name": 4,
        "language": 4,
        "is_active": 4,
        "is_staff": 4,
        "joined_at": 4,
    }
}
"""A person is known to its own organisation alone; outside it nobody is named."""
