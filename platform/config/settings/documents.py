"""Documents: the keys that guard them and where their bytes lie."""

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.databases import VAR

_kept = VAR / "document_master_keys"
DOCUMENT_MASTER_KEYS = env.keys("DOCUMENT_MASTER_KEYS", _kept.read_text() if _kept.exists() else "")
"""The first is the current one, the others still open. Production demands the variable; `python -m config.stack` makes
one key and keeps it in `var/`.
"""

DOCUMENT_STORAGE = env.text("DOCUMENT_STORAGE", str(VAR / "documents"))
"""A folder, or `s3://bucket/prefix`."""
if DOCUMENT_STORAGE.startswith("s3://") and find_spec("boto3") is None:
    raise ImproperlyConfigured("DOCUMENT_STORAGE names a bucket, which needs the packages of requirements-s3.txt")

DOCUMENT_MAX_BYTES = int(env.number("DOCUMENT_MAX_MB", 2048) * 1024 * 1024)
"""The largest file that is taken."""
DOCUMENT_QUOTA_BYTES = int(env.number("DOCUMENT_QUOTA_MB", 20 * 1024) * 1024 * 1024)
"""What one organisation may keep, uploads under way included."""
DOCUMENT_UPLOADS_OPEN = int(env.number("DOCUMENT_UPLOADS_OPEN", 20))
"""How many uploads one organisation may have under way."""
DOCUMENT_UPLOAD_HOURS = env.number("DOCUMENT_UPLOAD_HOURS", 24)
"""After which an upload that was not completed is dropped."""
DOCUMENT_WITHDRAWN_DAYS = env.number("DOCUMENT_WITHDRAWN_DAYS", 30)
"""How long the content of a withdrawn version is kept before its key is destroyed."""
DOCUMENT_WORK_FOLDER = env.text("DOCUMENT_WORK_FOLDER", str(VAR / "documents-received"))
"""Where a received file lies in the clear while it is inspected, in a folder of its own that nobody else may read."""

CLAMD = env.text("CLAMD", "")
"""Where ClamAV's clamd listens: `host:port`, or `unix:/path/of/socket`. Without it no document counts as scanned."""
CLAMD_SECONDS = env.number("CLAMD_SECONDS", 120)
"""How long clamd may take for one answer."""
