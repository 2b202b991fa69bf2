"""The supervisor beside servers that are up already; `test_servers` covers those that it starts."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import ports, processes

from .conftest import Launch, read_until, wait_until

pytestmark = pytest.mark.long

RUN = """
import os, signal, sys
from pathlib import Path
from embedded import child, supervisor
from embedded.program import Command, Program
child.FIRST_DELAY = 0.05
python = sys.executable
here = Path({place!r})
GOOD = "import signal,sys,time\\n" \\
    "signal.signal(15, lambda *_: (print('got TERM'), sys.exit(0)))\\nprint('up')\\nwhile True: time.sleep(0.02)"
DEAF = "import signal,time\\nsignal.signal(15, signal.SIG_IGN)\\nprint('up')\\nwhile True: time.sleep(0.02)"
def good(name, **more): return Program(name=name, argv=[python, "-c", GOOD], **more)
def once(name, source, **more): return Command(name=name, argv=[python, "-c", source], **more)
sys.exit(supervisor.supervise(var=here / "var", root=here, environment=os.environ, announcement="all is up", {given}))
"""

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def environment(bare_environment: dict[str, str]) -> dict[str, str]:
    return {**bare_environment, **{name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}}


@pytest.fixture
def start(place: Path, launch: Launch, environment: dict[str, str]) -> Start:
    return lambda given: launch(RUN.format(place=str(place), given=given), environment=environment)


def finish(process: "subprocess.Popen[str]", *numbers: int) -> tuple[int, list[str]]:
    for number in numbers:
        process.send_signal(number)
    # Not communicate(): it would pass over what reading line by line has already taken from the pipe.
    limit = threading.Timer(60, process.kill)
    limit.start()
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    limit.cancel()
    return process.wait(timeout=10), lines


class TestRun:
    def test_runs_commands_first_and_stops_from_the_highest_rank_down(self, start: Start) -> None:
        run = start(
            "commands=[once('migrate', 'print(1)'), once('collect', 'print(2)')], "
            "programs=[good('web'), good('worker', rank=1), good('beat', rank=2)]"
        )

        begun = read_until(run, "all is up")
        code, ended = finish(run, signal.SIGTERM)

        assert begun[:2] == ["migrate | 1", "collect | 2"]
        assert sorted(begun[2:-1]) == ["beat    | up", "web     | up", "worker  | up"]
        assert ended == ["beat    | got TERM", "worker  | got TERM", "web     | got TERM"]
        assert code == 0

    def test_gives_the_owners_address_only_to_commands_that_ask(
        self, start: Start, environment: dict[str, str]
    ) -> None:
        environment["DATABASE_OWNER_URL"] = f"{environment['DATABASE_URL']}?application_name=owner"
        show = "import os; print(os.environ['DATABASE_URL'][-5:], 'DATABASE_OWNER_URL' in os.environ)"

        run = start(
            f"commands=[once('migrate', {show!r}, is_owner=True), once('check', {show!r})],"
            f"programs=[Program(name='web', argv=[python, '-c', {show!r}], restart=False)]"
        )
        _, lines = finish(run)

        application = environment["DATABASE_URL"][-5:]
        assert lines[:3] == ["migrate | owner True", f"check   | {application} True", f"web     | {application} False"]

    def test_takes_everything_down_when_a_command_fails(self, start: Start) -> None:
        run = start("commands=[once('migrate', 'print(\"why\"); raise SystemExit(4)')], programs=[good('web')]")

        code, lines = finish(run)

        assert lines == ["migrate | why", "tandem  |   > why", "tandem  | migrate ended with exit status 4."]
        assert code == 1

    def test_takes_everything_down_when_a_program_does_not_start(self, start: Start) -> None:
        run = start("programs=[good('web'), Program(name='worker', argv=[python, '-c', '1/0'])]")

        code, lines = finish(run)

        assert "tandem |   > ZeroDivisionError: division by zero" in lines
        assert "tandem | worker ended with exit status 1 while starting." in lines
        assert code == 1

    def test_says_which_program_cannot_be_found(self, start: Start) -> None:
        code, lines = finish(start("programs=[Program(name='web', argv=['/no/such/program'])]"))

        assert lines[-1].startswith("tandem | web cannot be started")
        assert code == 1

    def test_waits_until_the_web_answers(self, start: Start) -> None:
        port = ports.choose()
        serve = ["-m", "http.server", "--bind", ports.LOOPBACK, str(port)]

        run = start(f"programs=[Program(name='web', argv=[python, *{serve}], ready='http://127.0.0.1:{port}/')]")

        before = read_until(run, "all is up")
        code, after = finish(run, signal.SIGTERM)
        assert any('"GET / HTTP/1.1" 200' in line for line in before + after)
        assert code == 0

    def test_refuses_a_second_start(self, start: Start) -> None:
        first = start("programs=[good('web')]")
        read_until(first, "all is up")

        code, lines = finish(start("programs=[good('web')]"))

        assert code == 3
        assert f"already running here: process {first.pid}" in lines[0]
        assert finish(first, signal.SIGINT)[0] == 0

    def test_refuses_servers_that_are_unfit(self, start: Start, environment: dict[str, str]) -> None:
        environment["REDIS_URL"] = f"redis://127.0.0.1:{ports.choose()}/0"

        code, lines = finish(start("programs=[good('web')]"))

        assert code == 1
        assert "REDIS_URL: Redis cannot be used" in lines[0]


class TestRestart:
    def test_of_a_program_that_is_killed(self, start: Start, place: Path) -> None:
        run = start("programs=[good('web')]")
        read_until(run, "all is up")
        (pid,) = json.loads((place / "var" / "processes.json").read_text())

        os.kill(int(pid), signal.SIGKILL)

        assert "starting it again" in read_until(run, "starting it again")[-1]
        read_until(run, "web    | up")
        assert finish(run, signal.SIGTERM)[0] == 0

    def test_gives_up_after_the_fifth_death_within_a_minute(self, start: Start) -> None:
        dying = "import time; print('here'); time.sleep(1.5 if not __import__('os').path.exists('x') else 0)"
        dying += "; open('x', 'w'); raise SystemExit(9)"

        code, lines = finish(start(f"programs=[good('web'), Program(name='worker', argv=[python, '-c', {dying!r}])]"))

        assert [line for line in lines if line.endswith("| here")] == ["worker | here"] * 5
        assert "tandem | worker ended with exit status 9, for the fifth time within a minute." in lines
        assert lines[-1] == "web    | got TERM"
        assert code == 1

    def test_is_not_for_a_program_that_may_end(self, start: Start) -> None:
        source = "import time; time.sleep(1.5)"
        run = start(
            f"programs=[good('web'), Program(name='rehearsal', argv=[python, '-c', {source!r}], restart=False)]"
        )

        code, lines = finish(run)

        assert lines[-2:] == ["tandem    | rehearsal has finished.", "web       | got TERM"]
        assert code == 0

    def test_is_not_a_failed_start_when_such_a_program_has_nothing_to_do(self, start: Start) -> None:
        run = start("programs=[good('web'), Program(name='rehearsal', argv=['/bin/true'], restart=False)]")

        code, lines = finish(run)

        assert lines[-2:] == ["tandem    | rehearsal has finished.", "web       | got TERM"]
        assert code == 0


class TestStop:
    def test_kills_a_program_that_outlives_its_patience(self, start: Start) -> None:
        run = start("programs=[good('web'), Program(name='deaf', argv=[python, '-c', DEAF], rank=1, patience=0.2)]")
        read_until(run, "all is up")

        code, lines = finish(run, signal.SIGTERM)

        assert lines == ["tandem | deaf did not stop in time and is killed.", "web    | got TERM"]
        assert code == 0

    def test_hurries_when_asked_again(self, start: Start) -> None:
        run = start("programs=[Program(name='deaf', argv=[python, '-c', DEAF], patience=600)]")
        read_until(run, "all is up")
        run.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(timeout=0.5)

        code, _ = finish(run, signal.SIGINT)

        assert code == 0

    def test_during_the_start_takes_down_what_is_up(self, start: Start) -> None:
        run = start("programs=[good('web'), good('never', ready=lambda: False)]")
        read_until(run, "up")

        code, lines = finish(run, signal.SIGTERM)

        assert "web    | got TERM" in lines
        assert code == 0

    def test_by_ctrl_c_reaches_the_programs_only_through_the_supervisor(
        self, place: Path, environment: dict[str, str]
    ) -> None:
        interrupted = "import signal,sys,time\nsignal.signal(2, lambda *_: print('INTERRUPTED'))\n"
        given = f"programs=[Program(name='web', argv=[python, '-c', {interrupted!r} + GOOD])]"
        ours, theirs = pty.openpty()
        run = subprocess.Popen(
            [sys.executable, "-c", _ON_TERMINAL + RUN.format(place=str(place), given=given)],
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        shown = b""
        while b"all is up" not in shown:
            shown += os.read(ours, 1024)

        os.write(ours, b"\x03")

        assert run.wait(timeout=30) == 0
        shown += _rest(ours)
        assert b"got TERM" in shown
        assert b"INTERRUPTED" not in shown
        assert b"\x1b[" in shown, "a terminal gets colours"


_ON_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"


def _rest(descriptor: int) -> bytes:
    read = b""
    try:
        while data := os.read(descriptor, 1024):
            read += data
    except OSError:  # the terminal is gone with its last process
        pass
    os.close(descriptor)
    return read


class TestKilled:
    def test_programs_end_by_themselves_and_the_next_start_works(self, start: Start, place: Path) -> None:
        run = start("programs=[good('web'), good('worker', rank=1)]")
        read_until(run, "all is up")
        pids = [int(pid) for pid in json.loads((place / "var" / "processes.json").read_text())]

        run.kill()

        wait_until(lambda: not [pid for pid in pids if processes.started_at(pid=pid)])
        again = start("programs=[good('web')]")
        read_until(again, "all is up")
        assert finish(again, signal.SIGTERM)[0] == 0
        assert json.loads((place / "var" / "processes.json").read_text()) == {}


class TestServers:
    def test_are_started_again_when_they_are_killed(
        self, start: Start, environment: dict[str, str], place: Path
    ) -> None:
        del environment["REDIS_URL"]
        run = start("programs=[good('web')]")
        read_until(run, "all is up")
        data = (place / "var" / "servers").resolve() / "valkey"
        (pid,) = processes.occupants(directory=data, executable="valkey-server")

        os.kill(pid, signal.SIGKILL)

        read_until(run, "valkey is up again")
        code, lines = finish(run, signal.SIGTERM)
        assert lines[-1] == "tandem | Stopping the servers."
        assert code == 0
        assert not processes.occupants(directory=data, executable="valkey-server")
