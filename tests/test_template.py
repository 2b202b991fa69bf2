"""The database that workers copy is made once in a run, and is what migrations leave."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from tests.template import Template, make_from_models

CATALOGUES = {
    "tables": """
        SELECT relname, relkind::text, relrowsecurity, relforcerowsecurity, relpersistence::text, reloptions
        FROM pg_class WHERE relnamespace = 'public'::regnamespace""",
    "columns": """
        SELECT table_name, column_name, column_default, is_nullable, udt_name, character_maximum_length,
            numeric_precision, numeric_scale, datetime_precision, collation_name, identity_generation,
            generation_expression
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable, condeferred, convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
    "functions": """
        SELECT oid::regprocedure::text, prosrc, provolatile::text, prosecdef, proconfig
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "policies": "SELECT * FROM pg_policies",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "sequences": """
        SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle
        FROM pg_sequences WHERE schemaname = 'public'""",
    "extensions": "SELECT extname, extversion FROM pg_extension",
    "comments": """
        SELECT objoid::regclass::text, objsubid, description FROM pg_description
        WHERE classoid = 'pg_class'::regclass""",
    "migrations": "SELECT app, name FROM django_migrations",
    "content types": "SELECT app_label, model FROM django_content_type",
    "permissions": """
        SELECT app_label, model, codename, name FROM auth_permission
        JOIN django_content_type types ON types.id = content_type_id""",
}
"""What is in a database, but for the order of columns and the numbers of rows that are counted as they are made."""

KNOWN = "auth_group_permissions"
"""A table of the framework's, which nothing uses: its own migrations give the key another width than its models do."""

COUNTED = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture
def made(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the databases that were made, without the seconds that it takes."""
    names: list[str] = []
    monkeypatch.setitem(connection.settings_dict, "NAME", "templates")
    monkeypatch.setattr(Template, "_make", lambda self: names.append(self.name))
    with django_db_blocker.unblock():
        connection.close()
        yield names
        left = Template(run="")
        left.is_ours = True
        left.drop()


@pytest.fixture
def emptied(django_db_blocker: Any) -> Iterator[Callable[[], None]]:
    """Leads the default connection to a new database without a table, each time it is called."""
    present = connection.settings_dict["NAME"]
    names: list[str] = []
    with django_db_blocker.unblock(), psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as admin:

        def another() -> None:
            names.append(f"test_made_{uuid.uuid4().hex[:12]}")
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(names[-1])))
            connection.close()
            connection.settings_dict["NAME"] = names[-1]

        try:
            yield another
        finally:
            connection.close()
            connection.settings_dict["NAME"] = present
            for name in names:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def content() -> dict[str, set[str]]:
    """All that the connection's database holds, by kind."""
    found = {}
    with connection.cursor() as cursor:
        for kind, query in CATALOGUES.items():
            cursor.execute(query)
            found[kind] = {repr(row) for row in cursor.fetchall() if not str(row[0]).startswith(KNOWN)}
        for table in set(connection.introspection.table_names(cursor)) - COUNTED:
            cursor.execute(sql.SQL("SELECT to_jsonb(rows)::text FROM {} rows").format(sql.Identifier(table)))
            found[f"rows of {table}"] = {repr(row) for row in cursor.fetchall()}
    return found


def databases() -> set[str]:
    with psycopg.connect(settings.DATABASE_OWNER_URL) as admin:
        return {name for (name,) in admin.execute("SELECT datname FROM pg_database")}


class TestTemplate:
    def test_is_made_by_the_first_worker_of_a_run(self, made: list[str]) -> None:
        first, second = Template(run="one"), Template(run="one")

        first.ensure()
        second.ensure()

        assert made == ["test_templates_template"]
        assert (first.is_ours, second.is_ours) == (True, False)

    def test_of_an_earlier_run_is_made_anew(self, made: list[str]) -> None:
        Template(run="one").ensure()

        Template(run="two").ensure()

        assert len(made) == 2

    def test_left_half_made_is_made_anew(self, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        def killed(_self: Template) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Template, "_make", killed)
            with pytest.raises(KeyboardInterrupt):
                Template(run="one").ensure()

        Template(run="one").ensure()

        assert len(made) == 1

    def test_is_removed_by_who_made_it(self, made: list[str]) -> None:
        first, second = Template(run="one"), Template(run="one")
        first.ensure()
        second.ensure()

        second.drop()
        assert first.name in databases()

        first.drop()
        assert first.name not in databases()


class TestMakeFromModels:
    @pytest.mark.long
    def test_makes_what_migrations_leave(self, emptied: Callable[[], None]) -> None:
        emptied()
        call_command("migrate", verbosity=0, interactive=False)
        migrated = content()

        emptied()
        make_from_models()

        made = content()
        assert all(migrated[kind] for kind in ("tables", "columns", "constraints", "indexes", "triggers", "functions"))
        assert made == migrated

    @pytest.mark.django_db
    def test_gives_the_suite_the_guards_that_no_model_knows(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'")

            assert {name for (name,) in cursor.fetchall()} >= {"kernel_event_no_change", "kernel_event_no_truncate"}
