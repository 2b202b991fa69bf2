"""Seals the secrets of trackers' endpoints anew, so that an old SECRET_KEY may leave SECRET_KEY_FALLBACKS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.startups.services.trackers import tracker_secrets_reseal


class Command(BaseCommand):
    help = "Seal the secrets of all trackers' endpoints under the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{tracker_secrets_reseal()} secrets sealed anew")
