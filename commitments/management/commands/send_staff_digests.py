from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from commitments.digests import staff


class Command(BaseCommand):
    help = (
        "Send today's morning mail to those of the staff who want it, each once however often this is run. "
        "Example: manage.py send_staff_digests"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        done = staff.send_for(today)
        if options["json"]:
            rows = [{"person": str(row.person), "state": row.state, "subject": row.subject} for row in done]
            self.stdout.write(json.dumps({"date": str(today), "deliveries": rows}))
            return
        for row in done:
            said = "; ".join(part for part in (row.subject, row.error) if part)
            self.stdout.write(f"{row.person}  {row.get_state_display()}  {said}".rstrip())
        self.stdout.write(f"{today}: {len(done)} done.")
