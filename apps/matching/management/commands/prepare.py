"""Brings an installation to what this version of the product needs: schema, rights, reference data, compiled engine."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from apps.matching.engine.compile import compile_once


class Command(BaseCommand):
    help = "Migrate, grant the application's role its rights, load reference data; --compile the engine, too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--compile", action="store_true", help="compile the engine into its cache")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, stdout=self.stdout)
        call_command("grant_application_role", stdout=self.stdout)
        call_command("load_reference", stdout=self.stdout)
        call_command("load_levers", stdout=self.stdout)
        call_command("register_watch_lists", stdout=self.stdout)
        if options["compile"]:
            self.stdout.write(compile_once())
