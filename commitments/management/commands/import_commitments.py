from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from commitments.bringing import ImportRefused, ImportReport, UnreadableFile, handing_back, steps
from commitments.bringing.kinds import KINDS
from commitments.management.people import person
from commitments.models import Import, ImportRow


class Command(BaseCommand):
    help = (
        "Bring commitments, or what belongs to them, into the record from CSV, XLSX, ODS or JSON Lines: all rows or "
        "none. Example: manage.py import_commitments pledges.csv --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a CSV, XLSX, ODS or JSON Lines file")
        parser.add_argument("--dry-run", action="store_true", help="check and report, change nothing")
        parser.add_argument("--update", action="store_true", help="change commitments that are recorded already")
        parser.add_argument("--kind", choices=sorted(KINDS), default="commitments", help="what a row is")
        parser.add_argument(
            "--columns",
            type=json.loads,
            metavar="JSON",
            help='which column is which field: {"Promise": "statement"}; else by their names, or as said before',
        )
        parser.add_argument("--good-rows", action="store_true", help="bring the good rows and leave the others")
        parser.add_argument(
            "--bad-rows",
            type=Path,
            metavar="FILE",
            help="write what is refused there, the reason beside each row",
        )
        parser.add_argument("--by", metavar="USERNAME", help="who brings it; evidence needs somebody")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        self.handed_back = b""
        try:
            with transaction.atomic():
                which, report = self._bring(options)
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except ImportRefused as error:
            self._write_bad_rows(options["bad_rows"])
            count = len(error.complaints)
            things = "1 thing is" if count == 1 else f"{count} things are"
            raise CommandError(f"Nothing was imported: {things} wrong.\n{error}") from error
        self._write_bad_rows(options["bad_rows"])
        self._say(which, report, options)

    def _bring(self, options: dict[str, Any]) -> tuple[Import, ImportReport]:
        which = steps.start_path(options["kind"], options["file"], person(options["by"]), columns=options["columns"])
        steps.say_columns(which, which.mapping, update=options["update"], by=which.by)
        steps.check(which, how_to_change="use --update to change it")
        if which.rows.filter(outcome=ImportRow.Outcome.REFUSED).exists():
            self.handed_back = handing_back.refused(which).body
        steps.decide(which, only_good=options["good_rows"])
        steps.bring_in(which)
        report = ImportReport(unknown_columns=sorted(name for name, field in which.mapping.items() if not field))
        for outcome, reference in which.rows.values_list("outcome", "reference"):
            report.add(outcome, reference)
        return which, report

    def _write_bad_rows(self, path: Path | None) -> None:
        if path is not None and self.handed_back:
            path.write_bytes(self.handed_back)

    def _say(self, which: Import, report: ImportReport, options: dict[str, Any]) -> None:
        if options["json"]:
            number = None if options["dry_run"] else which.pk
            self.stdout.write(json.dumps({**vars(report), "dry_run": options["dry_run"], "import": number}))
            return
        for note in which.notes:
            self.stderr.write(note)
        if report.unknown_columns:
            self.stderr.write(f"Columns that are not known and were left: {', '.join(report.unknown_columns)}.")
        would = "Would have " if options["dry_run"] else ""
        left = f" {len(report.refused)} were refused and left." if report.refused else ""
        self.stdout.write(
            f"{would}created {len(report.created)}, updated {len(report.updated)}, "
            f"left unchanged {len(report.unchanged)}.".capitalize()
            + left
        )
        if not options["dry_run"]:
            self.stderr.write(f"To take it back: manage.py undo_import {which.pk}")
