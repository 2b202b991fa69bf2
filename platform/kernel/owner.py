"""The owner of the schema, for the parts of a command that change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection


@contextmanager
def owner_connected() -> Iterator[None]:
    """The default connection is made as the role of DATABASE_OWNER_URL until the block ends; not in a transaction."""
    address = urlsplit(settings.DATABASE_OWNER_URL)
    owner = {
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": address.hostname or "",
        "PORT": address.port or "",
    }
    before = {name: connection.settings_dict[name] for name in owner}
    connection.close()
    connection.settings_dict.update(owner)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
