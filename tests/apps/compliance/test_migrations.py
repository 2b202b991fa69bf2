"""What becomes of ownership that an earlier version recorded; the guards as the application's role meets them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import IntegrityError, ProgrammingError

from kernel.ids import uuid7
from tests.factories.cases import case_submitted, registered
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.long

BEFORE = [("compliance", "0001_initial")]
NOW = [("compliance", "0004_officers_by_hand")]
APPLICATION = "tandem_app"
LONG_AGO, LATER = dt.date(2020, 1, 1), dt.date(2024, 2, 29)


@pytest.fixture
def emptied(django_db_blocker: Any) -> Iterator[None]:
    """The default connection leads to a database of its own, without a table."""
    name = f"test_moved_{uuid.uuid4().hex[:12]}"
    present = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
            connection.settings_dict["NAME"] = name
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict["NAME"] = present
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrated(targets: list[tuple[str, str]]) -> Any:
    """The models as they are at these migrations, after migrating to them."""
    MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def organisation(apps: Any, name: str) -> Any:
    return apps.get_model("organisations", "Organisation").objects.create(
        id=uuid7(), kind="firm", legal_name=name, country="UA", standing="verified"
    )


@pytest.mark.usefixtures("emptied")
class TestOwnershipOfBefore:
    def test_becomes_statements_between_parties(self) -> None:
        before = migrated(BEFORE)
        old = before.get_model("compliance", "OwnershipStatement").objects
        firm, holding = organisation(before, "Firm"), organisation(before, "Holding")
        half = Decimal("0.5")
        by_firm = old.create(
            id=uuid7(), owned=firm, owner=holding, owner_name="Holding", owner_kind="entity",
            share_min=half, share_max=half, from_date=LONG_AGO, to_date=LATER,
        )  # fmt: skip
        by_person = old.create(
            id=uuid7(), owned=firm, owner_name="Olena", owner_kind="person", country="UA",
            share_min=Decimal("0.1"), share_max=Decimal("0.25"), interest="votes",
        )  # fmt: skip
        by_entity = old.create(
            id=uuid7(), owned=holding, owner_name="Far Ltd", owner_kind="entity", country="CY",
            share_max=half, interest="golden share", from_date=LATER, to_date=LONG_AGO,
        )  # fmt: skip
        before.get_model("compliance", "Screening").objects.create(
            id=uuid7(), organisation=firm, result="clear", basis="import"
        )

        after = migrated(NOW)

        parties = {row.pk: row for row in after.get_model("compliance", "Party").objects.all()}
        now = {row.pk: row for row in after.get_model("compliance", "OwnershipStatement").objects.all()}
        assert {pk for pk, row in parties.items() if row.organisation_id == pk} == {firm.pk, holding.pk}
        assert [(row.kind, row.legal_name) for row in parties.values() if row.organisation_id] == [("entity", "")] * 2
        named = {row.legal_name: row for row in parties.values() if row.organisation_id is None}
        assert {name: (row.kind, row.country, row.stated_by_id) for name, row in named.items()} == {
            "Olena": ("person", "UA", firm.pk),
            "Far Ltd": ("entity", "CY", holding.pk),
        }
        assert set(now) == {by_firm.pk, by_person.pk, by_entity.pk}
        first, second, third = now[by_firm.pk], now[by_person.pk], now[by_entity.pk]
        assert (first.owned_id, first.owner_id, first.interest) == (firm.pk, holding.pk, "shareholding")
        assert (first.share_min, first.share_max) == (half, half)
        # `to_date` was the last day; now it is the first one without the interest.
        assert (first.from_date, first.to_date) == (LONG_AGO, dt.date(2024, 3, 1))
        assert (second.owned_id, second.owner_id, second.interest) == (firm.pk, named["Olena"].pk, "voting_rights")
        assert (second.share_min, second.share_max) == (Decimal("0.1"), Decimal("0.25"))
        assert (second.from_date, second.to_date) == (None, None)
        assert (third.owned_id, third.owner_id) == (holding.pk, named["Far Ltd"].pk)
        assert (third.share_min, third.share_max, third.interest) == (None, half, "unknown_interest")
        assert (third.details, third.from_date, third.to_date) == ("golden share", LATER, None)
        # All came with an operator's import: nobody else has stated it.
        assert {(row.stated_by_id, row.directness, row.is_withdrawn) for row in now.values()} == {
            (None, "direct", False)
        }
        screening = after.get_model("compliance", "Screening").objects.get()
        assert (screening.result, screening.basis, screening.run_id) == ("clear", "import", None)
        assert "compliance_ownership_kept" not in connection.introspection.table_names()

    def test_may_be_none(self) -> None:
        migrated(BEFORE)

        after = migrated(NOW)

        assert after.get_model("compliance", "OwnershipStatement").objects.count() == 0
        assert after.get_model("compliance", "Party").objects.count() == 0


@pytest.mark.django_db
class TestOfficersGuard:
    def test_stands_for_the_applications_role(self, settings: Any) -> None:
        organisation, owner = registered()
        case = case_submitted(owner)
        settings.DATABASE_URL = f"postgresql://{APPLICATION}@localhost/any"
        call_command("grant_application_role", verbosity=0)
        member = MembershipFactory(organisation=organisation).user
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {APPLICATION}")
            try:
                for column in ("officer_id", "decided_by_id"):
                    statement = f"UPDATE compliance_verificationcase SET {column} = %s WHERE id = %s"  # noqa: S608
                    with pytest.raises(IntegrityError, match="a member of the organisation"), transaction.atomic():
                        cursor.execute(statement, [member.pk, case.pk])
                for statement in (
                    "ALTER TABLE compliance_verificationcase DISABLE TRIGGER USER",
                    "DROP FUNCTION compliance_officer_is_free CASCADE",
                    "SET session_replication_role = replica",
                ):
                    with pytest.raises(ProgrammingError), transaction.atomic():
                        cursor.execute(statement)
            finally:
                cursor.execute("RESET ROLE")
