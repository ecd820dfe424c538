from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tracker.models import Voice
from tracker.opml import NotOpml, Planned, Verdict, add, plan, read_opml


class Command(BaseCommand):
    help = (
        "Add the sources that an OPML file names, as feed readers export it; those that are watched already are "
        "left as they are. Example: manage.py import_opml feeds.opml --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the OPML file")
        parser.add_argument("--dry-run", action="store_true", help="say what would be added, and add nothing")
        parser.add_argument(
            "--voice", default=Voice.OFFICIAL, choices=Voice.values, help="whose account those are that name none"
        )
        parser.add_argument("--no-folders", action="store_true", help="folders are topics, and name no publisher")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outlines = read_opml(Path(options["file"]).read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except NotOpml as error:
            raise CommandError(str(error)) from error
        planned = plan(outlines, timezone.now(), voice=options["voice"], folders=not options["no_folders"])
        if not options["dry_run"]:
            add(planned)
        if options["json"]:
            self.stdout.write(
                json.dumps({"dry_run": options["dry_run"], "outlines": [_as_json(each) for each in planned]})
            )
        else:
            self._print(planned, options["dry_run"])
        if refused := sum(each.verdict == Verdict.REFUSED for each in planned):
            raise CommandError(f"{refused} of {len(planned)} sources in the file cannot be taken.")

    def _print(self, planned: list[Planned], dry_run: bool) -> None:
        for each in planned:
            said = each.reason or each.outline.url
            self.stdout.write(f"{each.verdict:<8}  {each.outline.name}  {said}")
        counts = Counter(each.verdict for each in planned)
        verb = "would be added" if dry_run else "added"
        self.stdout.write(f"{counts[Verdict.NEW]} {verb}, {counts[Verdict.KNOWN]} watched already.")


def _as_json(each: Planned) -> dict[str, Any]:
    return {
        "verdict": str(each.verdict),
        "name": each.outline.name,
        "url": each.outline.url,
        "kind": each.outline.kind,
        "slug": each.source.slug if each.source else None,
        "publisher": each.source.publisher if each.source else each.outline.publisher,
        "reason": each.reason,
    }
