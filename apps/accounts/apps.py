"""People as a Django app: listens to what happens to accounts, and finds what other apps keep about people."""

import logging

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self) -> None:
        autodiscover_modules("personal_data")
        from apps.accounts import receivers  # noqa: F401 - connects by being imported

        # It tells the ids of people's keys.
        logging.getLogger("fido2").setLevel(logging.WARNING)
