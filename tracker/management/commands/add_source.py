"""Add a source to the watch, after a trial look at it."""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from tracker import trial
from tracker.models import Republish, Source, Voice
from tracker.trial import Trial, TrialFailed

SHOWN_ENTRIES = 10


class Command(BaseCommand):
    help = """Add a source to the watch. It is looked at once and shown what would be taken from it.
A feed may also be named by the address of a web page that names its feeds.

Example:
  manage.py add_source feed https://www.gov.uk/search/news-and-communications.atom?organisations[]=home-office \\
      --name "Home Office news" --publisher "Home Office" --interval 30
  manage.py add_source feed https://www.example.org/news --name "Example news" --options '{"full_text": true}'
  manage.py add_source govuk https://www.gov.uk/government/organisations/home-office \\
      --name "Home Office" --options '{"document_types": ["press_release", "speech", "policy_paper"]}'
  manage.py add_source parliament https://questions-statements.parliament.uk/written-questions \\
      --name "Answers of the Home Office" --voice parliament --options '{"body": 1}'"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=f"one of: {', '.join(Source.Kind.values)}")
        parser.add_argument("url", metavar="URL", help="the address to watch")
        parser.add_argument("--name", required=True, help="what to call it; its slug is made from this")
        parser.add_argument("--publisher", default="", help="who publishes there, for display")
        parser.add_argument("--voice", default=Voice.OFFICIAL, help=f"whose account: {', '.join(Voice.values)}")
        parser.add_argument(
            "--republish",
            help="what the public may see of its texts: full, or quotes (short ones with a link). Full for government "
            "and Parliament where their licence is known from the address, quotes for all others, unless given",
        )
        parser.add_argument("--interval", type=int, metavar="MIN", help="look every MIN minutes, instead of adapting")
        parser.add_argument("--options", default="{}", metavar="JSON", help="settings of the kind, a JSON object")
        parser.add_argument("--no-check", action="store_true", help="add it without a trial look")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        source = _source(options)
        shown = None if options["no_check"] else _trial(source)
        if shown and shown.problem:
            self.stderr.write(shown.problem)
        source.save()
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(source, shown), ensure_ascii=False))
        else:
            self.stdout.write(_as_table(source, shown))


def _source(options: dict[str, Any]) -> Source:
    name = options["name"].strip()
    slug = slugify(name)[:120]
    if not slug:
        raise CommandError(f"The name {name!r} has no letter or digit to make a slug of.")
    for column in Source._meta.fields:
        given = options.get(column.name)
        if column.max_length and isinstance(given, str) and len(given) > column.max_length:
            raise CommandError(f"The {column.name} has {len(given)} characters; at most {column.max_length} are kept.")
    if taken := Source.objects.filter(Q(slug=slug) | Q(name=name)).first():
        raise CommandError(f"There is a source of that name already: {taken.name} ({taken.slug}).")
    if options["kind"] not in Source.Kind.values:
        raise CommandError(f"There is no kind “{options['kind']}”. Kinds: {', '.join(Source.Kind.values)}.")
    if options["voice"] not in Voice.values:
        raise CommandError(f"There is no voice “{options['voice']}”. Voices: {', '.join(Voice.values)}.")
    republish = options["republish"] or Republish.usual(options["voice"], options["url"])
    if republish not in Republish.values:
        raise CommandError(f"There is no --republish “{republish}”. It is one of: {', '.join(Republish.values)}.")
    if options["interval"] is not None and options["interval"] < 1:
        raise CommandError("--interval is in minutes and at least 1.")
    try:
        kind_options = json.loads(options["options"])
    except ValueError as error:
        raise CommandError(f"--options is not JSON: {error}.") from error
    if not isinstance(kind_options, dict):
        raise CommandError('--options must be a JSON object, such as \'{"select": "main"}\'.')
    source = Source(
        slug=slug,
        name=name,
        kind=options["kind"],
        url=options["url"],
        publisher=options["publisher"],
        voice=options["voice"],
        republish=republish,
        fixed_interval_minutes=options["interval"],
        options=kind_options,
        next_due_at=timezone.now(),
    )
    try:
        trial.check(source)
    except TrialFailed as error:
        raise CommandError(str(error)) from error
    return source


def _trial(source: Source) -> Trial:
    try:
        return trial.look(source)
    except TrialFailed as error:
        raise CommandError(f"Not added: {error}") from error


def _as_json(source: Source, shown: Trial | None) -> dict[str, Any]:
    return {
        "slug": source.slug,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "publisher": source.publisher,
        "voice": source.voice,
        "republish": source.republish,
        "licence": source.licence.name,
        "interval_minutes": source.fixed_interval_minutes,
        "options": source.options,
        "feeds": [{"url": feed.url, "title": feed.title} for feed in shown.feeds] if shown else [],
        "entries": None
        if shown is None
        else [
            {
                "title": entry.title,
                "url": entry.url,
                "published": entry.published_at.isoformat() if entry.published_at else None,
                "words": len(entry.text.split()),
                "complete": entry.complete,
            }
            for entry in shown.entries
        ],
    }


def _as_table(source: Source, shown: Trial | None) -> str:
    lines = [f"Added {source.name} ({source.slug}): {source.get_kind_display()} at {source.url}"]
    lines.append(f"The public sees its texts as {source.get_republish_display()} ({source.licence.name}).")
    if shown is None:
        return "\n".join([*lines, "Not looked at yet (--no-check)."])
    entries = shown.entries
    if shown.feeds:
        lines.append(shown.found)
    if len(shown.feeds) > 1:
        lines += ["The others:", *(f"  {feed.url}  {feed.title}" for feed in shown.feeds[1:])]
    if not entries:
        return "\n".join([*lines, "It holds no items now."])
    lines.append(f"{len(entries)} items now{f', the first {SHOWN_ENTRIES}' if len(entries) > SHOWN_ENTRIES else ''}:")
    for entry in entries[:SHOWN_ENTRIES]:
        published = f"{entry.published_at:%Y-%m-%d}" if entry.published_at else "no date   "
        length = f"{len(entry.text.split()):>5} words" if entry.complete else "    extract"
        lines.append(f"  {published}  {length}  {entry.title}")
    return "\n".join(lines)
