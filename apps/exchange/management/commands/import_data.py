"""Imports tables from the console, at once and without a worker."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.exchange.services import ImportReport, import_run


class Command(BaseCommand):
    help = "Import a folder of CSV files, a CSV file, a ZIP of CSV files or an XLSX workbook."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--verified", action="store_true", help="the organisations are verified on your word")
        parser.add_argument("--partial", action="store_true", help="leave out what has problems, load the rest")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_run(
                path=options["path"],
                verified=options["verified"],
                partial=options["partial"],
                dry_run=options["dry_run"],
            )
        except OSError as reason:
            raise CommandError(f"{options['path']} cannot be read: {reason.strerror}") from None
        self._show(report)
        if report.problem_count:
            sys.exit(1)

    def _show(self, report: ImportReport) -> None:
        for name, counts in report.counts.items():
            shown = ", ".join(f"{counted} {number}" for counted, number in counts.items())
            self.stdout.write(f"{name}: {shown}")
        for problem in report.problems:
            place = f"{problem.table or 'file'}, row {problem.row}, {problem.column or '-'}"
            self.stderr.write(f"{place}: {problem.code}: {problem.message}")
        if report.problem_count > len(report.problems):
            self.stderr.write(f"… and {report.problem_count - len(report.problems)} problems more")
        self.stdout.write("Loaded." if report.is_loaded else "Nothing was loaded.")
