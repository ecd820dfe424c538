"""What the audit costs: the same work with the audit's triggers and without, in turns; the least of each counts.

usage: DATA_DIR=$(mktemp -d) python -m benchmarks.auditing [--commitments N] [--polls N] [--rounds N]

Works in the database of the settings, which should be an empty one, and takes back what it imports.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("FETCH_ALLOW_NETWORKS", "127.0.0.0/8")
os.environ.setdefault("FETCH_HOST_PAUSE_SECONDS", "0")
os.environ.setdefault("LOG_LEVEL", "ERROR")


class Feed(BaseHTTPRequestHandler):
    """One new item each time it is asked."""

    asked = 0

    def do_GET(self) -> None:
        Feed.asked += 1
        address = f"http://127.0.0.1/{Feed.asked}"
        text = f"The ministry planted {Feed.asked} trees. " * 40
        item = f"<item><title>Trees {Feed.asked}</title><link>{address}</link><description>{text}</description></item>"
        body = f'<rss version="2.0"><channel><title>Feed</title>{item}</channel></rss>'.encode()
        self.send_response(200 if self.path == "/feed" else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commitments", type=int, default=5_000)
    parser.add_argument("--polls", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    django.setup()

    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from benchmarks import material
    from commitments.audit import triggers
    from commitments.audit.acting import acting
    from commitments.bringing import import_rows
    from commitments.models import AuditEntry
    from tracker.models import Source
    from tracker.polling import poll

    call_command("migrate", verbosity=0)
    rows = material.RECORDS["different"](told.commitments)
    server = HTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    source = Source.objects.create(
        slug=f"bench-{os.getpid()}", name="Bench", kind="feed", url=f"http://127.0.0.1:{server.server_port}/feed"
    )
    entries = {}

    def an_import() -> None:
        with transaction.atomic(), acting("command import_commitments"):
            before = AuditEntry.objects.count()
            import_rows(rows)
            entries["import"] = AuditEntry.objects.count() - before
            transaction.set_rollback(True)

    def polls() -> None:
        with acting("task tracker.poll_source"):
            before = AuditEntry.objects.count()
            for _ in range(told.polls):
                poll(source, now=timezone.now(), force=True)
            entries["polls"] = AuditEntry.objects.count() - before

    def timed(work: Callable[[], None]) -> tuple[float, float]:
        wall, processor = time.perf_counter(), processor_time()
        work()
        return time.perf_counter() - wall, processor_time() - processor

    def processor_time() -> float:
        """Ours, and the server's for us where it is PostgreSQL on this machine."""
        server = 0.0
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                ours = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
            server = (int(ours[11]) + int(ours[12])) / os.sysconf("SC_CLK_TCK")
        return time.process_time() + server

    for name, work in (("import", an_import), ("polls", polls)):
        took: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for _ in range(told.rounds):
            for is_audited in (False, True):
                (triggers.install if is_audited else triggers.remove)("default")
                took[is_audited].append(timed(work))
        wall, processor = ([min(each[i] for each in took[kind]) for kind in (False, True)] for i in (0, 1))
        print(
            f"{connection.vendor} {name}: {wall[0]:.2f} s without, {wall[1]:.2f} s with the audit"
            f" (× {wall[1] / wall[0]:.2f}; processor × {processor[1] / processor[0]:.2f});"
            f" {entries[name]} entries"
        )
    triggers.install("default")
    server.shutdown()


if __name__ == "__main__":
    main()
