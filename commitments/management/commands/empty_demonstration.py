from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import ProtectedError
from django.utils import timezone

from commitments.demo.emptying import Emptied, empty


class Command(BaseCommand):
    help = (
        "Remove the demonstration: its commitments with all that belongs to them, its source and its releases. "
        "Your own record stays. Example: manage.py empty_demonstration --yes"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask first")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"] and not self._agreed():
            raise CommandError("Nothing was removed.")
        try:
            emptied = empty(timezone.now())
        except ProtectedError as error:
            rests = ", ".join(sorted({f"{row._meta.verbose_name} {row.pk}" for row in error.protected_objects}))
            raise CommandError(
                f"Nothing was removed: your own record refers to the demonstration ({rests}). Change that first."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(emptied)))
        else:
            self._say(emptied)

    def _say(self, emptied: Emptied) -> None:
        counts = {
            "demonstration commitments": emptied.commitments,
            "evidence": emptied.evidence,
            "measurements": emptied.measurements,
            "suggestions for your own commitments": emptied.suggestions,
        }
        if emptied.watch is not None:
            counts |= {
                "releases": emptied.watch.releases,
                "revisions": emptied.watch.revisions,
                "snapshots": emptied.watch.snapshots,
                "polls": emptied.watch.polls,
            }
        self.stdout.write("Removed:")
        for what, count in counts.items():
            self.stdout.write(f"  {count:>6,}  {what}")
        if emptied.watch is None:
            self.stdout.write("There was no demonstration source.")
            return
        if emptied.watch.source:
            self.stdout.write("Removed the demonstration source.")
        else:
            self.stdout.write("The demonstration source stays, ended: your own record rests on releases from it.")
        self.stdout.write("It is loaded again by `manage.py demo`, also within `make run` unless DEMO=0.")

    def _agreed(self) -> bool:
        try:
            answer = input("Remove the demonstration and everything that belongs to it? Write “yes”: ")
        except EOFError as error:
            raise CommandError("Nothing was removed. Without a terminal, say so with --yes.") from error
        return answer.strip().lower() == "yes"
