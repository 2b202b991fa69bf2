import signal
import socket
from pathlib import Path

import psycopg
import pytest

from embedded import addresses, checks, home, ports, processes
from embedded.failures import AlreadyRunning, Interrupted
from embedded.servers import servers

from .conftest import Launch, read_until, wait_until

pytestmark = pytest.mark.long

HOLD = """
import time
from pathlib import Path
from embedded.servers import servers
with servers(var=Path({var!r}), environment={{}}):
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def var(shared_place: Path) -> Path:
    """One installation for the module: its data directory is made once."""
    return shared_place / "var"


class TestServers:
    def test_start_both_and_publish_their_addresses(self, var: Path) -> None:
        with servers(var=var, environment={}) as running:
            found = checks.problems(
                database_url=running.database_url, owner_url=running.database_owner_url, redis_url=running.redis_url
            )
            assert found == []
            assert addresses.current(var=var) == running.variables()
            assert [server.name for server in running.embedded] == ["postgres", "valkey"]

        assert addresses.current(var=var) is None
        for server in running.embedded:
            assert not processes.occupants(directory=server.data, executable=server.name)

    def test_keep_data_credentials_and_ports(self, var: Path) -> None:
        with (
            servers(var=var, environment={}) as before,
            psycopg.connect(before.database_owner_url, autocommit=True) as owner,
        ):
            owner.execute("CREATE TABLE kept (id int)")

        with servers(var=var, environment={}) as after, psycopg.connect(after.database_url) as application:
            assert application.execute("SELECT count(*) FROM kept").fetchone() == (0,)
            assert after.variables() == before.variables()

    def test_move_to_another_port_when_theirs_is_taken(self, var: Path) -> None:
        with servers(var=var, environment={}) as before:
            taken = before.embedded[1].port

        with socket.create_server((ports.LOOPBACK, taken)), servers(var=var, environment={}) as after:
            assert after.embedded[1].port != taken

    def test_use_the_ones_that_the_environment_names(self, place: Path) -> None:
        environment = {"DATABASE_URL": "postgresql://theirs/d", "REDIS_URL": "redis://theirs/0"}

        with servers(var=place / "var", environment=environment) as running:
            assert running.embedded == ()
            assert running.database_owner_url == "postgresql://theirs/d"
            assert addresses.current(var=place / "var") == {}
        assert not (place / "var" / "servers" / "postgres").exists()

    def test_write_nothing_of_the_customers_address_down(self, var: Path) -> None:
        environment = {"DATABASE_URL": "postgresql://user:secret@theirs/d"}

        with servers(var=var, environment=environment) as running:
            assert addresses.current(var=var) == {"REDIS_URL": running.redis_url}
            assert "secret" not in (var / "running.json").read_text()

    def test_keep_secrets_readable_for_us_alone(self, var: Path) -> None:
        with servers(var=var, environment={}) as running:
            files = [var / "running.json", var / "lock", *(server.log for server in running.embedded)]
            files.append((var / "servers" / "credentials.json").resolve())
            assert {path.name: path.stat().st_mode & 0o777 for path in files} == {path.name: 0o600 for path in files}

    def test_stop_what_is_up_when_the_rest_does_not_start(self, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        ready_for_valkey = []
        monkeypatch.setattr("embedded.postgres.Postgres.bootstrap", lambda *_, **__: ready_for_valkey.append(True))

        with (
            pytest.raises(Interrupted),
            servers(var=var, environment={}, is_cancelled=lambda: bool(ready_for_valkey)),
        ):
            pytest.fail("started")

        assert ready_for_valkey
        assert home.holder(var=var) is None
        assert not processes.occupants(directory=(var / "servers" / "postgres"), executable="postgres")


class TestSecondStart:
    def test_is_refused_while_the_first_one_runs(
        self, var: Path, launch: Launch, bare_environment: dict[str, str]
    ) -> None:
        first = launch(HOLD.format(var=str(var)), environment=bare_environment)
        read_until(first, "up")

        with pytest.raises(AlreadyRunning, match=str(first.pid)), servers(var=var, environment={}):
            pytest.fail("started twice")

    def test_works_after_the_first_one_was_killed(
        self, var: Path, launch: Launch, bare_environment: dict[str, str]
    ) -> None:
        first = launch(HOLD.format(var=str(var)), environment=bare_environment)
        read_until(first, "up")
        first.kill()
        first.wait()

        with servers(var=var, environment={}) as running, psycopg.connect(running.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_works_after_everything_was_killed(
        self, var: Path, launch: Launch, bare_environment: dict[str, str]
    ) -> None:
        first = launch(HOLD.format(var=str(var)), environment=bare_environment)
        read_until(first, "up")
        data = (var / "servers").resolve()
        first.kill()
        for name, program in (("postgres", "postgres"), ("valkey", "valkey-server")):
            for pid in processes.occupants(directory=data / name, executable=program):
                processes.signal_quietly(pid=pid, number=signal.SIGKILL)

        with servers(var=var, environment={}) as running, psycopg.connect(running.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_servers_end_by_themselves_when_their_supervisor_is_killed(
        self, var: Path, launch: Launch, bare_environment: dict[str, str]
    ) -> None:
        first = launch(HOLD.format(var=str(var)), environment=bare_environment)
        read_until(first, "up")
        data = (var / "servers").resolve()
        assert processes.occupants(directory=data / "postgres", executable="postgres")

        first.kill()

        wait_until(lambda: not processes.occupants(directory=data / "postgres", executable="postgres"))
        wait_until(lambda: not processes.occupants(directory=data / "valkey", executable="valkey-server"))
