"""Seals the mail addresses of those who attest anew, so that an old SECRET_KEY may leave SECRET_KEY_FALLBACKS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.startups.services.attestor_addresses import addresses_reseal


class Command(BaseCommand):
    help = "Seal the mail addresses of seats and of requests for attestations under the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{addresses_reseal()} addresses sealed anew")
