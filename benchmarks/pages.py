"""How long public pages take on a large record, and how many of them a second are served when they are kept.

usage: DATABASE_URL=… DATA_DIR=$(mktemp -d) python -m benchmarks.pages [--commitments N] [--evidence N] [--requests N]

Fills the database of the settings when it is empty, and leaves it filled. Times are of the server alone: the whole of
Django, the query and the template, in one process, nothing kept from the request before; processor time beside it,
with what PostgreSQL used on average, and a page that asks the database nothing, because other work on the machine
lengthens all of it.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

#: Seconds of asking, and how often the pages take turns, where the rate is measured.
RATE_SECONDS = 1.0
ROUNDS = 9
PORT = 8_791


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commitments", type=int, default=10_000)
    parser.add_argument("--evidence", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=60, help="of each page")
    parser.add_argument("--no-rate", action="store_true", help="leave out how many pages a second are served")
    options = parser.parse_args()
    django.setup()
    _fill(options.commitments, options.evidence)
    _cold()
    _times(options.requests)
    for times in (1, 10):
        _grown(times)
    if not options.no_rate:
        _rates()


def _fill(commitments: int, evidence: int) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from benchmarks import pages_record
    from commitments.models import Commitment

    call_command("migrate", verbosity=0)
    if not Commitment.objects.exists():
        began = time.perf_counter()
        pages_record.fill(commitments, evidence, timezone.localdate())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"Filled in {time.perf_counter() - began:.0f} s.")
    print(f"{connection.vendor}, {Commitment.objects.count():,} commitments")


def _cold() -> None:
    """How long a process needs until it can answer, once."""
    from django.utils import timezone

    from commitments.search import copies

    today = timezone.localdate()
    steps: Sequence[tuple[str, Callable[[copies.Copies], object]]] = (
        ("listing", lambda held: held.listing(today)),
        ("commitments", lambda held: held.commitments(today)),
    )
    for name, step in steps:
        began, processor = time.perf_counter(), time.process_time()
        step(copies.follow())
        took, busy = time.perf_counter() - began, time.process_time() - processor
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"  copy of {name:12} read in {took:6.2f} s ({busy:.2f} s of processor), {memory} MB in all")
    copies.warm(today)  # what a server does besides


def _pages() -> Iterator[tuple[str, list[str]]]:
    from commitments.models import Commitment, Department, Evidence

    chance = random.Random(1)
    slugs = list(Commitment.objects.values_list("slug", flat=True).order_by("pk")[:2_000])
    titles = list(Commitment.objects.values_list("title", flat=True).order_by("pk")[:2_000])
    quotes = list(Evidence.objects.values_list("quote", flat=True).order_by("pk")[:2_000])
    departments = list(Department.objects.values_list("slug", flat=True))
    words = [word for title in titles for word in title.split() if len(word) > 4 and word.isalpha()]
    typos = [word[:2] + word[3] + word[2] + word[4:] for word in words if len(word) > 6]

    def some(make: Callable[[], str]) -> list[str]:
        return [make() for _ in range(200)]

    yield "a page without the record", ["/healthz"]
    yield "home", ["/"]
    yield "list", ["/commitments/", "/commitments/?page=3", "/commitments/?sort=title", "/commitments/?sort=deadline"]
    yield (
        "filtered list",
        some(lambda: f"/commitments/?department={chance.choice(departments)}&timing=overdue&status=off_track"),
    )
    yield "list, one word", some(lambda: f"/commitments/?q={chance.choice(words)}")
    yield "list, two words", some(lambda: f"/commitments/?q={chance.choice(words)}+{chance.choice(words)}")
    yield "list, commonest word", ["/commitments/?q=people", "/commitments/?q=government&timing=overdue"]
    yield "list, a slip", some(lambda: f"/commitments/?q={chance.choice(typos)}")
    yield "list, a phrase", some(lambda: "/commitments/?q=%22" + "+".join(chance.choice(titles).split()[:2]) + "%22")
    yield "search, commonest word", ["/search/?q=people", "/search/?q=people&in=releases"]
    yield "search evidence", some(lambda: "/search/?q=" + "+".join(chance.choice(quotes).split()[2:4]))
    yield "search releases", some(lambda: f"/search/?in=releases&q={chance.choice(words)}")
    yield "commitment, crowded", [f"/commitments/{slugs[0]}/"]
    yield "its evidence", [f"/commitments/{slugs[0]}/evidence/?page=9", f"/commitments/{slugs[0]}/evidence/"]
    yield "commitment", some(lambda: f"/commitments/{chance.choice(slugs)}/")


def _times(requests: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from commitments.views import kept

    client = Client(headers={"host": "127.0.0.1"})
    heads = f"{'page':22} {'p50':>7} {'p95':>7} {'most':>7}  {'processor p95':>13} {'database':>9}"
    print(f"  {heads}  {'queries':>8} {'kB':>5}")
    for name, addresses in _pages():
        for address in addresses[:2]:
            client.get(address)
        taken, busy, queries, size = [], [], set(), 0
        database = _database_seconds()
        for number in range(requests):
            kept.forget()
            address = addresses[number % len(addresses)]
            began, processor = time.perf_counter(), time.process_time()
            response = client.get(address)
            taken.append(1000 * (time.perf_counter() - began))
            busy.append(1000 * (time.process_time() - processor))
            assert response.status_code == 200, (address, response.status_code)
            size = max(size, len(response.content) // 1024)
        database = 1000 * (_database_seconds() - database) / requests
        for address in addresses[:6]:
            kept.forget()
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            queries.add(len(captured))
        p95, processor_p95 = quantiles(taken, n=20)[-1], quantiles(busy, n=20)[-1]
        most = f"{min(queries)}" if len(queries) == 1 else f"{min(queries)} to {max(queries)}"
        print(
            f"  {name:22} {median(taken):7.1f} {p95:7.1f} {max(taken):7.1f}  {processor_p95:13.1f} {database:9.1f}  "
            f"{most:>8} {size:5}"
        )


def _database_seconds() -> float:
    """Of processor that PostgreSQL's own process for this one has used, where it is on this machine; else nought."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not process.exists():
        return 0.0
    ticks = process.read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _grown(times: int) -> None:
    """What of a search grows with the record, done with so many times the commitments: all but the rows of one page."""
    import numpy as np
    from django.utils import timezone

    from commitments.search import copies, synonyms
    from commitments.search.index import Index, Text
    from commitments.search.listing import DIMENSIONS, Listing
    from commitments.search.understanding import understand

    today = timezone.localdate()
    held = copies.follow()
    listing = held.listing(today)
    rows = np.concatenate([listing.rows] * times)
    rows["key"] = np.arange(len(rows))
    grown = Listing(today, rows)
    texts = list(held.texts_of_commitments(today))
    index = Index.of(Text(at, at, *texts[at % len(texts)][2:]) for at in range(len(texts) * times))
    words = [word for text in texts[:400] for word in text.fields[0][1].split() if len(word) > 4 and word.isalpha()]
    queries = ["people", "government", *words[:40], *(" ".join(words[at : at + 2]) for at in range(0, 80, 2))]
    taken, busy, most = [], [], 0
    for query in queries:
        began, processor = time.perf_counter(), time.process_time()
        found = index.find(understand(query, index, (synonyms.usual(), held.names)).groups)
        places = grown.places(found.keys)
        places = places[grown.public()[places]]
        for name in DIMENSIONS:
            grown.counts(places, name)
        found.where(np.isin(found.keys, rows["key"][places])).best_first()
        taken.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - processor))
        most = max(most, len(places))
    p95, busy_p95 = quantiles(taken, n=20)[-1], quantiles(busy, n=20)[-1]
    print(
        f"  finding, counting and ranking among {len(rows):,}: p50 {median(taken):.1f} ms, p95 {p95:.1f} ms, "
        f"processor p95 {busy_p95:.1f} ms, up to {most:,} found"
    )


def _rates() -> None:
    """Pages a second of one gunicorn worker, in turns with a view that does nothing."""
    command = [sys.executable, "-m", "gunicorn", "benchmarks.bare:application", "--bind", f"127.0.0.1:{PORT}"]
    server = subprocess.Popen([*command, "--log-level", "error", "--timeout", "300"])
    try:
        addresses = ["/bare", "/", "/commitments/", "/commitments/?q=people"]
        for address in addresses:
            _wait_for(address)
        rates: dict[str, list[float]] = {address: [] for address in addresses}
        for _ in range(ROUNDS):
            for address in addresses:
                rates[address].append(_rate(address))
        bare = median(rates["/bare"])
        for address in addresses:
            print(
                f"  {address:24} {median(rates[address]):7.0f} a second, {median(rates[address]) / bare:4.0%} of bare"
            )
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            _ask(address)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The server did not start.")


def _rate(address: str) -> float:
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < RATE_SECONDS:
        _ask(address)
        count += 1
    return count / (time.perf_counter() - began)


def _ask(address: str) -> None:
    with socket.create_connection(("127.0.0.1", PORT), timeout=120) as connection:
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        first = connection.recv(65_536)
        assert first.startswith(b"HTTP/1.1 200"), first[:100]
        while connection.recv(65_536):
            pass


if __name__ == "__main__":
    main()
