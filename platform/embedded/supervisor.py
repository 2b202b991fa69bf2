"""Everything an installation runs, in order: servers, one-off commands, programs; and down again in the opposite one.

One thread only: the kernel's promise to end our children when we die is tied to the thread that started them.
"""

import collections
import contextlib
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from embedded import checks, leftovers, processes
from embedded.child import Child, Deaths
from embedded.console import Console
from embedded.failures import AlreadyRunning, EmbeddedFailure, Interrupted, NotReadyInTime, ProcessDied, ServersUnfit
from embedded.postgres import Postgres
from embedded.program import Command, Program
from embedded.servers import Running, servers
from embedded.stopping import Signals
from embedded.valkey import Valkey

CLEAN, FAILED, ALREADY_RUNNING = 0, 1, 3
OWN_NAME = "tandem"

TICK = 0.1
READY_SECONDS = 90.0
SETTLED_SECONDS = 1.0  # a program that cannot say that it is ready must have lived this long


class Supervisor:
    """Runs commands and programs beside servers that are up, and keeps programs and embedded servers alive."""

    def __init__(
        self,
        *,
        programs: Sequence[Program],
        environment: Mapping[str, str],
        var: Path,
        root: Path,
        console: Console,
        signals: Signals,
        running: Running | None = None,
        commands: Sequence[Command] = (),
        when_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._programs, self._commands = programs, commands
        self._environment, self._running = environment, running
        self._var, self._root = var, root
        self._console, self._signals = console, signals
        self._when_ready = when_ready
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._server_deaths: dict[str, Deaths] = collections.defaultdict(Deaths)
        self._server_restarts: dict[str, float] = {}

    def run(self) -> int:
        """Run until somebody asks to stop (0), or something needed ends for good or does not start (1)."""
        try:
            for command in self._commands:
                self._run_once(command)
            for program in self._programs:
                self._children.append(self._start(program))
                self._record()
            self._await_ready()
            self._when_ready()
            return self._watch()
        except Interrupted:
            return CLEAN
        except EmbeddedFailure as failure:
            report(console=self._console, failure=failure)
            return FAILED
        finally:
            self._stop_all()
            self._selector.close()

    # -- starting

    def _start(self, spec: Program | Command) -> Child:
        child = Child(spec=spec, process=self._spawn(spec))
        self._listen(child)
        return child

    def _spawn(self, spec: Program | Command) -> "subprocess.Popen[bytes]":
        variables = self._running.variables() if self._running is not None else {}
        if isinstance(spec, Command) and spec.is_owner:
            variables["DATABASE_URL"] = variables.get("DATABASE_OWNER_URL", "")
        given = {name: value for name, value in self._environment.items() if name != "DATABASE_OWNER_URL"}
        if not isinstance(spec, Command):
            # What runs for long has no use for the right to change the schema.
            variables.pop("DATABASE_OWNER_URL", None)
        try:
            return processes.spawn(
                argv=spec.argv,
                environment={"PYTHONUNBUFFERED": "1", **given, **variables, **spec.env},
                directory=self._root,
                stdout=subprocess.PIPE,
            )
        except OSError as refused:
            raise ProcessDied(f"{spec.name} cannot be started: {refused}.") from None

    def _listen(self, child: Child) -> None:
        if child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _record(self) -> None:
        leftovers.record(var=self._var, pids=[child.process.pid for child in self._children if child.is_alive])

    def _run_once(self, command: Command) -> None:
        child = self._start(command)
        self._children.append(child)
        while child.is_alive:
            self._check_asked()
            self._pump(TICK)
        self._forget(child)
        if child.process.returncode != 0:
            raise ProcessDied(f"{command.name} {child.verdict()}.", lines=child.tail)

    def _await_ready(self) -> None:
        began = time.monotonic()
        waiting = list(self._children)
        while waiting:
            self._check_asked()
            self._pump(TICK)
            for child in self._children:
                if not child.is_alive and not child.has_finished:
                    child.end_session()
                    self._drain(child)
                    raise ProcessDied(f"{child.spec.name} {child.verdict()} while starting.", lines=child.tail)
            age = time.monotonic() - began
            waiting = [child for child in waiting if not (child.has_finished or _is_ready(child, age=age))]
            if waiting and age > READY_SECONDS:
                names = ", ".join(child.spec.name for child in waiting)
                raise NotReadyInTime(f"Not ready after {READY_SECONDS:.0f} s: {names}.")

    def _check_asked(self) -> None:
        if self._signals.stop_asked():
            raise Interrupted("Stopped while starting.")

    # -- running

    def _watch(self) -> int:
        while not self._signals.stop_asked():
            self._pump(TICK)
            for child in list(self._children):
                if child.restart_at is not None:
                    if time.monotonic() >= child.restart_at:
                        self._restart(child)
                elif not child.is_alive:
                    code = self._note_death(child)
                    if code is not None:
                        return code
            for server in self._running.embedded if self._running is not None else ():
                self._keep(server)
        return CLEAN

    def _note_death(self, child: Child) -> int | None:
        """Plan a restart and return None, or return the exit code when this death is the end of the run."""
        child.end_session()
        self._drain(child)
        name = child.spec.name
        if isinstance(child.spec, Program) and child.spec.restart:
            delay = child.deaths.delay(now=time.monotonic())
            if delay is None:
                raise ProcessDied(f"{name} {child.verdict()}, for the fifth time within a minute.", lines=child.tail)
            self._say(f"{name} {child.verdict()}; starting it again in {delay:g} s.")
            child.restart_at = time.monotonic() + delay
            return None
        if child.process.returncode == 0:
            self._say(f"{name} has finished.")
            return CLEAN
        raise ProcessDied(f"{name} {child.verdict()}.", lines=child.tail)

    def _restart(self, child: Child) -> None:
        child.replace(process=self._spawn(child.spec))
        self._listen(child)
        self._record()

    def _keep(self, server: Postgres | Valkey) -> None:
        """Start a server again that ended by itself; its address stays, so programs only need to connect anew."""
        if server.process is None or server.process.poll() is None:
            return
        now = time.monotonic()
        if server.name not in self._server_restarts:
            delay = self._server_deaths[server.name].delay(now=now)
            if delay is None:
                raise ProcessDied(f"{server.name} ended for the fifth time within a minute.", lines=server.last_lines())
            self._say(f"{server.name} ended by itself; starting it again in {delay:g} s.")
            self._server_restarts[server.name] = now + delay
        elif now >= self._server_restarts[server.name]:
            del self._server_restarts[server.name]
            try:
                server.start()
            except (ProcessDied, NotReadyInTime) as failure:
                self._say(str(failure))  # the next turn sees it dead and counts it
            else:
                self._say(f"{server.name} is up again.")

    # -- stopping

    def _stop_all(self) -> None:
        ranks = sorted({_rank(child) for child in self._children}, reverse=True)
        for rank in ranks:
            self._stop_together([child for child in self._children if _rank(child) == rank])
        if not any(child.is_alive for child in self._children):
            leftovers.record(var=self._var, pids=[])

    def _stop_together(self, children: list[Child]) -> None:
        for child in children:
            if child.is_alive:
                child.process.terminate()
        began = time.monotonic()
        while any(child.is_alive for child in children):
            self._pump(TICK / 2)
            for child in children:
                patience = child.spec.patience if isinstance(child.spec, Program) else 10.0
                if child.is_alive and (self._signals.hurry_asked() or time.monotonic() - began > patience):
                    self._say(f"{child.spec.name} did not stop in time and is killed.")
                    child.process.kill()
                    child.process.wait()
        for child in children:
            child.end_session()
            self._drain(child)

    def _forget(self, child: Child) -> None:
        child.end_session()
        self._drain(child)
        self._children.remove(child)

    # -- output

    def _pump(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(timeout=seconds):
            self._read(key.data)

    def _read(self, child: Child) -> bool:
        """Pass on what can be read now; return whether there was anything."""
        stream = child.process.stdout
        if stream is None or stream.closed:
            return False
        try:
            data = os.read(stream.fileno(), 65_536)
        except BlockingIOError:
            return False
        if data:
            self._show(child, child.lines.feed(data))
            return True
        self._show(child, child.lines.end())
        self._selector.unregister(stream)
        stream.close()
        return False

    def _drain(self, child: Child) -> None:
        while self._read(child):
            pass
        stream = child.process.stdout
        if stream is not None and not stream.closed:  # something outside its session still holds the other end
            self._show(child, child.lines.end())
            self._selector.unregister(stream)
            stream.close()

    def _show(self, child: Child, lines: list[str]) -> None:
        for line in lines:
            child.tail.append(line)
            self._console.write(name=child.spec.name, line=line)

    def _say(self, line: str) -> None:
        self._console.write(name=OWN_NAME, line=line)


def supervise(
    *,
    var: Path,
    root: Path,
    environment: Mapping[str, str],
    programs: Sequence[Program] = (),
    commands: Sequence[Command] = (),
    announcement: str = "",
) -> int:
    """Run a whole installation until it is asked to stop; return the exit code for the process.

    0: stopped as asked. 1: something did not start or died for good, what was up is down again. 3: it is already
    running. Servers that DATABASE_URL and REDIS_URL of the environment name are used, the others are started with
    their data below `var`. Programs work in `root`. Call it from the main thread.
    """
    var = var.absolute()
    console = Console(
        stream=sys.stdout.buffer,
        names=[OWN_NAME, *(command.name for command in commands), *(program.name for program in programs)],
        is_coloured=sys.stdout.isatty() and not environment.get("NO_COLOR"),
    )
    try:
        with Signals() as signals, _servers_shown(var, environment, signals, console) as running:
            _examine(running)
            return Supervisor(
                programs=programs,
                commands=commands,
                environment=environment,
                var=var,
                root=root,
                console=console,
                signals=signals,
                running=running,
                when_ready=lambda: console.write(name=OWN_NAME, line=announcement or "Ready."),
            ).run()
    except AlreadyRunning as failure:
        report(console=console, failure=failure)
        return ALREADY_RUNNING
    except Interrupted:
        return CLEAN
    except EmbeddedFailure as failure:
        report(console=console, failure=failure)
        return FAILED


def report(*, console: Console, failure: EmbeddedFailure) -> None:
    """Show what went wrong, after the last lines of the program concerned."""
    for line in failure.lines if isinstance(failure, ProcessDied) else ():
        console.write(name=OWN_NAME, line=f"  > {line}")
    console.write(name=OWN_NAME, line=str(failure))


@contextlib.contextmanager
def _servers_shown(var: Path, environment: Mapping[str, str], signals: Signals, console: Console) -> Iterator[Running]:
    with servers(var=var, environment=environment, is_cancelled=signals.stop_asked) as running:
        for server in running.embedded:
            console.write(name=OWN_NAME, line=f"{server.name} runs on port {server.port}; its log is {server.log}.")
        yield running
        if running.embedded:
            console.write(name=OWN_NAME, line="Stopping the servers.")


def _examine(running: Running) -> None:
    found = checks.problems(
        database_url=running.database_url, redis_url=running.redis_url, owner_url=running.database_owner_url
    )
    if found:
        raise ServersUnfit(" ".join(found))


def _is_ready(child: Child, *, age: float) -> bool:
    spec = child.spec
    if not isinstance(spec, Program):
        return True
    return spec.is_ready() if spec.ready is not None else age > SETTLED_SECONDS


def _rank(child: Child) -> int:
    return child.spec.rank if isinstance(child.spec, Program) else 0
