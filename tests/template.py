"""One database as migrations leave it for all workers of a run: the first that needs it makes it, every one copies it.

Tables are made from the models, which takes a few seconds, and not by one migration after the other, which takes half a
minute. What no model knows, functions and triggers, is taken from the migrations. A test compares the two ways.

The template names its run in its comment, last of all: what an earlier run left, or a killed one left half made, is
made anew.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django.conf import settings
from django.contrib.postgres.operations import CreateExtension
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

LOCK = 0x7A6E_00F1
"""The advisory lock, on the server as a whole, under which the template is made."""


class NoMigrations(Container[str]):
    """In place of the setting: no app has migrations."""

    def __contains__(self, _label: object) -> bool:
        return True

    def __getitem__(self, _label: str) -> None:
        return None


def all_migrations() -> list[Migration]:
    """Every migration there is, each after those it depends on."""
    graph = MigrationLoader(None).graph
    return [
        graph.nodes[node] for node in dict.fromkeys(n for leaf in graph.leaf_nodes() for n in graph.forwards_plan(leaf))
    ]


def make_from_models() -> None:
    """Give the empty database of the connection what `migrate` would: all but the order of columns."""
    migrations = all_migrations()
    operations = [operation for migration in migrations for operation in migration.operations]
    with connection.cursor() as cursor:
        for operation in operations:
            if isinstance(operation, CreateExtension):
                cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(operation.name)))
    present, settings.MIGRATION_MODULES = settings.MIGRATION_MODULES, NoMigrations()
    try:
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    finally:
        settings.MIGRATION_MODULES = present
    with connection.cursor() as cursor:
        for operation in operations:
            if isinstance(operation, RunSQL) and "CREATE FUNCTION" in operation.sql:
                cursor.execute(operation.sql)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    recorder.Migration.objects.bulk_create(
        recorder.Migration(app=migration.app_label, name=migration.name) for migration in migrations
    )


class Template:
    """The template database of one run."""

    def __init__(self, *, run: str) -> None:
        self.run = run
        self.name = f"test_{connection.settings_dict['NAME']}_template"
        self.is_ours = False

    def ensure(self) -> None:
        """Make a new database unless another worker of this run has done so."""
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # given back with the connection
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [self.name]
            )
            if cursor.fetchone() == (self.run,):
                return
            self._execute(cursor, "DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            self._execute(cursor, "CREATE DATABASE {name}")
            self._make()
            self._execute(cursor, "COMMENT ON DATABASE {name} IS {run}")
            self.is_ours = True

    def drop(self) -> None:
        """Remove the template if this worker made it; a worker that comes later makes its own."""
        if self.is_ours:
            with connection.creation._nodb_cursor() as cursor:
                self._execute(cursor, "DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make(self) -> None:
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = self.name
        try:
            make_from_models()
        finally:
            connection.close()  # a database that somebody is connected to cannot be copied
            connection.settings_dict["NAME"] = before

    def _execute(self, cursor: Any, statement: str) -> None:
        cursor.execute(sql.SQL(statement).format(name=sql.Identifier(self.name), run=sql.Literal(self.run)))
