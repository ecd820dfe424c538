from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from kombu.exceptions import OperationalError

from commitments.demo import record, releases
from commitments.demo.server import DemonstrationServer, serving
from commitments.imports import ImportRefused
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

    def handle(self, *args: Any, **options: Any) -> None:
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
        self.stdout.write(
            f"Loaded {count} demonstration commitments." if count else "The demonstration record is loaded already."
        )

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
            self.stdout.write(f"The source “{source}” publishes {len(server.documents) - 2} releases at {source.url}.")
            if not record.may_be_watched():
                self.stderr.write(
                    "The watch may not look at this machine: set FETCH_ALLOW_NETWORKS=127.0.0.0/8 where it runs."
                )
            self.stdout.flush()
            self._ring()
            stop.wait()

    def _ring(self) -> None:
        try:
            poll_due.delay()
        except OperationalError:
            self.stderr.write("The broker does not answer; a running schedule will find the source within a minute.")
