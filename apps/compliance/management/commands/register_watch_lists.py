"""Makes the expected watch-lists known: part of preparing an installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.compliance.services.watch_lists import list_register


class Command(BaseCommand):
    help = "Make the expected watch-lists known."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{len(list_register())} watch-lists are expected or known.")
