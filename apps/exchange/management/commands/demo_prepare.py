"""Prepares the demonstration: data, people of every kind with keys, and what the driver shows."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.compliance.services.watch_lists import SAMPLES
from apps.exchange import sample
from apps.exchange.services import import_folder, import_known
from apps.investors.models import Mandate
from apps.matching.models import MatchRun
from apps.organisations import services as organisations
from apps.organisations.models import ApiKey, Organisation
from apps.organisations.selectors import actor_for_user
from apps.organisations.states import Basis, Standing
from apps.permissions import SECOND_FACTOR_ROLES, Kind, Role
from embedded.home import write_private
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.owner import owner_connected

SAMPLE = Path(sample.__file__).parent / "data"
KEY_DAYS = 365
PERSONAS: dict[str, tuple[Kind, Role, str]] = {
    "firm": (Kind.FIRM, Role.OWNER, "UA"),
    "fund": (Kind.FUND, Role.OWNER, ""),
    "officer_eu": (Kind.AUTHORITY, Role.OFFICER, "not UA"),
    "officer_ua": (Kind.AUTHORITY, Role.OFFICER, "UA"),
    "attestor": (Kind.ATTESTOR, Role.OWNER, ""),
    "operator": (Kind.OPERATOR, Role.OWNER, ""),
}
"""Name → kind of organisation, role there, and its country where that matters."""


class Command(BaseCommand):
    help = "Load the sample data (or --data FOLDER) and write var/demo.json with the sign-ins of every kind of user."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", required=True)
        parser.add_argument("--data", type=Path, default=None)
        parser.add_argument("--up", action="store_true", help="bring the installation up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["data"] or SAMPLE
        as_of = sample.AS_OF if options["data"] is None else utc_today()
        if options["up"]:
            with owner_connected():
                call_command("prepare", "--compile", stdout=self.stdout)
        is_changed = self._import(folder)
        for path in sorted(SAMPLES.iterdir()) if options["data"] is None else ():
            if path.suffix != ".md":
                call_command("load_watch_list", path.stem, path, published_on=utc_today(), stdout=self.stdout)
        file = Path(settings.VAR) / "demo.json"
        known = json.loads(file.read_text())["personas"] if file.exists() else {}
        personas = {name: _persona(name, known.get(name)) for name in PERSONAS}
        write_private(path=file, text=json.dumps({"base_url": options["base_url"], "personas": personas}, indent=2))
        call_command("screen_organisations", stdout=self.stdout)
        state = {
            "as_of": as_of.isoformat(),
            "run": _still_good(is_changed, as_of),
            "mandate": _mandate(personas),
        }
        write_private(path=file.with_name("demo-state.json"), text=json.dumps(state))

    def _import(self, folder: Path) -> bool:
        """Whether the data are others than before; files that were the last to be loaded are not read again."""
        known = import_known(folder=folder, verified=True)
        if known is not None:
            rows = sum(counts["rows"] for counts in known.counts.values())
            self.stdout.write(f"{folder}: not a byte differs from the {rows:,} rows imported last.")
            return False
        self.stdout.write(f"Importing {folder} …")
        report = import_folder(folder=folder, verified=True)
        for problem in report.problems[:20]:
            self.stderr.write(f"{problem.table} row {problem.row} {problem.column}: {problem.message}")
        if report.problems:
            raise SystemExit(1)
        for table, counts in report.counts.items():
            self.stdout.write(f"  {table}: {counts}")
        return report.is_changed


def _persona(name: str, known: dict[str, str] | None) -> dict[str, str]:
    """The persona's sign-in: the known one while its user and key still work, else made anew."""
    kind, role, country = PERSONAS[name]
    email = f"{name.replace('_', '-')}@demo.tandem.example"
    user = User.objects.filter(email=email).first()
    if known is not None and user is not None and known["email"] == email and _key_works(known["api_key"]):
        return known
    system = Actor.system()
    with transaction.atomic():
        organisation = _organisation(kind, country)
        password = secrets.token_urlsafe(12)
        if user is None:
            user = accounts.user_create(actor=system, email=email, password=password, name=name)
            organisations.membership_add(actor=system, organisation=organisation, user_id=user.pk, roles=[role])
        else:
            user.set_password(password)
            user.save(update_fields=["password"])
        secret = accounts.totp_give(actor=system, user=user) if role in SECOND_FACTOR_ROLES else ""
        actor = actor_for_user(user_id=user.pk, second_factor_at=utc_now())
        if actor is None:
            raise RuntimeError(f"{email} belongs to no organisation")
        made = organisations.api_key_create(
            actor=actor,
            name="demonstration",
            scopes=sorted(actor.permissions),
            expires_at=utc_now() + dt.timedelta(days=KEY_DAYS),
        )
    return {
        "email": email,
        "password": password,
        **({"totp_secret": secret} if secret else {}),
        "api_key": made.token,
        "organisation_id": str(actor.organisation_id),
    }


def _key_works(token: str) -> bool:
    prefix, _, secret = token.removeprefix("tdm_").partition("_")
    return ApiKey.objects.filter(
        prefix=prefix,
        secret_hash=organisations.secret_hash(secret),
        revoked_at__isnull=True,
        expires_at__gt=utc_now() + dt.timedelta(days=1),
    ).exists()


def _organisation(kind: Kind, country: str) -> Organisation:
    """An imported organisation of this kind that shows something: the fund with the most mandates, the firm with the
    most raises.
    """
    found = Organisation.objects.filter(kind=kind, standing=Standing.VERIFIED)
    if country == "UA":
        found = found.filter(country="UA")
    elif country:
        found = found.exclude(country="UA")
    if kind == Kind.FUND:
        found = found.filter(fund__mandates__isnull=False)
    elif kind == Kind.FIRM:
        found = found.filter(firm__raises__isnull=False)
    organisation = found.order_by("id").first()
    return organisation or _registered(kind, country)


def _registered(kind: Kind, country: str) -> Organisation:
    """A plain organisation where the data has none of this kind."""
    system = Actor.system()
    organisation = organisations.organisation_register(
        actor=system,
        kind=kind,
        legal_name=f"Demonstration {kind.value}",
        country="UA" if country == "UA" else "EE",
    )
    return organisations.organisation_standing_set(
        actor=system, organisation=organisation, standing=Standing.VERIFIED, basis=Basis.IMPORT
    )


def _mandate(personas: dict[str, dict[str, str]]) -> dict[str, str]:
    """The mandate whose matches are shown."""
    mandate = (
        Mandate.objects.filter(fund__organisation_id=personas["fund"]["organisation_id"])
        .select_related("fund__organisation")
        .order_by("id")
        .first()
    )
    if mandate is None:
        raise SystemExit("The data has no fund with a mandate: there is nothing to match.")
    return {"id": str(mandate.pk), "name": mandate.name, "fund": mandate.fund.organisation.legal_name}


def _still_good(is_changed: bool, as_of: dt.date) -> str | None:
    """The current run's id when it is of this date and nothing has changed since."""
    run = MatchRun.objects.filter(is_current=True, as_of=as_of).first()
    return None if run is None or is_changed else str(run.pk)
