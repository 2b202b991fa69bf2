"""Loads a watch-list's file from the console: as over the API, the work done here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from apps.compliance.models import WatchList
from apps.compliance.services.watch_lists import list_register, list_version_receive
from apps.compliance.states import ListVersionStatus
from kernel.access import Actor
from kernel.chunks import job_drive
from kernel.errors import DomainError


class Command(BaseCommand):
    help = "Load a file of a watch-list: XML, CSV or JSON Lines as published, or any of them as gzip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the list's code")
        parser.add_argument("file", type=Path)
        parser.add_argument("--published-on", type=parse_date, default=None, help="where the file does not say it")

    def handle(self, *args: Any, **options: Any) -> None:
        list_register()
        watch_list = WatchList.objects.filter(code=options["code"]).first()
        if watch_list is None:
            known = ", ".join(WatchList.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no list {options['code']!r}; there are: {known}.")
        try:
            with options["file"].open("rb") as file:
                receipt = list_version_receive(
                    actor=Actor.system(), watch_list=watch_list, file=file, published_on=options["published_on"]
                )
        except OSError as reason:
            raise CommandError(f"{options['file']} cannot be read: {reason.strerror}") from None
        except DomainError as reason:
            raise CommandError(str(reason)) from None
        version = receipt.version
        if not receipt.is_new:
            self.stdout.write(f"{watch_list.code}: this file is known, {version.get_status_display()}.")
            return
        if version.job_id is not None:
            job_drive(job_id=version.job_id)
        version.refresh_from_db()
        for problem in version.reasons:
            self.stderr.write(f"{watch_list.code}: {problem['text']}")
        counts = f"{version.entries} entries: {version.added} new, {version.changed} changed, {version.removed} removed"
        if version.status == ListVersionStatus.REFUSED:
            self.stderr.write(f"{watch_list.code}: refused.")
            sys.exit(1)
        self.stdout.write(f"{watch_list.code}: {version.get_status_display()}, {counts}.")
