"""Races between real transactions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from tests.apps.documents.conftest import APPS
from tests.apps.organisations.conftest import TRIGGERS


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which transactions really end; not for a test that is marked `django_db` as well.

    Every row is deleted afterwards; facts as only the owner of the schema can, their triggers put aside.
    """
    assert str(connection.settings_dict["NAME"]).startswith("test_")
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("ALTER TABLE kernel_event DISABLE TRIGGER USER")
                for label in (*APPS, "compliance"):
                    for model in apps.get_app_config(label).get_models():
                        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608 - our own names
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for trigger in TRIGGERS:
                    cursor.execute(f"ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER {trigger}")
            connection.close()
