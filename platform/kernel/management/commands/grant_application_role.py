"""Gives the application's database role what it needs and no more: no DDL, and no change of events."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg import sql

APPEND_ONLY = (
    "investors_mandateversion",
    "kernel_event",
    "matching_decisionstep",
    "matching_modelevaluation",
    "matching_modelpromotion",
    "matching_registeredmodel",
    "startups_developmentevent",
)

UNCHANGED = ("matching_inputversion",)
"""Rows that are inserted and removed, and never anything else."""


class Command(BaseCommand):
    help = "Grant the role of DATABASE_URL its rights on the tables owned by the role of DATABASE_OWNER_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        role = unquote(urlsplit(settings.DATABASE_URL).username or "")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_database()")
            owner, database = cursor.fetchone()
            if role in {"", owner}:
                self.stdout.write("The application connects as the owner of the schema: nothing to grant.")
                return
            name = sql.Identifier(role)
            for statement in (
                "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
                "GRANT USAGE ON SCHEMA public TO {role}",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            ):
                cursor.execute(sql.SQL(statement).format(role=name, database=sql.Identifier(database)))
            for table in APPEND_ONLY:
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                        table=sql.Identifier(table), role=name
                    )
                )
            for table in UNCHANGED:
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, TRUNCATE ON {table} FROM {role}").format(
                        table=sql.Identifier(table), role=name
                    )
                )
            cursor.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}").format(role=name))
        self.stdout.write(f"Granted to {role}.")
