"""Celery, the job ledger and the outbox."""

from config import env
from config.settings.databases import REDIS_URL

JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 30)
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 5)
DELIVERY_GIVE_UP_HOURS = env.number("DELIVERY_GIVE_UP_HOURS", 24)
MATCH_BLOCK_PAIRS = int(env.number("MATCH_BLOCK_PAIRS", 250_000))

CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_POOL_LIMIT = 10
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "socket_keepalive": True,
    "max_retries": 0,
    "retry_on_timeout": False,
}
