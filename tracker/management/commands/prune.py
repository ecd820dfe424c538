from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tracker.retention import Rules, prune


class Command(BaseCommand):
    help = (
        "Remove polls and snapshots that are past the time for which the settings keep them. It runs by itself "
        "once a day. Example: manage.py prune --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and remove nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        rules = Rules.from_settings()
        pruned = prune(timezone.now(), rules, dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {**dataclasses.asdict(pruned), "dry_run": options["dry_run"], "rules": dataclasses.asdict(rules)}
                )
            )
            return
        verb = "would go" if options["dry_run"] else "gone"
        for count, what in (
            (pruned.polls, f"polls: {_polls_rule(rules)}"),
            (pruned.snapshots, f"snapshots: cited by nothing for {max(1, rules.uncited_days)} days"),
            (pruned.discarded, f"snapshots' bytes: {_bytes_rule(rules)}"),
            (pruned.strays, "files in the archive that no snapshot names"),
        ):
            self.stdout.write(f"{count:>8} {verb}  {what}")


def _polls_rule(rules: Rules) -> str:
    if not rules.polls_days:
        return "kept for ever"
    return f"older than {rules.polls_days} days, and not among the last {rules.polls_per_source} of their source"


def _bytes_rule(rules: Rules) -> str:
    if not rules.bytes_days:
        return "kept for ever"
    return f"older than {rules.bytes_days} days, and of no release that is pinned or still looked at again"
