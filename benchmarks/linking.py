"""How long it takes to link a release, and how much memory, beside plain ways of comparing it with a record.

Each record is made in a database of its own and each measurement in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ("different", "alike")
LINKER = "Pledgewatch"
PEERS = {"tf_idf": "TF-IDF (scikit-learn)", "bm25": "BM25 (bm25s)"}
#: What the linker promises with so many commitments on record, on a machine that does nothing else.
MARKED_SIZE = 10_000
MARKS = {"p95 ms": 50.0, "memory MB": 120.0, "start-up s": 1.0}
#: What it promises with any number of them.
CANDIDATES_MARK = {"candidates p95 ms": 10.0}
COLUMNS = (
    "p50 ms",
    "p95 ms",
    "cpu p50 ms",
    "cpu p95 ms",
    "candidates p95 ms",
    "memory MB",
    "start-up s",
    "suggestions",
)

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000], help="commitments on record")
    parser.add_argument("--records", choices=RECORDS, nargs="+", default=RECORDS, help="what the commitments are like")
    parser.add_argument("--releases", type=int, default=90, help="releases to link (default 90)")
    parser.add_argument("--short", action="store_true", help="1,000 commitments and 20 releases: under a minute")
    parser.add_argument("--long", action="store_true", help="100,000 commitments too; takes many minutes")
    parser.add_argument("--without-peers", action="store_true", help="the linker alone")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help="say whether the marks hold; exit 1 where one does not")
    arguments = parser.parse_args()
    sizes, releases = ([1_000], 20) if arguments.short else (arguments.sizes, arguments.releases)
    if arguments.long:
        sizes = [*sizes, 100_000]
    ways = ["linker", *([] if arguments.without_peers else PEERS)]
    rows: list[Row] = []
    for record in arguments.records:
        for size in sizes:
            measured = _measure(record, size, releases, ways)
            rows += measured
            if not arguments.json:
                _print(measured)
    if arguments.json:
        print(json.dumps(rows, indent=1))
    if arguments.check and not _marks_hold(rows):
        sys.exit(1)


def _measure(record: str, size: int, releases: int, ways: list[str]) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:

        def run(task: str) -> Row:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.linking_tasks", task, record, str(size), str(releases)],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DATA_DIR": folder,
                    "DATABASE_URL": f"sqlite:///{folder}/record.sqlite3",
                    "BENCHMARK_BEGAN": str(time.monotonic()),
                },
                stdout=subprocess.PIPE,
                check=True,
            )
            return dict(json.loads(done.stdout))

        run("prepare")
        about = {"record": record, "commitments": size}
        return [{**about, "linker": PEERS.get(way, LINKER), **run(way)} for way in ways]


def _print(rows: list[Row]) -> None:
    ours = rows[0]
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    print(f"\n{ours['commitments']:,} commitments, {ours['record']}; {load}")
    print(f"{'':24}" + "".join(f"{name:>20}" for name in COLUMNS))
    for row in rows:
        print(f"{row['linker']:24}" + "".join(f"{row.get(name, ''):>20}" for name in COLUMNS))
    for row in rows[1:]:
        ratios = (f"{name} {ours[name] / row[name]:.2f}" for name in ("p50 ms", "p95 ms", "memory MB") if row.get(name))
        print(f"{LINKER} beside {row['linker']}: {', '.join(ratios)}", flush=True)


def _marks_hold(rows: list[Row]) -> bool:
    hold = True
    for row in rows:
        if row["linker"] != LINKER:
            continue
        marks = {**(MARKS if row["commitments"] == MARKED_SIZE else {}), **CANDIDATES_MARK}
        for name, most in marks.items():
            holds = row[name] <= most
            hold &= holds
            said = "holds" if holds else "DOES NOT HOLD"
            print(f"{row['commitments']:,} {row['record']}: {name} {row[name]} (at most {most:g}) {said}")
    return hold


if __name__ == "__main__":
    main()
