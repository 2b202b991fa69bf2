"""Servers of a benchmark's own, in a temporary folder or in one whose data are used again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.servers import servers

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Installation:
    """`folder` is temporary, `var` holds the servers' data, `is_new` when nothing was there before."""

    folder: Path
    var: Path
    is_new: bool
    running: Any


@contextmanager
def installation(*, var: Path | None, **variables: str) -> Iterator[Installation]:
    """Start the servers and let this process and its children find them; `variables` are set as well."""
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the servers run under an account of their own
        place = var or folder / "var"
        is_new = not place.exists()
        with servers(var=place, environment={}) as running:
            os.environ.update(
                {
                    **running.variables(),
                    "TANDEM_VAR": str(place),
                    "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.local"),
                    "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
                    **variables,
                }
            )
            yield Installation(folder, place, is_new, running)
