import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from embedded import checks, ports

DATABASE_URL = os.environ["DATABASE_URL"]
REDIS_URL = os.environ["REDIS_URL"]


@pytest.fixture
def admin() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
        yield connection


def other_database(name: str, *, user: str | None = None, password: str | None = None) -> str:
    parts = urlsplit(DATABASE_URL)
    user, password = user or parts.username, password or parts.password
    return f"postgresql://{user}:{password}@{parts.hostname}:{parts.port}/{name}"


@pytest.fixture
def database(admin: "psycopg.Connection[tuple[object, ...]]", request: pytest.FixtureRequest) -> Iterator[str]:
    """A database made with the options of the test's parameter."""
    name = f"checked_{uuid.uuid4().hex[:12]}"
    made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ").format(sql.Identifier(name)) + sql.SQL(request.param)
    admin.execute(made)
    yield name
    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


UNICODE = ""
C_LOCALE = "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
NO_ENCODING = "ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"


class TestProblems:
    def test_are_none_with_fit_servers(self) -> None:
        assert checks.problems(database_url=DATABASE_URL, owner_url=DATABASE_URL, redis_url=REDIS_URL) == []

    def test_name_every_server_that_is_away(self) -> None:
        port = ports.choose()

        found = checks.problems(
            database_url=f"postgresql://user:secret@127.0.0.1:{port}/d",
            owner_url=f"postgresql://owner:secret@127.0.0.1:{port}/d",
            redis_url=f"redis://:secret@127.0.0.1:{port}/0",
        )

        assert [line.split(":")[0] for line in found] == ["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"]
        assert not [line for line in found if "secret" in line or "\n" in line]


class TestDatabaseProblems:
    @pytest.mark.parametrize("database", [UNICODE], indirect=True)
    def test_extensions_that_can_be_created_are_no_problem_and_are_not_created(self, database: str) -> None:
        url = other_database(database)

        assert checks.database_problems(url=url) == []
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM pg_extension").fetchone() == (1,)

    @pytest.mark.parametrize("database", [C_LOCALE], indirect=True)
    def test_find_a_locale_that_knows_no_cyrillic(self, database: str) -> None:
        found = checks.database_problems(url=other_database(database))

        assert len(found) == 2
        assert "lower() does not change Cyrillic" in found[0]
        assert "pg_trgm" in found[1]

    @pytest.mark.parametrize("database", [NO_ENCODING], indirect=True)
    def test_find_another_encoding(self, database: str) -> None:
        assert "encoding is SQL_ASCII" in checks.database_problems(url=other_database(database))[0]

    @pytest.mark.parametrize("database", [UNICODE], indirect=True)
    def test_say_which_extension_the_role_may_not_create(
        self, database: str, admin: "psycopg.Connection[tuple[object, ...]]"
    ) -> None:
        role = f"weak_{uuid.uuid4().hex[:12]}"
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'weak'").format(sql.Identifier(role)))
        url = other_database(database, user=role, password="weak")

        found = checks.database_problems(url=url)
        left_to_the_owner = checks.database_problems(url=url, may_create=False)

        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        assert [
            name for name in checks.EXTENSIONS if any(f"CREATE EXTENSION {name}" in line for line in found)
        ] == list(checks.EXTENSIONS)
        assert left_to_the_owner == []

    @pytest.mark.parametrize("database", [UNICODE], indirect=True)
    def test_find_an_extension_in_another_schema(
        self, database: str, admin: "psycopg.Connection[tuple[object, ...]]"
    ) -> None:
        url = other_database(database)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE SCHEMA extensions")
            connection.execute("CREATE EXTENSION pg_trgm SCHEMA extensions")

        assert checks.database_problems(url=url) == []

    def test_refuse_an_old_version(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checks, "OLDEST_POSTGRES", 99)
        with psycopg.connect(DATABASE_URL) as connection:
            version = connection.info.server_version // 10_000

        assert checks.database_problems(url=DATABASE_URL) == [
            f"DATABASE_URL: PostgreSQL {version} is too old: 99 or newer is needed."
        ]

    def test_do_not_repeat_a_malformed_address(self) -> None:
        found = checks.database_problems(url="postgresql://user:pa/ss@word:x/d")

        assert len(found) == 1
        assert "pa/ss" not in found[0]

    def test_say_when_an_extension_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checks, "EXTENSIONS", ("no_such_extension",))

        assert "no_such_extension is not installed on the server" in checks.database_problems(url=DATABASE_URL)[0]


class TestRedisProblems:
    def test_refuse_an_old_version(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checks, "OLDEST_REDIS", (99, 0))

        assert "is too old" in checks.redis_problems(url=REDIS_URL)[0]

    def test_find_a_wrong_password(self) -> None:
        # A user that no server knows: one without passwords would let a wrong password pass.
        wrong = f"redis://nobody:wrong@{urlsplit(REDIS_URL).hostname}:{urlsplit(REDIS_URL).port}/0"

        assert checks.redis_problems(url=wrong)[0].startswith("REDIS_URL: Redis cannot be used")

    def test_refuse_what_is_no_address(self) -> None:
        assert checks.redis_problems(url="localhost:6379") == [
            "REDIS_URL is not an address like redis://:password@host:6379/0."
        ]
