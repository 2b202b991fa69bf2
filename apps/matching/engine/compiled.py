"""How the engine compiles: one place for numba's settings, typed.

Without numba the same functions run as plain Python: slower by orders of magnitude, so that `pairs` and `rank` take
ways through whole numpy arrays instead, and few of them are called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

try:
    import numba
except ImportError:  # no wheel for this processor or Python
    numba = None  # type: ignore[assignment]

F = TypeVar("F", bound=Callable[..., object])

HERE = Path(__file__).parent


def fingerprint() -> str:
    """A short hash of the engine's sources."""
    hashed = hashlib.sha256()
    for source in sorted(HERE.glob("*.py")):
        hashed.update(source.name.encode() + b"\0" + source.read_bytes())
    return hashed.hexdigest()[:16]


# A function kept on disk holds the code of those it calls, but numba checks its own file only: a change beside it would
# leave old arithmetic in use. So each state of the sources has a cache of its own.
COMPILES = numba is not None
if COMPILES:
    _settings: Any = numba.config
    _settings.CACHE_DIR = str(Path(_settings.CACHE_DIR or HERE / "__pycache__") / f"engine-{fingerprint()}")
    _compile: Any = numba.njit


def compiled(function: F) -> F:
    """The function compiled on its first call, without the GIL, kept on disk; IEEE arithmetic, no reassociation.

    Compiled code owns no array: everything it writes to is handed in. So reference counts, which would cost more than
    the arithmetic, are left out.
    """
    if not COMPILES:
        return function
    return cast("F", _compile(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))


def inner(function: F) -> F:
    """As `compiled`, for functions that only compiled code calls: kept with their callers, without doors to Python."""
    if not COMPILES:
        return function
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("F", _compile(nogil=True, error_model="numpy", _nrt=False, **options)(function))
