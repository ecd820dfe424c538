from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.imports import ImportRefused, UnreadableFile, import_file


class Command(BaseCommand):
    help = (
        "Bring commitments into the record from CSV or JSON Lines: all rows or none. "
        "Example: manage.py import_commitments pledges.csv --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a CSV (UTF-8) or JSON Lines file")
        parser.add_argument("--dry-run", action="store_true", help="check and report, change nothing")
        parser.add_argument("--update", action="store_true", help="change commitments that are recorded already")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_file(options["file"], update=options["update"], dry_run=options["dry_run"])
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except ImportRefused as error:
            count = len(error.complaints)
            things = "1 thing is" if count == 1 else f"{count} things are"
            raise CommandError(f"Nothing was imported: {things} wrong.\n{error}") from error
        if options["json"]:
            self.stdout.write(json.dumps({**vars(report), "dry_run": options["dry_run"]}))
            return
        if report.unknown_columns:
            self.stderr.write(f"Columns that are not known and were left: {', '.join(report.unknown_columns)}.")
        would = "Would have " if options["dry_run"] else ""
        self.stdout.write(
            f"{would}created {len(report.created)}, updated {len(report.updated)}, "
            f"left unchanged {len(report.unchanged)}.".capitalize()
        )
