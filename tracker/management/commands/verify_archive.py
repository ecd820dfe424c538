from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from tracker.archive.verification import Finding, State, Totals, examined, strays

#: JSON holds so many bad snapshots and strays by name; the counts are of all.
NAMED = 1000


class Command(BaseCommand):
    help = (
        "Read everything in the archive and hash it anew: is each snapshot still what was received? "
        "Ends non-zero when something is missing or altered. Example: manage.py verify_archive --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hash", default="", metavar="SHA256", help="only those whose hash begins so")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        totals = Totals.none()
        named: list[dict[str, str]] = []
        for finding in examined(options["hash"].strip().lower()):
            totals.count(finding)
            if finding.is_bad:
                named[len(named) :] = [_as_json(finding)] if len(named) < NAMED else []
                if not options["json"]:
                    self.stdout.write(f"{finding.state:<9}  {finding.snapshot.sha256}  {finding.sentence}")
        left_over = [] if options["hash"] else _some(strays(timezone.now()))
        counts = {str(state): totals.states[state] for state in State}
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "snapshots": totals.states.total(),
                        **counts,
                        "received_bytes": totals.received_bytes,
                        "stored_bytes": totals.stored_bytes,
                        "problems": named,
                        "strays": left_over,
                    }
                )
            )
        else:
            self._print(totals, counts, left_over)
        if bad := totals.states[State.MISSING] + totals.states[State.ALTERED]:
            raise CommandError(f"{bad} of {totals.states.total()} snapshots are not what was received.")

    def _print(self, totals: Totals, counts: dict[str, int], left_over: list[str]) -> None:
        for path in left_over:
            self.stdout.write(f"{'stray':<9}  {path}  No snapshot names this file; prune removes it.")
        said = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        self.stdout.write(f"{totals.states.total()} snapshots{': ' if said else ''}{said}.")
        if totals.stored_bytes:
            received, stored = filesizeformat(totals.received_bytes), filesizeformat(totals.stored_bytes)
            self.stdout.write(f"Received {received}, stored in {stored}.".replace("\xa0", " "))


def _some(paths: Any) -> list[str]:
    return [path for _, path in zip(range(NAMED), paths, strict=False)]


def _as_json(finding: Finding) -> dict[str, str]:
    snapshot = finding.snapshot
    return {
        "state": str(finding.state),
        "sha256": snapshot.sha256,
        "path": snapshot.path,
        "url": snapshot.url,
        "fetched_at": snapshot.fetched_at.isoformat(),
        "problem": finding.sentence,
    }
