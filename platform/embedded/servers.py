"""Starting and stopping the embedded servers of an installation: those for which the environment names no other."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded import addresses, home, leftovers, ports
from embedded.home import Credentials
from embedded.postgres import APPLICATION, OWNER, Postgres
from embedded.privileges import server_account
from embedded.programs import runnable
from embedded.valkey import Valkey


@dataclass(frozen=True, kw_only=True)
class Running:
    """The servers in use: addresses for the application and for the owner of the schema, and our own processes."""

    database_url: str
    database_owner_url: str
    redis_url: str
    embedded: tuple[Postgres | Valkey, ...]

    def variables(self) -> dict[str, str]:
        """Return the addresses under the names of their environment variables."""
        values = (self.database_url, self.database_owner_url, self.redis_url)
        return dict(zip(addresses.NAMES, values, strict=True))


@contextlib.contextmanager
def servers(
    *, var: Path, environment: Mapping[str, str], is_cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Running]:
    """Run PostgreSQL unless DATABASE_URL names one, and Valkey unless REDIS_URL does; stop them at the end.

    Data, credentials and ports are kept below `var`. `is_cancelled` is asked while waiting for a server.
    Raises AlreadyRunning when another supervisor holds `var`, and other kinds of EmbeddedFailure when a server
    cannot run; what was up by then is stopped.
    """
    account = server_account()
    var = var.absolute()
    directory = home.prepare(var=var, account=account)
    with home.locked(var=var), contextlib.ExitStack() as stack:
        addresses.withdraw(var=var)
        leftovers.end(var=var)  # before PostgreSQL, so that they may finish their transactions
        database_url = environment.get("DATABASE_URL", "")
        owner_url = environment.get("DATABASE_OWNER_URL", "") or database_url
        redis_url = environment.get("REDIS_URL", "")
        started: list[Postgres | Valkey] = []
        if not (database_url and redis_url):
            programs = runnable(account=account, home=directory)
            credentials = _credentials(directory)
        stack.callback(addresses.withdraw, var=var)
        if not database_url:
            postgres = Postgres(
                programs=programs,
                account=account,
                data=directory / "postgres",
                log=home.log_file(var=var, name="postgres"),
                port=credentials.postgres_port or 0,
                superuser_password=credentials.superuser,
                is_cancelled=is_cancelled,
            )
            stack.callback(postgres.stop)
            _settle(postgres)
            credentials = _keep(directory, dataclasses.replace(credentials, postgres_port=postgres.port))
            postgres.start()
            postgres.bootstrap(owner_password=credentials.owner, application_password=credentials.application)
            database_url = postgres.url(role=APPLICATION, password=credentials.application)
            owner_url = postgres.url(role=OWNER, password=credentials.owner)
            started.append(postgres)
        if not redis_url:
            valkey = Valkey(
                programs=programs,
                account=account,
                data=directory / "valkey",
                log=home.log_file(var=var, name="valkey"),
                port=credentials.valkey_port or 0,
                password=credentials.valkey,
                is_cancelled=is_cancelled,
            )
            stack.callback(valkey.stop)
            _settle(valkey)
            _keep(directory, dataclasses.replace(credentials, valkey_port=valkey.port))
            valkey.start()
            redis_url = valkey.url()
            started.append(valkey)
        running = Running(
            database_url=database_url, database_owner_url=owner_url, redis_url=redis_url, embedded=tuple(started)
        )
        theirs = {"REDIS_URL"} if environment.get("REDIS_URL") else set()
        theirs |= {"DATABASE_URL", "DATABASE_OWNER_URL"} if environment.get("DATABASE_URL") else set()
        own = {name: value for name, value in running.variables().items() if name not in theirs}
        addresses.publish(var=var, addresses=own)
        yield running


def _settle(server: Postgres | Valkey) -> None:
    """End a leftover of ours first, so that the port it holds counts as free; then keep the port or choose another."""
    server.clear()
    server.port = ports.choose(preferred=server.port or None)


def _credentials(directory: Path) -> Credentials:
    found = home.read_credentials(home=directory)
    return found or _keep(directory, Credentials.fresh())


def _keep(directory: Path, credentials: Credentials) -> Credentials:
    if credentials != home.read_credentials(home=directory):
        home.write_credentials(home=directory, credentials=credentials)
    return credentials
