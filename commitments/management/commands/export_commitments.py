from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commitments import exports


class Command(BaseCommand):
    help = (
        "Print every commitment as JSON Lines that import_commitments takes back. "
        "Example: manage.py export_commitments > record.jsonl"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="accepted for symmetry: the output is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        for row in exports.commitments():
            self.stdout.write(json.dumps(row, ensure_ascii=False))
