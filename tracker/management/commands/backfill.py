"""Fetch the past of a source."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tracker.backfilling import BackfillDeclined, Progress, backfill
from tracker.models import Source

#: How often the taking in is told of, in items.
TOLD_EVERY = 50


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date like 2024-07-05") from None


class Command(BaseCommand):
    help = """Walk back through the pages of a source to a day, and take what they held into the record, oldest first.
Broken off, it goes on from there when it is run again. What it brings is linked by the workers, or by `poll`.

Example:
  manage.py backfill home-office-news --since 2024-07-05"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the source, by the slug of its name")
        parser.add_argument("--since", required=True, type=day, metavar="DATE", help="the day to go back to")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source.objects.filter(slug=options["slug"]).first()
        if source is None:
            there = ", ".join(Source.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No source is called {options['slug']}. There are: {there}.")
        if options["since"] > timezone.localdate():
            raise CommandError(f"--since {options['since']} is in the future.")
        told = (lambda progress: None) if options["json"] else self._tell
        try:
            progress = backfill(source, options["since"], timezone.now(), told)
        except BackfillDeclined as declined:
            raise CommandError(f"{source.slug} was not walked back: {declined}") from declined
        self.stdout.write(
            json.dumps(_as_json(source, progress), ensure_ascii=False)
            if options["json"]
            else _as_table(source, progress)
        )

    def _tell(self, progress: Progress) -> None:
        if not progress.remaining and not progress.new_releases:
            back_to = f", back to {progress.oldest}" if progress.oldest else ""
            self.stdout.write(f"  page {progress.pages}{back_to}: {progress.found} items found so far")
        elif progress.remaining and progress.remaining % TOLD_EVERY == 0:
            self.stdout.write(f"  {progress.remaining} items to be taken in")
        self.stdout.flush()


def _as_json(source: Source, progress: Progress) -> dict[str, Any]:
    return {
        "source": source.slug,
        "since": progress.since.isoformat(),
        "pages": progress.pages,
        "oldest": progress.oldest.isoformat() if progress.oldest else None,
        "found": progress.found,
        "known": progress.known,
        "older": progress.older,
        "new": progress.new_releases,
        "revised": progress.new_revisions,
        "remaining": progress.remaining,
        "finished": progress.finished,
        "detail": " ".join(progress.sentences),
    }


def _as_table(source: Source, progress: Progress) -> str:
    rows = [
        ("source", source.slug),
        ("since", progress.since),
        ("pages read", progress.pages),
        ("back to", progress.oldest or "no dates given"),
        ("items found", f"{progress.found}, besides {progress.known} known and {progress.older} older"),
        ("new releases", progress.new_releases),
        ("new revisions", progress.new_revisions),
        ("still to do", progress.remaining),
        ("finished", "yes" if progress.finished else "no"),
    ]
    return "\n".join([*(f"{name:<14} {value}" for name, value in rows), *progress.sentences])
