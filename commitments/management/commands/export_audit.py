from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commitments import exports


class Command(BaseCommand):
    help = (
        "Print the audit as JSON Lines, oldest first: who changed what, when, by which door, from what to what. "
        "Example: manage.py export_audit --since 2026-01-01"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=dt.date.fromisoformat, metavar="D", help="only what was changed on or after this day"
        )
        parser.add_argument("--json", action="store_true", help="accepted for symmetry: the output is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        for row in exports.audit(options["since"]):
            self.stdout.write(json.dumps(row, ensure_ascii=False))
