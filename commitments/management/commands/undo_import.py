from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.bringing.undoing import UndoRefused, undo
from commitments.management.people import person
from commitments.models import Import


class Command(BaseCommand):
    help = (
        "Take a whole import back by further entries, unless somebody has built on it. Commitments that it made become "
        "drafts. Example: manage.py undo_import 12"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help="as import_commitments printed it")
        parser.add_argument("--by", metavar="USERNAME", help="who takes it back; evidence needs somebody")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        which = Import.objects.without_content().filter(pk=options["number"]).first()
        if which is None:
            raise CommandError(f"There is no import {options['number']}.")
        try:
            undo(which, person(options["by"]))
        except UndoRefused as error:
            raise CommandError(str(error)) from error
        said = f"Took back the import of {which.file_name}."
        self.stdout.write(json.dumps({"undone": which.pk}) if options["json"] else said)
