"""Documents as a Django app: finds whom other apps bar from reading them."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DocumentsConfig(AppConfig):
    name = "apps.documents"

    def ready(self) -> None:
        autodiscover_modules("conflicts")
