from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.digests import deliver
from commitments.models import Digest


class Command(BaseCommand):
    help = (
        "Build and send the digests of a day, each once however often this is run. "
        "Example: manage.py send_digests --date 2025-06-30 --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", metavar="D", help="the day, as 2025-06-30 (default: today)")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        date = _day(options["date"]) if options["date"] else timezone.localdate()
        outcome = deliver.preview(date) if options["dry_run"] else deliver.send_for(date, retry_now=True, wait=True)
        if options["json"]:
            self.stdout.write(json.dumps({**dataclasses.asdict(outcome), "dry_run": options["dry_run"]}, default=str))
        else:
            self._print_table(outcome)
        if outcome.unusable:
            raise CommandError(f"{outcome.unusable}. What was not sent waits for the next run.")
        if outcome.stopped:
            raise CommandError(f"{outcome.stopped} Nothing goes out until somebody runs release_digests.")

    def _print_table(self, outcome: deliver.Outcome) -> None:
        width = max((len(delivery.email) for delivery in outcome.deliveries), default=0)
        states = {**dict(Digest.State.choices), deliver.WOULD_SEND: "would be sent"}
        for delivery in outcome.deliveries:
            said = "; ".join(part for part in (delivery.subject, delivery.detail) if part)
            self.stdout.write(f"{delivery.email:<{width}}  {states[delivery.state]:<21}  {said}".rstrip())
        counts = Counter(states[delivery.state] for delivery in outcome.deliveries)
        counts["done before"] = outcome.earlier
        summary = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        self.stdout.write(f"{outcome.date}: {summary or 'nobody to write to'}.")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is no date. Write it as 2025-06-30.") from error
