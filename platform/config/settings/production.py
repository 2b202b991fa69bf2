"""Production: the customer's servers, https, secrets from the environment; refuses the embedded servers."""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *  # noqa: F403

for _name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DOCUMENT_MASTER_KEYS"):
    try:
        env.text(_name)
    except ImproperlyConfigured as _reason:
        raise ImproperlyConfigured(f"{_reason}: production does not run on the embedded servers or defaults") from None

SECRET_KEY = env.text("SECRET_KEY")
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
