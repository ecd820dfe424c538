from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config.backup import Refused, moving, restoring
from config.backup.tables import LEFT_OUT, Proof
from config.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Copy every row of the SQLite in use into an empty PostgreSQL, and prove it: by table, the number of rows and "
        "a hash of all of them on both sides. The SQLite stays as it is; stop the site and the workers first. "
        "Example: manage.py migrate_to_postgres postgres://pledgewatch:…@db:5432/pledgewatch"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", metavar="URL", help="the PostgreSQL, as DATABASE_URL has it")
        parser.add_argument("--json", action="store_true", help="print the proof as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stderr)
        try:
            proofs = moving.to_postgres(options["url"], tell=progress.tell)
        except restoring.NotTheSame as error:
            progress.end()
            self._print(error.proofs, options)
            raise CommandError(str(error)) from error
        except Refused as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"Nothing was copied: {error}") from error
        finally:
            progress.end()
        self._print(proofs, options)

    def _print(self, proofs: list[Proof], options: dict[str, Any]) -> None:
        holds = all(proof.holds for proof in proofs)
        if options["json"]:
            tables = [{**dataclasses.asdict(proof), "same": proof.holds} for proof in proofs]
            self.stdout.write(json.dumps({"same": holds, "tables": tables, "left_out": LEFT_OUT}))
            return
        width = max(len(proof.table) for proof in proofs)
        for proof in proofs:
            same = "same" if proof.holds else "DIFFERENT"
            there = "" if proof.holds else f"  there {proof.rows_there} {proof.sha256_there}"
            self.stdout.write(f"{proof.table:<{width}}  {proof.rows:>9}  {proof.sha256}  {same}{there}")
        for table, why in LEFT_OUT.items():
            self.stdout.write(f"{table:<{width}}  not copied: {why}")
        if holds:
            rows = sum(proof.rows for proof in proofs)
            self.stdout.write(
                f"{rows} rows of {len(proofs)} tables are in PostgreSQL as they are in SQLite. Set DATABASE_URL to it, "
                "and start again."
            )
