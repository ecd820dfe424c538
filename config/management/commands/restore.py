from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config.backup import Refused, restoring
from config.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Bring back what a backup holds, into a database and a data folder that hold nothing yet: all of it, or "
        "nothing. Either database takes a backup of either. Every hash is verified. "
        "Example: manage.py restore /backups/2026-12-01.pledgewatch --key key.txt"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what backup has written")
        parser.add_argument("--check", action="store_true", help="only verify the file; restore nothing")
        parser.add_argument(
            "--key",
            action="append",
            type=Path,
            default=[],
            metavar="FILE",
            help="the file with the private key, of age or SSH, if the backup is encrypted; may be given several times",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stderr)
        try:
            keys = [path.read_text() for path in options["key"]]
            if options["check"]:
                found = restoring.check(options["file"], keys)
            else:
                found = restoring.restore(options["file"], keys, tell=progress.tell)
        except Refused as error:
            raise CommandError(str(error)) from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"Nothing was restored: {error}") from error
        finally:
            progress.end()
        self._print(found, options)

    def _print(self, found: restoring.Found, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "restored": not options["check"],
                        "made_at": found.header["made_at"],
                        "database": found.header["database"],
                        "rows": found.rows,
                        "files": found.files,
                        "missing": found.manifest["missing"],
                        "tables": found.manifest["tables"],
                    }
                )
            )
            return
        what = f"{found.rows} rows of {len(found.digests)} tables and {found.files} files of the archive"
        done = "is whole" if options["check"] else "is restored, and read back as it was"
        self.stdout.write(f"{options['file']} of {found.header['made_at'][:16]} UTC {done}: {what}.")
        if missing := found.manifest["missing"]:
            self.stdout.write(f"{len(missing)} files were missing from the archive when it was made.")
        if found.secret_key and not options["check"]:
            self.stdout.write(
                "The secret key of the machine came along: links in mails still hold."
                if settings.SECRET_KEY_IS_THIS_MACHINES
                else "It was made with the secret key of its machine. Links in mails hold only if that key, secret_key "
                "in the file, is put into SECRET_KEY_FALLBACKS."
            )
