"""Master keys: from the environment, in memory only. The first is the current one, the others still open."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class MasterKeyMissing(ImproperlyConfigured):
    """A key was wrapped by a master key that DOCUMENT_MASTER_KEYS does not hold."""


def master_current() -> tuple[str, bytes]:
    """Id and key of the current master. Raises MasterKeyMissing when there is none."""
    for name, key in settings.DOCUMENT_MASTER_KEYS.items():
        return name, key
    raise MasterKeyMissing("DOCUMENT_MASTER_KEYS is not set: documents cannot be encrypted")


def master_named(*, name: str) -> bytes:
    """The master key with this id. Raises MasterKeyMissing."""
    try:
        key: bytes = settings.DOCUMENT_MASTER_KEYS[name]
    except KeyError:
        raise MasterKeyMissing(
            f"DOCUMENT_MASTER_KEYS lacks the key {name!r}, which still wraps keys of vaults"
        ) from None
    return key
