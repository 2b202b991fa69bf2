"""PostgreSQL and the Redis protocol: the customer's by address, or the embedded ones that are running."""

from typing import Any
from urllib.parse import unquote, urlsplit

from config import env
from embedded.addresses import current

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "dbshell", "grant_application_role", "prepare"}
"""Commands that change the schema and therefore connect as its owner."""

VAR = env.path("TANDEM_VAR", env.ROOT / "var")
EMBEDDED = current(var=VAR) or {}


IDLE_IN_TRANSACTION_MS = int(env.number("DATABASE_IDLE_IN_TRANSACTION_SECONDS", 30) * 1000)
"""A process that freezes in the middle of a transaction must not hold its locks for longer than this."""
ALIVE_S = max(1, IDLE_IN_TRANSACTION_MS // 3000)
"""Either end asks so often whether the other still answers: a host that is cut off must not hold its locks, either."""
KEPT_SECONDS = 60
"""How long a thread keeps its connection between requests: a new one plans every statement with empty caches."""


def _address(name: str, fallback: str = "") -> str:
    return env.text(name, EMBEDDED.get(name) or fallback)


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "keepalives_idle": ALIVE_S,
            "keepalives_interval": ALIVE_S,
            "keepalives_count": 2,
            "tcp_user_timeout": IDLE_IN_TRANSACTION_MS,
            "options": " ".join(
                f"-c {name}={value}"
                for name, value in (
                    ("timezone", "UTC"),
                    ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MS),
                    ("tcp_keepalives_idle", ALIVE_S),
                    ("tcp_keepalives_interval", ALIVE_S),
                    ("tcp_keepalives_count", 2),
                    ("tcp_user_timeout", IDLE_IN_TRANSACTION_MS),
                )
            ),
        },
        "TEST": {"NAME": None},
    }


DATABASE_URL = _address("DATABASE_URL", "postgresql://127.0.0.1:1/tandem-is-not-running")
DATABASE_OWNER_URL = _address("DATABASE_OWNER_URL", DATABASE_URL)
REDIS_URL = _address("REDIS_URL", "redis://127.0.0.1:1/0")

DATABASES = {"default": _database(DATABASE_OWNER_URL if env.command() in OWNER_COMMANDS else DATABASE_URL)}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tandem",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
