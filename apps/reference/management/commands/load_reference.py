"""Writes the product's own reference data into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.reference.services import areas_load
from kernel.access import Actor


class Command(BaseCommand):
    help = "Load the capability areas that the product carries; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{areas_load(actor=Actor.system())} areas new or changed.")
