"""Makes the first operator of an installation: a person, the operator's organisation, and the owner's role in it."""

from __future__ import annotations

import getpass
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from apps.accounts import services as accounts
from apps.organisations import services as organisations
from apps.organisations.models import Organisation
from apps.organisations.states import Basis, Standing
from apps.permissions import Kind, Role
from kernel.access import Actor


class Command(BaseCommand):
    help = "Create a person who owns the operator's organisation (made if there is none). Asks for the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--organisation", default="Operator", help="legal name, where the organisation is new")
        parser.add_argument("--country", default="EE", help="ISO 3166-1 alpha-2, where the organisation is new")
        parser.add_argument("--generate-password", action="store_true", help="make a password and print it once")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        is_made = options["generate_password"]
        password = secrets.token_urlsafe(18) if is_made else getpass.getpass("Password: ")
        system = Actor.system()
        organisation = Organisation.objects.filter(kind=Kind.OPERATOR).order_by("id").first()
        if organisation is None:
            organisation = organisations.organisation_register(
                actor=system,
                kind=Kind.OPERATOR,
                legal_name=options["organisation"],
                country=options["country"],
            )
            organisations.organisation_standing_set(
                actor=system, organisation=organisation, standing=Standing.VERIFIED, basis=Basis.CASE
            )
        user = accounts.user_create(actor=system, email=options["email"], password=password)
        organisations.membership_add(actor=system, organisation=organisation, user_id=user.pk, roles=[Role.OWNER])
        self.stdout.write(f"{user.email} owns {organisation.legal_name}.")
        if is_made:
            self.stdout.write(f"Password: {password}")
