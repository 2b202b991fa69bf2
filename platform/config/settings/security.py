"""Hosts, cookies, headers and secrets."""

from csp.constants import NONE, SELF

from config import env
from config.settings.databases import VAR

_kept = VAR / "secret_key"
SECRET_KEY = env.text("SECRET_KEY", _kept.read_text() if _kept.exists() else "for commands without a running stack")
"""Production demands the variable; `python -m config.stack` makes one and keeps it in `var/`."""

SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.origin("PUBLIC_URL", f"http://localhost:{env.text('PORT', '8000')}")
"""Where people reach the site: what the links in mails begin with."""

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kernel.api.handler.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
