"""Where the embedded servers of a running installation are, for its other processes."""

import json
from collections.abc import Mapping
from pathlib import Path

from embedded.home import holder, write_private

NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
_FILE = "running.json"


def current(*, var: Path) -> dict[str, str] | None:
    """Return DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of the running installation, or None when it is not up.

    Only embedded servers are named: the customer's own are known from the environment and are never written down.
    None also for an installation that another user runs.
    """
    try:
        if holder(var=var) is None:
            return None
        found = json.loads((var / _FILE).read_text())
    except (FileNotFoundError, PermissionError):
        return None
    return {name: found[name] for name in NAMES if name in found}


def publish(*, var: Path, addresses: Mapping[str, str]) -> None:
    """Write the addresses down for the time of the run, readable for us alone."""
    write_private(path=var / _FILE, text=json.dumps(dict(addresses), indent=2))


def withdraw(*, var: Path) -> None:
    """Remove the addresses at the end of the run, or those of a run that was killed."""
    (var / _FILE).unlink(missing_ok=True)
