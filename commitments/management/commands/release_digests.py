from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.digests import brake
from commitments.models import Brake


class Command(BaseCommand):
    help = (
        "Say why the sending of digests was stopped, and with --by let it go on. "
        "Example: manage.py release_digests --by ann"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", metavar="NAME", help="who has looked and lets it go on: the name of an account")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        on = Brake.objects.on().first()
        released = on is not None and options["by"] is not None
        if released:
            brake.release(_account(options["by"]), timezone.now())
        if options["json"]:
            said = {"reason": on.reason, "pulled_at": on.pulled_at} if on else {}
            self.stdout.write(json.dumps({**said, "is_on": on is not None and not released}, default=str))
        elif on is None:
            self.stdout.write("The sending of digests is not stopped.")
        else:
            after = "It goes on from now." if released else "Let it go on with --by NAME."
            self.stdout.write(f"Stopped since {timezone.localtime(on.pulled_at):%Y-%m-%d %H:%M}. {on.reason} {after}")


def _account(name: str) -> User:
    account = User.objects.filter(username=name, is_active=True).first()
    if account is None:
        raise CommandError(f"There is no account “{name}”.")
    return account
