"""The WSGI entry point of the web processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

application = get_wsgi_application()

# What is loaded stays for the life of the process: going through it again and again took a tenth of every request.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
