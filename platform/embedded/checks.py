"""Whether a PostgreSQL and a Redis, ours or the customer's, can do what the product needs; one line per problem."""

import psycopg
import redis
from psycopg import conninfo, sql
from redis.backoff import NoBackoff
from redis.retry import Retry

from embedded.postgres import EXTENSIONS

OLDEST_POSTGRES = 15
OLDEST_REDIS = (6, 2)
_UPPER, _LOWER = "ЇЖАК", "їжак"

Connection = psycopg.Connection[tuple[object, ...]]


def problems(*, database_url: str, redis_url: str, owner_url: str | None = None) -> list[str]:
    """Return what is missing, empty when everything is fit for use.

    Extensions are looked at with the owner's rights where its address is given: it is the one that creates them.
    """
    found = database_problems(url=database_url, variable="DATABASE_URL", may_create=owner_url in {None, database_url})
    if owner_url is not None and owner_url != database_url:
        found += database_problems(url=owner_url, variable="DATABASE_OWNER_URL")
    return found + redis_problems(url=redis_url)


def database_problems(*, url: str, variable: str = "DATABASE_URL", may_create: bool = True) -> list[str]:
    """Return what a PostgreSQL lacks; `may_create` asks that missing extensions can be created by this role.

    Nothing is changed: extensions are tried in a transaction that is rolled back.
    """
    try:
        conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # The text of the error may repeat the password.
        return [f"{variable} is not a PostgreSQL address like postgresql://user:password@host:5432/name."]
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            try:
                return [f"{variable}: {problem}" for problem in _examine(connection, may_create=may_create)]
            finally:
                connection.rollback()
    except psycopg.Error as refused:
        return [f"{variable}: PostgreSQL cannot be used: {_one_line(refused)}"]


def redis_problems(*, url: str) -> list[str]:
    """Return what a Redis or Valkey lacks. Where INFO is forbidden the version is unknown, which is no problem."""
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5, retry=Retry(NoBackoff(), 0))
    except ValueError:
        return ["REDIS_URL is not an address like redis://:password@host:6379/0."]
    try:
        client.ping()
        try:
            version = str(client.info("server")["redis_version"])
        except (redis.ResponseError, KeyError):
            return []
    except redis.RedisError as refused:
        return [f"REDIS_URL: Redis cannot be used: {_one_line(refused)}"]
    finally:
        client.close()
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return [f"REDIS_URL: Redis {version} is too old: 6.2 or newer is needed."]
    return []


def _examine(connection: Connection, *, may_create: bool) -> list[str]:
    version = connection.info.server_version
    if version < OLDEST_POSTGRES * 10_000:
        return [f"PostgreSQL {version // 10_000} is too old: {OLDEST_POSTGRES} or newer is needed."]
    encoding = _value(connection, "SELECT current_setting('server_encoding')")
    if encoding not in {"UTF8", b"UTF8"}:  # bytes where the database claims no encoding at all
        name = encoding.decode() if isinstance(encoding, bytes) else encoding
        return [f"the database's encoding is {name}: it must be UTF8."]
    found = []
    if _value(connection, "SELECT lower(%s::text)", _UPPER) != _LOWER:
        found.append(
            "lower() does not change Cyrillic letters: create the database with a Unicode locale (C.UTF-8), not C."
        )
    missing = [problem for name in EXTENSIONS if (problem := _extension(connection, name, may_create=may_create))]
    if not missing and not _finds_similar(connection):
        found.append("pg_trgm finds no similarity between Cyrillic words: the database needs a Unicode locale, not C.")
    return found + missing


def _extension(connection: Connection, name: str, *, may_create: bool) -> str | None:
    if _value(connection, "SELECT extname FROM pg_extension WHERE extname = %s", name):
        return None
    if not _value(connection, "SELECT name FROM pg_available_extensions WHERE name = %s", name):
        return f"the extension {name} is not installed on the server: install PostgreSQL's contrib package."
    if not may_create:
        return None  # the owner's turn
    try:
        with connection.transaction():
            connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(name)))
    except psycopg.Error:
        user, database = connection.info.user, connection.info.dbname
        return f"{user} may not create the extension {name}: run CREATE EXTENSION {name} in {database} as superuser."
    return None


def _finds_similar(connection: Connection) -> bool:
    schema = _value(
        connection,
        "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'pg_trgm'",
    )
    if schema is None:  # to be created by the owner, who is asked too
        return True
    query = sql.SQL("SELECT {}.similarity(%s, %s)").format(sql.Identifier(str(schema)))
    row = connection.execute(query, ["їжак", "їжаки"]).fetchone()
    return row is not None and isinstance(row[0], float) and row[0] > 0


def _value(connection: Connection, query: str, *values: object) -> object:
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
