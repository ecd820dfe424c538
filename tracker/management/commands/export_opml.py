from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tracker.models import Source
from tracker.opml import write_opml


class Command(BaseCommand):
    help = (
        "Print the sources that are watched as OPML, which feed readers and import_opml take. "
        "Example: manage.py export_opml > sources.opml"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that are ended or gone")
        parser.add_argument("--json", action="store_true", help="print JSON Lines instead")

    def handle(self, *args: Any, **options: Any) -> None:
        sources = Source.objects.on_the_web() if options["all"] else Source.objects.listed()
        if options["json"]:
            for source in sources:
                self.stdout.write(json.dumps(_as_json(source), ensure_ascii=False))
        else:
            self.stdout.write(write_opml(sources, "Sources", timezone.now()).decode().rstrip("\n"))


def _as_json(source: Source) -> dict[str, Any]:
    return {
        "slug": source.slug,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "publisher": source.publisher,
        "voice": source.voice,
        "options": source.options,
        "interval_minutes": source.fixed_interval_minutes,
        "state": source.state,
    }
