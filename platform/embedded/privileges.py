"""Who runs the servers, and which directories that account can reach.

PostgreSQL refuses to run as root. Started by root, both servers therefore run as `nobody`; everybody else runs them
under their own name. Directories are made with the narrowest mode that works, and one that somebody else owns is
never trusted.
"""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded.failures import DirectoryOfStranger

PRIVATE = 0o700
PASSABLE = 0o710  # the server's group may pass through to its own directory, and may not look around


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user that the servers run as instead of root."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """Return the account that the servers must be switched to, or None when they run as whoever started us."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def may_run(*, account: Account | None, argv: Sequence[str | Path]) -> bool:
    """Tell whether the account can run this command with success; asked of the kernel, not guessed from modes."""
    try:
        done = subprocess.run(  # noqa: S603 - our own fixed commands
            [str(part) for part in argv],
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
    except OSError:
        return False
    return done.returncode == 0


def may_enter(*, account: Account | None, directory: Path) -> bool:
    """Tell whether the account can pass through the directory and all its parents."""
    return may_run(account=account, argv=["/bin/sh", "-c", 'cd -- "$0"', directory])


def private_directory(*, path: Path, account: Account | None = None) -> Path:
    """Make the directory or take over our own, mode 0700, owned by the account where given.

    Raises DirectoryOfStranger for a link, or a directory that neither we nor the account own.
    """
    _make(path, {os.geteuid()} if account is None else {os.geteuid(), account.uid})
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(PRIVATE)
    return path


def passable_directory(*, path: Path, account: Account | None) -> Path:
    """Make the directory or take over our own: ours alone, except that the account may pass through it.

    Raises DirectoryOfStranger for a link, or a directory that we do not own.
    """
    _make(path, {os.geteuid()})
    if account is None:
        path.chmod(PRIVATE)
    else:
        os.chown(path, os.geteuid(), account.gid)
        path.chmod(PASSABLE)
    return path


def _make(path: Path, owners: set[int]) -> None:
    try:
        path.mkdir(mode=PRIVATE)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise DirectoryOfStranger(f"{path} exists and is not a directory of ours: remove it or own it.") from None
