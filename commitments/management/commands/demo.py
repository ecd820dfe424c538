from __future__ import annotations

import json
import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from kombu.exceptions import OperationalError

from commitments.bringing import ImportRefused
from commitments.demo import record, releases
from commitments.demo.server import DemonstrationServer, serving
from tracker.tasks import poll_due


class Command(BaseCommand):
    help = (
        "Load the demonstration record, unless it is loaded, and serve its demonstration source on loopback "
        "until stopped. What staff have changed stays. Example: manage.py demo --port 8001"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="port of the source (DEMO_PORT, or 8001)")
        parser.add_argument(
            "--load-only", "--no-serve", action="store_true", help="load the commitments and end; add no source"
        )
        parser.add_argument("--json", action="store_true", help="say it as JSON, one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options["json"]
        if options["load_only"]:
            self._load()
            return
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self._serve(settings.DEMO_PORT if options["port"] is None else options["port"], stop)

    def _load(self) -> None:
        try:
            count = record.load()
        except ImportRefused as error:
            raise CommandError(f"The demonstration record was not loaded.\n{error}") from error
        words = f"Loaded {count} demonstration commitments." if count else "The demonstration record is loaded already."
        self._say(words, {"loaded": count})

    def _serve(self, port: int, stop: Event) -> None:
        try:
            server = DemonstrationServer(releases.read(), port)
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used ({error}). Choose another: manage.py demo --port N"
            ) from error
        # The source is made due when it already answers, so that the first look at it succeeds.
        with serving(server):
            self._load()
            try:
                source = record.place_source(server.feed_url)
            except record.NotOurSource as error:
                raise CommandError(str(error)) from error
            published = len(server.documents) - 2
            self._say(
                f"The source “{source}” publishes {published} releases at {source.url}.",
                {"source": source.slug, "url": source.url, "releases": published},
            )
            if not record.may_be_watched():
                self.stderr.write(
                    "The watch may not look at this machine: set FETCH_ALLOW_NETWORKS=127.0.0.0/8 where it runs."
                )
            self.stdout.flush()
            self._ring()
            stop.wait()

    def _say(self, words: str, facts: dict[str, object]) -> None:
        self.stdout.write(json.dumps(facts) if self.as_json else words)

    def _ring(self) -> None:
        try:
            poll_due.delay()
        except OperationalError:
            self.stderr.write("The broker does not answer; a running schedule will find the source within a minute.")
