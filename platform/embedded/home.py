"""Where an installation keeps its servers' data, logs and credentials, and the lock that only one supervisor holds.

var/                 ours alone (as root: the servers' account may pass through)
  lock               flock of the running supervisor; holds its process id
  running.json       addresses of the embedded servers while they run
  processes.json     the programs that were started, to find them after the supervisor was killed
  log/               postgres.log, valkey.log
  servers/           credentials.json, postgres/, valkey/
                     — or a link to a directory outside, where the account cannot reach this one
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from embedded.failures import AlreadyRunning, DirectoryOfStranger
from embedded.privileges import Account, may_enter, passable_directory, private_directory

# Not /var/tmp first: it is cleaned of files that were not touched for a month, and a database has such files.
OUTSIDE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - ownership is checked before use
LOG_BYTES = 10_000_000
_READERS_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Passwords made once, and the ports chosen last. Passwords need no quoting in a URL."""

    superuser: str
    owner: str
    application: str
    valkey: str
    postgres_port: int | None = None
    valkey_port: int | None = None

    @classmethod
    def fresh(cls) -> "Credentials":
        """Return new random passwords and no ports yet."""
        superuser, owner, application, valkey = (secrets.token_urlsafe(24) for _ in range(4))
        return cls(superuser=superuser, owner=owner, application=application, valkey=valkey)


def read_credentials(*, home: Path) -> Credentials | None:
    """Return the credentials kept in the directory, or None when there are none yet."""
    try:
        return Credentials(**json.loads((home / "credentials.json").read_text()))
    except FileNotFoundError:
        return None


def write_credentials(*, home: Path, credentials: Credentials) -> None:
    """Keep the credentials, readable for us alone."""
    write_private(path=home / "credentials.json", text=json.dumps(asdict(credentials), indent=2))


def write_private(*, path: Path, text: str) -> None:
    """Replace a file in one step; its mode is 0600 from the first byte on, and it survives a power cut."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)


def prepare(*, var: Path, account: Account | None) -> Path:
    """Make `var` and return the directory for the servers inside it, or outside where the account cannot reach it.

    Raises DirectoryOfStranger when a directory that we would use belongs to somebody else.
    """
    var.parent.mkdir(parents=True, exist_ok=True)
    passable_directory(path=var, account=account)
    private_directory(path=var / "log")
    inside = var / "servers"
    if inside.is_symlink():
        target = inside.readlink()
        if target in _outside_names(var):
            return passable_directory(path=target, account=account)
        raise DirectoryOfStranger(f"{inside} is a link to {target}, which is not one that we made.")
    if account is None or inside.is_dir() or may_enter(account=account, directory=var):
        return passable_directory(path=inside, account=account)
    outside = _outside(var, account)
    inside.symlink_to(outside)
    return outside


def _outside_names(var: Path) -> list[Path]:
    name = f"tandem-{hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:16]}"
    return [parent / name for parent in OUTSIDE]


def _outside(var: Path, account: Account) -> Path:
    names = _outside_names(var)
    for path in sorted(names, key=lambda name: not name.exists()):
        try:
            directory = passable_directory(path=path, account=account)
        except (OSError, DirectoryOfStranger):
            continue
        if may_enter(account=account, directory=directory):
            return directory
    raise DirectoryOfStranger(f"None of {', '.join(map(str, names))} can be made and reached by the servers' account.")


def log_file(*, var: Path, name: str) -> Path:
    """Return the path of a server's log; a long one is first set aside, replacing the one set aside before."""
    log = var / "log" / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    if not log.exists():
        os.close(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return log


@contextlib.contextmanager
def locked(*, var: Path) -> Iterator[None]:
    """Hold the installation. Raises AlreadyRunning, naming the process that holds it."""
    descriptor = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        give_up_at = time.monotonic() + _READERS_SECONDS  # somebody who only asks holds it for an instant
        while not _take(descriptor):
            if time.monotonic() > give_up_at:
                holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
                raise AlreadyRunning(f"Tandem is already running here: process {holder} (data in {var}).")
            time.sleep(0.02)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(*, var: Path) -> int | None:
    """Return the process id of the supervisor that holds the installation, or None when nobody does.

    Raises PermissionError when the installation belongs to another user.
    """
    try:
        descriptor = os.open(var / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        if _take(descriptor, shared=True):
            return None
        text = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(descriptor)


def _take(descriptor: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
