from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.linking import learning
from commitments.linking.labelled import UnreadableSet
from commitments.linking.model import SHIPPED, shipped


class Command(BaseCommand):
    help = (
        "Fit the linker's model to labelled sets and to staff's decisions, and print how good it was and is. "
        "Example: manage.py train_linker --from path/to/set --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="folders", type=Path, action="append", default=[], metavar="DIR", help="a labelled set"
        )
        parser.add_argument(
            "--from-decisions", action="store_true", help="learn from accepted and rejected evidence too"
        )
        parser.add_argument("--dry-run", action="store_true", help="print, but leave the model as it is")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folders"]:
            raise CommandError("Name at least one labelled set with --from DIR.")
        try:
            outcome = learning.train(
                options["folders"], shipped(), timezone.now(), from_decisions=options["from_decisions"]
            )
        except (UnreadableSet, learning.TooFewDecisions) as error:
            raise CommandError(str(error)) from error
        if not options["dry_run"]:
            SHIPPED.write_text(
                json.dumps(outcome.model.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
            shipped.cache_clear()
        if options["json"]:
            self.stdout.write(json.dumps({"before": outcome.before, "after": outcome.after}, indent=2))
            return
        self.stdout.write(f"{'':24}{'before':>10}{'after':>10}")
        for name, value in outcome.after.items():
            self.stdout.write(f"{name:24}{outcome.before[name]:10.3f}{value:10.3f}")
        kept = "left as it was (--dry-run)" if options["dry_run"] else f"written: version {outcome.model.version}"
        self.stdout.write(f"The model is {kept}.")
