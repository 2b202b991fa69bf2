"""Writes the public levers that the product carries into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.investors.services import levers_load
from kernel.access import Actor


class Command(BaseCommand):
    help = "Load the public levers that the product carries; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{levers_load(actor=Actor.system())} levers new or changed.")
