"""How long a spreadsheet of commitments takes to come in: reading, the preview, the record, and taking it all back.

usage: DATA_DIR=$(mktemp -d) python -m benchmarks.bringing [--rows N]

The sheet is a newsroom's (tests/commitments/newsroom.py), with more rows and none that is wrong. Works in the database
of the settings, which should be an empty one.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
#: What all of it may take together before somebody at a desk gives up, for 5,000 rows.
MARK_SECONDS = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bringing", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    told = parser.parse_args()
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from commitments.bringing import steps, undoing
    from tests.commitments import newsroom

    call_command("migrate", verbosity=0)
    body = newsroom.workbook(newsroom.good_rows(told.rows))
    editor = User.objects.create_superuser("edith")
    taken: dict[str, float] = {}
    with _timed(taken, "read"):
        which = steps.start("commitments", "Tracker.xlsx", body, editor)
    with _timed(taken, "preview"):
        steps.say_columns(which, {**which.mapping, **newsroom.SAID}, update=False, by=editor)
        steps.check(which)
    with _timed(taken, "bring in"):
        steps.decide(which, only_good=False)
        steps.bring_in(which)
    whole = sum(taken.values())
    with _timed(taken, "take back"):
        undoing.undo(which, editor)
    which.refresh_from_db()
    if which.state != which.State.UNDONE or steps.counts(which)["made"] != told.rows:
        raise SystemExit(f"Not as meant: {which.state}, {steps.counts(which)}")
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in taken.items())
    print(f"{connection.vendor}: {told.rows:,} rows in {whole:.1f} s (mark: {MARK_SECONDS:.0f} s for 5,000): {parts}")


@contextmanager
def _timed(taken: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    taken[name] = time.perf_counter() - started


if __name__ == "__main__":
    main()
