"""The kernel as a Django app: finds every app's facts, handlers, jobs and merges in web, worker and beat alike."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "kernel"

    def ready(self) -> None:
        from kernel.events import check_subscriptions

        autodiscover_modules("events", "handlers", "jobs", "merging")
        check_subscriptions()
