import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from embedded import processes

from .conftest import Launch, wait_until

SLEEPER = ["/bin/sleep", "60"]
STUBBORN = [sys.executable, "-c", "import signal,time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"]


class TestSpawn:
    def test_gives_a_session_of_its_own(self) -> None:
        process = processes.spawn(argv=SLEEPER, environment={})

        assert os.getsid(process.pid) == process.pid
        processes.stop(process=process, steps=[(signal.SIGTERM, 5)])

    def test_ends_with_a_parent_that_is_killed(self, launch: Launch, bare_environment: dict[str, str]) -> None:
        parent = launch(
            "import time; from embedded import processes\n"
            "print(processes.spawn(argv=['/bin/sleep', '60'], environment={}).pid); time.sleep(60)",
            environment=bare_environment,
        )
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert processes.started_at(pid=child) is not None

        parent.kill()

        wait_until(lambda: processes.started_at(pid=child) is None)


class TestStop:
    def test_needs_no_kill_for_a_process_that_listens(self) -> None:
        process = processes.spawn(argv=SLEEPER, environment={})

        assert processes.stop(process=process, steps=[(signal.SIGTERM, 5)])
        assert process.returncode == -signal.SIGTERM

    def test_kills_one_that_does_not(self) -> None:
        process = processes.spawn(argv=STUBBORN, environment={"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout:
            process.stdout.readline()

            assert not processes.stop(process=process, steps=[(signal.SIGTERM, 0.1)])
        assert process.returncode == -signal.SIGKILL


class TestStartedAt:
    def test_names_a_process_for_good(self) -> None:
        ours = processes.started_at(pid=os.getpid())

        assert ours is not None
        assert ours == processes.started_at(pid=os.getpid())

    def test_knows_no_zombie(self) -> None:
        process = processes.spawn(argv=["/bin/true"], environment={})

        wait_until(lambda: processes.started_at(pid=process.pid) is None)
        process.wait()


class TestClear:
    def start(self, place: Path, name: str) -> "subprocess.Popen[bytes]":
        program = place / name
        if not program.exists():
            shutil.copy2("/bin/sleep", program)
        return processes.spawn(argv=[program, "60"], environment={}, directory=place)

    def test_ends_what_works_in_the_directory(self, place: Path) -> None:
        leftover = self.start(place, "serverling")
        wait_until(lambda: processes.occupants(directory=place, executable="serverling"))

        assert processes.clear(directory=place, executable="serverling", steps=[(signal.SIGTERM, 5)]) == [leftover.pid]
        assert leftover.wait() == -signal.SIGTERM

    def test_leaves_other_programs_and_other_directories_alone(self, place: Path) -> None:
        (place / "other").mkdir()
        shell = self.start(place, "shell")
        elsewhere = self.start(place / "other", "serverling")
        time.sleep(0.1)

        assert processes.clear(directory=place, executable="serverling", steps=[(signal.SIGTERM, 1)]) == []
        for process in (shell, elsewhere):
            assert process.poll() is None
            process.kill()
            process.wait()


class TestLastLines:
    def test_are_those_of_the_present_run(self, place: Path) -> None:
        log = place / "log"
        log.write_text("old\n")
        since = log.stat().st_size
        with log.open("a") as stream:
            stream.write("one\ntwo\nthree\n")

        assert processes.last_lines(log=log, since=since, count=2) == ["two", "three"]

    def test_are_none_without_a_log(self, place: Path) -> None:
        assert processes.last_lines(log=place / "nothing") == []
