"""Tests: real PostgreSQL and Redis protocol; cheap password hashes; mail kept in memory."""

import atexit
import tempfile

from config.settings.base import *  # noqa: F403

SECRET_KEY = "tests-only"  # noqa: S105 - signs nothing outside a test run
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DOCUMENT_MASTER_KEYS = {"tests": bytes(range(32))}
_documents = tempfile.TemporaryDirectory(prefix="tandem-documents-")
atexit.register(_documents.cleanup)
DOCUMENT_STORAGE = f"{_documents.name}/stored"
DOCUMENT_WORK_FOLDER = f"{_documents.name}/received"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_URL = "memory://"
JOB_LEASE_SECONDS = 3600
"""No heartbeat inside a test's transaction: its connection would not see the chunk. Tests of leases set their own."""

# A test's transaction idles for as long as the test computes, and the engine may have to be compiled first.
DATABASES["default"]["OPTIONS"]["options"] = "-c timezone=UTC -c idle_in_transaction_session_timeout=0"  # noqa: F405
