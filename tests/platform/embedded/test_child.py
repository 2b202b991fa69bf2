import signal
import subprocess
import sys

from embedded import processes
from embedded.child import Child, Deaths
from embedded.program import Program

from .conftest import wait_until

PARENT = "import subprocess; print(subprocess.Popen(['/bin/sleep', '60']).pid)"


class TestDeaths:
    def test_doubles_the_delay_and_gives_up_at_the_fifth_within_a_minute(self) -> None:
        deaths = Deaths()

        assert [deaths.delay(now=second) for second in range(5)] == [0.5, 1.0, 2.0, 4.0, None]

    def test_forgets_what_is_older_than_a_minute(self) -> None:
        deaths = Deaths()

        assert [deaths.delay(now=60.0 * minute) for minute in range(10)] == [0.5] * 10


class TestChild:
    def test_says_how_it_ended(self) -> None:
        spec = Program(name="web", argv=["web"])
        killed = processes.spawn(argv=["/bin/sleep", "60"], environment={})
        processes.stop(process=killed, steps=[(signal.SIGTERM, 5)])
        failed = processes.spawn(argv=["/bin/false"], environment={})
        failed.wait()

        assert Child(spec=spec, process=killed).verdict() == "was ended by SIGTERM"
        assert Child(spec=spec, process=failed).verdict() == "ended with exit status 1"

    def test_takes_along_what_the_main_process_left(self) -> None:
        process = processes.spawn(argv=[sys.executable, "-c", PARENT], environment={}, stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout:
            orphan = int(process.stdout.readline())
        child = Child(spec=Program(name="web", argv=["web"]), process=process)
        process.wait()
        assert processes.started_at(pid=orphan) is not None

        child.end_session()

        wait_until(lambda: processes.started_at(pid=orphan) is None)
