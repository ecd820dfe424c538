from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commitments import exports
from commitments.models import Evidence


class Command(BaseCommand):
    help = (
        "Print evidence as JSON Lines, one piece a line, of every state unless asked. "
        "Example: manage.py export_evidence --state accepted --since 2025-01-01"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--state", choices=Evidence.State.values, help="only this state")
        parser.add_argument(
            "--since", type=dt.date.fromisoformat, metavar="DATE", help="only releases published on or after this day"
        )
        parser.add_argument("--json", action="store_true", help="accepted for symmetry: the output is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        for row in exports.evidence(options["state"], options["since"]):
            self.stdout.write(json.dumps(row, ensure_ascii=False))
