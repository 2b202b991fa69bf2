"""What the child may use, set before a byte of the file is read: limits always, walls where the kernel has them."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from pathlib import Path

_SET_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_TELL_VERSION = 1
_READ = 1 << 0 | 1 << 2 | 1 << 3
"""Landlock rights: execute, read a file, list a folder."""
_WRITE = 1 << 1 | 1 << 5 | 1 << 8
"""Write a file, remove one, make one."""
_TRUNCATE, _TRUNCATE_FROM = 1 << 14, 3
"""Shorten a file by its path, which opens nothing: no right of writing, and handled since the third version only."""
_RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS = 16
"""How many rights of files each version handles, and those from the fifth on."""
_TCP, _TCP_FROM = 1 << 0 | 1 << 1, 4
_SCOPES, _SCOPES_FROM = 1 << 0 | 1 << 1, 6
"""Abstract sockets and signals of other processes."""
_PATH_BENEATH = 1


def confine(*, memory: int, cpu_seconds: int, file_bytes: int, readable: list[Path], writable: Path) -> list[str]:
    """Limit this process for good; gives the names of the walls that this kernel could not raise.

    memory and file_bytes in bytes. Limits of address space, CPU, file size, open files and core dumps always hold, else
    OSError or ValueError; no new processes, no network and no other files as far as the kernel has them.
    """
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    kernel = ctypes.CDLL(None, use_errno=True)
    missing = []
    if kernel.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0) != 0:
        missing.append("death_signal")
    if kernel.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        missing.append("no_new_privileges")
    if kernel.unshare(_NEW_NETWORK) != 0 and kernel.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        missing.append("network")
    version = max(0, kernel.syscall(_CREATE_RULESET, None, 0, _TELL_VERSION))
    if version < 1 or not _landlock(kernel, version, readable, writable):
        missing.append("files")
    if version < _TRUNCATE_FROM:
        missing.append("truncation")
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return missing


def _landlock(kernel: ctypes.CDLL, version: int, readable: list[Path], writable: Path) -> bool:
    handled = (1 << _RIGHTS_OF_VERSION.get(version, _RIGHTS)) - 1
    attributes = struct.pack("Q", handled)
    attributes += struct.pack("Q", _TCP) if version >= _TCP_FROM else b""
    attributes += struct.pack("Q", _SCOPES) if version >= _SCOPES_FROM else b""
    ruleset = kernel.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        rules = [(path, _READ if path.is_dir() else _READ & ~(1 << 3)) for path in readable if path.exists()]
        for path, rights in [*rules, (writable, _READ | _WRITE | _TRUNCATE & handled)]:
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = struct.pack("=Qi", rights, folder)
                if kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0) != 0:
                    return False
            finally:
                os.close(folder)
        return bool(kernel.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)
