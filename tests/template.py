"""One migrated database for all workers of a run: the first worker that needs one makes it, every worker copies it.

The template names its run in its comment, last of all: what an earlier run left, or a killed one left half made, is
made anew.
"""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import connection
from psycopg import sql

LOCK = 0x7A6E_00F1
"""The advisory lock, on the server as a whole, under which the template is made."""


class Template:
    """The template database of one run."""

    def __init__(self, *, run: str) -> None:
        self.run = run
        self.name = f"test_{connection.settings_dict['NAME']}_template"
        self.is_ours = False

    def ensure(self) -> None:
        """Migrate a new database unless another worker of this run has done so."""
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # given back with the connection
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [self.name]
            )
            if cursor.fetchone() == (self.run,):
                return
            self._execute(cursor, "DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            self._execute(cursor, "CREATE DATABASE {name}")
            self._migrate()
            self._execute(cursor, "COMMENT ON DATABASE {name} IS {run}")
            self.is_ours = True

    def drop(self) -> None:
        """Remove the template if this worker made it; a worker that comes later makes its own."""
        if self.is_ours:
            with connection.creation._nodb_cursor() as cursor:
                self._execute(cursor, "DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _migrate(self) -> None:
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = self.name
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            connection.close()  # a database that somebody is connected to cannot be copied
            connection.settings_dict["NAME"] = before

    def _execute(self, cursor: Any, statement: str) -> None:
        cursor.execute(sql.SQL(statement).format(name=sql.Identifier(self.name), run=sql.Literal(self.run)))
