from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments import linking
from commitments.linking import ringing
from commitments.statistics import reading
from tracker import polling
from tracker.models import Source

#: What is said of a source that was not polled: it is paused, gone, asked to be left alone, or in other hands.
DECLINED = "declined"


class Command(BaseCommand):
    help = (
        "Look at sources now, in this process, store what is new and link it. "
        "Example: manage.py poll home-office-news --force"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="which sources; all that are watched unless named")
        parser.add_argument("--due", action="store_true", help="only those whose time has come")
        parser.add_argument(
            "--force", action="store_true", help="also those that are paused, gone, or asked to be left alone for now"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        results = []
        with ringing.silenced():
            for source in self._sources(options["slugs"], options["due"]):
                results.append(self._poll(source, force=options["force"], only_if_due=options["due"]))
                if not options["json"]:
                    self._say(results[-1])
            linked, read = linking.link_pending(), reading.read_pending()
        if options["json"]:
            self.stdout.write(json.dumps({"polls": results, "linking": vars(linked), "tables": vars(read)}))
        elif not results:
            self.stdout.write("No source is due." if options["due"] else "There is no source yet: see add_source.")
        else:
            failures = f", {linked.failed} could not be linked" if linked.failed else ""
            self.stdout.write(f"Linked {linked.linked} revisions: {linked.suggestions} new suggestions{failures}.")
            if read.editions:
                problems = f", {read.problems} not found where staff pointed" if read.problems else ""
                editions = "1 edition" if read.editions == 1 else f"{read.editions} editions"
                self.stdout.write(f"Read {editions} of tables: {read.figures} new or changed figures{problems}.")

    def _sources(self, slugs: list[str], due: bool) -> list[Source]:
        known = {source.slug: source for source in Source.objects.filter(slug__in=slugs)}
        unknown = [slug for slug in slugs if slug not in known]
        if unknown:
            there = ", ".join(Source.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No source is called {', '.join(unknown)}. There are: {there}.")
        if slugs:
            return [known[slug] for slug in slugs]
        return list(Source.objects.due(timezone.now()) if due else Source.objects.watched())

    def _poll(self, source: Source, *, force: bool, only_if_due: bool) -> dict[str, Any]:
        try:
            poll = polling.poll(source, now=timezone.now(), force=force, only_if_due=only_if_due)
        except polling.PollDeclined as declined:
            return {"source": source.slug, "outcome": DECLINED, "detail": str(declined), "new": 0, "revised": 0}
        return {
            "source": source.slug,
            "outcome": poll.outcome,
            "detail": poll.detail,
            "new": poll.new_releases,
            "revised": poll.new_revisions,
        }

    def _say(self, result: dict[str, Any]) -> None:
        counts = f"{result['new']} new, {result['revised']} revised"
        self.stdout.write(f"{result['source']}  {result['outcome']}  {counts}  {result['detail']}".rstrip())
