"""Free TCP ports on the loopback address."""

import secrets
import socket

LOOPBACK = "127.0.0.1"
# Below Linux's ephemeral range (32768 and up): an outgoing connection never takes a port that we want to keep.
LOWEST, HIGHEST = 20_000, 32_000


def is_free(*, port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # The servers set it too; connections of an earlier run that still linger do not keep them from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose(*, preferred: int | None = None) -> int:
    """Return the preferred port when it is free, otherwise a random free one."""
    if preferred is not None and is_free(port=preferred):
        return preferred
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if is_free(port=port):
            return port
