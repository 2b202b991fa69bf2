"""Transactions that really end, and calls that race in them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from kernel.errors import DomainError

OTHERS = ("account", "mfa")
"""Apps that are not our own and whose rows tests make."""
TRIGGERS = ("kernel_event_no_change", "kernel_event_no_truncate")
LOG = "startups_developmentevent"
"""Rows that the database lets nobody change or remove, as the trail's."""


@pytest.fixture
def committed(transactional_db: None) -> None:
    """A database in which transactions really end; not for a test that is marked `django_db` as well."""


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of the plugin's fixture of this name, which truncates all tables: the append-only trail refuses that.

    Every row of our apps is deleted afterwards; facts as only the owner of the schema can, their triggers put aside.
    """
    assert str(connection.settings_dict["NAME"]).startswith("test_")
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("ALTER TABLE kernel_event DISABLE TRIGGER USER")
                cursor.execute(f"ALTER TABLE {LOG} DISABLE TRIGGER USER")
                for config in apps.get_app_configs():
                    ours = config.name.startswith(("apps.", "kernel")) or config.label in OTHERS
                    for model in config.get_models() if ours else ():
                        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608 - our own names
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for trigger in TRIGGERS:
                    cursor.execute(f"ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER {trigger}")
                cursor.execute(f"ALTER TABLE {LOG} ENABLE TRIGGER USER")
            connection.close()


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls give when they start at the same moment, each on a connection of its own; a refusal as itself."""
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            results[index] = call()
        except DomainError as refusal:
            results[index] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results
