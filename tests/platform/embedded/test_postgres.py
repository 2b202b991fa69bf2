import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from embedded import ports, postgres, processes
from embedded.failures import CredentialsRefused, DataOfOtherVersion
from embedded.postgres import APPLICATION, OWNER, Postgres
from embedded.privileges import passable_directory, server_account
from embedded.programs import runnable

from .conftest import make_place, wait_until

pytestmark = pytest.mark.long

Connection = psycopg.Connection[tuple[object, ...]]


def make(place: Path) -> Postgres:
    """A server as in an installation: with fsync and checksums."""
    account = server_account()
    home = passable_directory(path=place / "servers", account=account)
    return Postgres(
        programs=runnable(account=account, home=home),
        account=account,
        data=home / "postgres",
        log=place / "postgres.log",
        port=ports.choose(),
        superuser_password="superuser-password",
    )


@pytest.fixture(scope="module")
def server(shared_place: Path) -> Iterator[Postgres]:
    made = make(shared_place)
    made.start()
    made.bootstrap(owner_password="owner-password", application_password="application-password")
    yield made
    assert made.stop()


@pytest.fixture
def owner(server: Postgres) -> Iterator[Connection]:
    with psycopg.connect(server.url(role=OWNER, password="owner-password"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def application(server: Postgres) -> Iterator[Connection]:
    url = server.url(role=APPLICATION, password="application-password")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def one(connection: Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


class TestDatabase:
    @pytest.mark.parametrize(
        ("setting", "expected"),
        [("server_encoding", "UTF8"), ("data_checksums", "on"), ("fsync", "on"), ("listen_addresses", "127.0.0.1")],
    )
    def test_has_the_settings_that_keep_data(self, owner: Connection, setting: str, expected: str) -> None:
        assert one(owner, f"SELECT current_setting('{setting}')") == expected

    def test_knows_cyrillic(self, owner: Connection) -> None:
        assert one(owner, "SELECT lower('ЇЖАК')") == "їжак"
        assert one(owner, "SELECT similarity('їжак', 'їжаки') > 0.4") is True
        assert one(owner, "SELECT unaccent('café')") == "cafe"

    def test_asks_for_a_password(self, server: Postgres) -> None:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url(role=OWNER, password="wrong"))

    def test_is_closed_for_other_users_of_the_machine(self, server: Postgres) -> None:
        assert server.data.stat().st_mode & 0o777 == 0o700


class TestRoles:
    def test_application_reads_and_writes_what_the_owner_makes(
        self, owner: Connection, application: Connection
    ) -> None:
        owner.execute("CREATE TABLE firm (id serial PRIMARY KEY, name text)")

        application.execute("INSERT INTO firm (name) VALUES ('Їжак')")
        application.execute("UPDATE firm SET name = lower(name)")

        assert one(application, "SELECT name FROM firm") == "їжак"

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE mine (id int)",
            "DROP TABLE kept",
            "ALTER TABLE kept ADD COLUMN x int",
            "TRUNCATE kept",
            "CREATE DATABASE mine",
            "CREATE ROLE mine",
        ],
    )
    def test_application_cannot_change_the_schema(
        self, owner: Connection, application: Connection, statement: str
    ) -> None:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (id int)")

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(statement)  # type: ignore[arg-type]

    @pytest.mark.parametrize("extension", postgres.EXTENSIONS)
    def test_owner_may_create_the_extensions_without_being_superuser(self, owner: Connection, extension: str) -> None:
        query = "SELECT bool_and(trusted) FROM pg_available_extension_versions WHERE name = %s"
        assert owner.execute(query, [extension]).fetchone() == (True,)
        assert one(owner, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False

    def test_bootstrap_can_be_repeated_and_changes_passwords(self, server: Postgres) -> None:
        server.bootstrap(owner_password="other", application_password="application-password")
        psycopg.connect(server.url(role=OWNER, password="other")).close()

        server.bootstrap(owner_password="owner-password", application_password="application-password")
        psycopg.connect(server.url(role=OWNER, password="owner-password")).close()


@pytest.fixture(scope="module")
def used() -> Iterator[Postgres]:
    place = make_place()
    made = make(place)
    made.start()
    made.bootstrap(owner_password="owner-password", application_password="application-password")
    assert made.stop()
    yield made
    made.stop()
    shutil.rmtree(place)


class TestStart:
    """Starting after all that an earlier run may have left; one data directory for all of it."""

    def test_recovers_after_everything_was_killed(self, used: Postgres) -> None:
        used.start()
        with psycopg.connect(used.url(role=OWNER, password="owner-password")) as connection:
            connection.execute("CREATE TABLE survives (id int)")
        for pid in processes.occupants(directory=used.data, executable="postgres"):
            processes.signal_quietly(pid=pid, number=signal.SIGKILL)
        assert (used.data / "postmaster.pid").exists()

        used.start()

        with psycopg.connect(used.url(role=OWNER, password="owner-password")) as connection:
            assert one(connection, "SELECT count(*) FROM survives") == 0
        assert used.stop()

    def test_stops_a_server_that_was_left_running(self, used: Postgres) -> None:
        used.start()
        orphan, used.process = used.process, None
        assert orphan is not None

        used.start()

        assert orphan.wait() == 0
        assert used.stop()

    def test_does_not_believe_a_lock_file_with_a_reused_number(
        self, used: Postgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "RETRY_SECONDS", 0.3)
        other = processes.spawn(argv=["/bin/sleep", "60"], environment={}, account=used.account)
        lock = used.data / "postmaster.pid"
        lock.write_text(f"{other.pid}\n{used.data}\n{int(time.time())}\n{used.port}\n\n127.0.0.1\n")
        if used.account is not None:
            os.chown(lock, used.account.uid, used.account.gid)
        lock.chmod(0o600)

        used.start()

        assert used.stop()
        other.kill()
        other.wait()

    def test_begins_again_where_making_the_data_was_cut_short(self, place: Path) -> None:
        cut_short = make(place)
        (place / "servers" / "postgres.unfinished" / "base").mkdir(parents=True)

        cut_short.start()

        assert cut_short.stop()
        assert not (place / "servers" / "postgres.unfinished").exists()
        assert not [path for path in (place / "servers").iterdir() if path.is_file()]

    def test_says_when_the_credentials_are_not_those_of_the_data(self, used: Postgres) -> None:
        used.superuser_password, right = "wrong", used.superuser_password

        with pytest.raises(CredentialsRefused):
            used.start()
        used.superuser_password = right
        assert used.stop()

    def test_does_not_touch_data_of_another_version(self, used: Postgres) -> None:
        written_by = used.data / "PG_VERSION"
        right = written_by.read_text()
        written_by.write_text("14\n")

        with pytest.raises(DataOfOtherVersion, match="14"):
            used.start()
        written_by.write_text(right)


class TestStop:
    def test_of_one_that_never_started_is_no_work(self, place: Path) -> None:
        assert make(place).stop()

    def test_leaves_nothing_running(self, place: Path) -> None:
        made = make(place)
        made.start()

        assert made.stop()

        wait_until(lambda: not processes.occupants(directory=made.data, executable="postgres"))
        assert not (made.data / "postmaster.pid").exists()
