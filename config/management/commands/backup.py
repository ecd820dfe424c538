from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from config.backup import Refused, making
from config.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Write everything that is kept, database and archive, to one new file: as it is at one moment, while the site "
        "and the workers go on. The file has its name only when it is whole. "
        "Example: manage.py backup /backups/2026-12-01.pledgewatch --encrypt-to age1…"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the file to write, of a name that is free")
        parser.add_argument(
            "--encrypt-to",
            action="append",
            default=[],
            metavar="KEY",
            help="encrypt it to this public key, of age (age1…) or SSH (ssh-ed25519 …); may be given several times",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        progress = Progress(self.stderr)
        try:
            made = making.make(path, options["encrypt_to"], tell=progress.tell)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error}. There is no {path}.") from error
        finally:
            progress.end()
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "file": str(path),
                        "bytes": path.stat().st_size,
                        "encrypted": bool(options["encrypt_to"]),
                        "rows": made.rows,
                        "files": made.files,
                        "missing": made.missing,
                        "tables": made.tables,
                    }
                )
            )
        else:
            size = filesizeformat(path.stat().st_size).replace("\xa0", " ")
            kept = f"{made.rows} rows of {len(made.tables)} tables and {made.files} files of the archive"
            self.stdout.write(f"{path}: {kept}, in {size}{', encrypted' if options['encrypt_to'] else ''}.")
        if made.missing:
            raise CommandError(
                f"The backup is whole, but {len(made.missing)} files that the database names are missing from the "
                f"archive, such as {made.missing[0]}. verify_archive names all of them."
            )
