"""Hosts of a benchmark's own: network namespaces, each with one core, joined to the servers by a cable that can be cut.

Made with `ip netns` by whoever may (root with CAP_NET_ADMIN); everything is removed at the end. The servers listen on
this host's loopback; a forwarder at the near end of each cable hands connections on to them and closes those whose far
end no longer answers, as a server's own keep-alive does.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

NETWORK = "10.213"
ANSWERS_WITHIN_S = 3
PORTION = 1 << 16


class HostsNotPossible(RuntimeError):
    """This account may not make network namespaces."""


@dataclass(frozen=True, slots=True)
class Host:
    """A namespace with the near end of its cable and the core that it has."""

    name: str
    near: str
    address: str
    core: int

    @property
    def prefix(self) -> tuple[str, ...]:
        """What runs a command on this host."""
        return ("ip", "netns", "exec", self.name, "taskset", "-c", str(self.core))

    def variables(self, environment: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
        """The environment with the servers' addresses as this host reaches them."""
        found = dict(environment)
        for name in names:
            parts = urlsplit(found[name])
            _, at, host = parts.netloc.rpartition("@")
            port = host.rpartition(":")[2]
            found[name] = urlunsplit(
                parts._replace(netloc=f"{parts.netloc[: -len(host)] if at else ''}{self.address}:{port}")
            )
        return found

    def cut(self) -> None:
        """Nothing passes any more, and nobody is told."""
        _ip("link", "set", self.near, "down")

    def join(self) -> None:
        """The cable is whole again."""
        _ip("link", "set", self.near, "up")


@contextlib.contextmanager
def hosts(*, count: int, ports: Sequence[int]) -> Iterator[list[Host]]:
    """So many hosts that reach these ports of this one. Raises HostsNotPossible."""
    cores = sorted(os.sched_getaffinity(0))
    label = uuid.uuid4().hex[:6]
    with contextlib.ExitStack() as stack:
        made = []
        for number in range(count):
            host = Host(
                name=f"tandem-{label}-{number}",
                near=f"t{label}{number}",
                address=f"{NETWORK}.{number}.1",
                core=cores[number % len(cores)],
            )
            stack.enter_context(_namespace(host, far=f"{NETWORK}.{number}.2"))
            for port in ports:
                stack.enter_context(forwarder(address=host.address, port=port))
            made.append(host)
        yield made


@contextlib.contextmanager
def _namespace(host: Host, *, far: str) -> Iterator[None]:
    try:
        _ip("netns", "add", host.name)
    except (OSError, subprocess.CalledProcessError) as reason:
        raise HostsNotPossible("Network namespaces take root with CAP_NET_ADMIN, and iproute2.") from reason
    inside = f"{host.near}i"
    try:
        _ip("link", "add", host.near, "type", "veth", "peer", "name", inside)
        _ip("link", "set", inside, "netns", host.name)
        _ip("addr", "add", f"{host.address}/30", "dev", host.near)
        _ip("link", "set", host.near, "up")
        for words in (
            ("addr", "add", f"{far}/30", "dev", inside),
            ("link", "set", inside, "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", host.name, *words)
        yield
    finally:
        for words in (("link", "del", host.near), ("netns", "del", host.name)):
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip(*words)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextlib.contextmanager
def forwarder(*, address: str, port: int) -> Iterator[None]:
    """Connections to the address are handed on to the same port of the loopback."""
    listening = socket.create_server((address, port))

    def accept() -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            _keep_alive(near)
            try:
                server = socket.create_connection(("127.0.0.1", port), 5)
            except OSError:
                near.close()
                continue
            server.settimeout(None)
            for one, other in ((near, server), (server, near)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _keep_alive(connection: socket.socket) -> None:
    for level, name, value in (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, ANSWERS_WITHIN_S - 1),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ANSWERS_WITHIN_S * 1000),
    ):
        connection.setsockopt(level, name, value)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while portion := source.recv(PORTION):
            target.sendall(portion)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
