"""The only reader of the environment: typed values, and a failure at start-up that names the variable."""

from __future__ import annotations

import base64
import binascii
import os
import re
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]


def text(name: str, default: str | None = None) -> str:
    """The variable `name`; raises ImproperlyConfigured when it is neither set nor has a default."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def number(name: str, default: float) -> float:
    """The variable `name` as a number; raises ImproperlyConfigured when it is none."""
    raw = text(name, str(default))
    try:
        return float(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {raw!r}") from None


def flag(name: str, *, default: bool = False) -> bool:
    """The variable `name` as yes or no (1/0, true/false, yes/no); raises ImproperlyConfigured on anything else."""
    raw = text(name, "yes" if default else "no").lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {raw!r}")


def words(name: str, default: str = "") -> list[str]:
    """The variable `name` as a list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def path(name: str, default: Path) -> Path:
    """The variable `name` as an absolute path."""
    return Path(text(name, str(default))).resolve()


def origin(name: str, default: str | None = None) -> str:
    """The variable `name` as scheme and host of a site, `https://tandem.example`; a slash at its end is dropped."""
    found = text(name, default).removesuffix("/")
    if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", found):
        raise ImproperlyConfigured(f"{name} must be http:// or https:// and a host, without a path")
    return found


def keys(name: str, default: str = "") -> dict[str, bytes]:
    """The variable `name` as 256-bit keys by id, in their order: `id:base64,id:base64`. No message shows a value."""
    found: dict[str, bytes] = {}
    for place, word in enumerate(words(name, default), start=1):
        identifier, _, encoded = word.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not re.fullmatch(r"[a-z0-9-]{1,32}", identifier) or len(key) != 32:
            raise ImproperlyConfigured(
                f"{name}: entry {place} must be an id of a-z, 0-9, -, a colon, 32 bytes in base64"
            )
        if identifier in found:
            raise ImproperlyConfigured(f"{name}: entry {place} repeats an id")
        found[identifier] = key
    return found


def command() -> str:
    """The management command being run, if any."""
    return sys.argv[1] if len(sys.argv) > 1 and Path(sys.argv[0]).name in {"manage.py", "django-admin"} else ""
