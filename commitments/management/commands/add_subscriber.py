from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.digests import render, scope, signup
from commitments.digests.outgoing import DeliveryUnknown, NotSent
from commitments.models import Subscriber


class Command(BaseCommand):
    help = (
        "Put an address on the list of subscribers, or ask it to confirm. "
        "Example: manage.py add_subscriber jo@example.org --frequency weekly --scope department:home-office"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument(
            "--frequency", choices=Subscriber.Frequency.values, default=Subscriber.Frequency.DAILY.value
        )
        parser.add_argument(
            "--scope",
            default=scope.ALL,
            metavar="S",
            help="all, department:SLUG, area:SLUG, administration:SLUG, commitment:SLUG or search:WORDS "
            "(default: all); added to what the address gets already",
        )
        parser.add_argument(
            "--confirmed", action="store_true", help="they have agreed already: send no confirmation mail"
        )
        parser.add_argument("--json", action="store_true", help="print the subscriber as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            email = signup.address(options["email"])
            wanted = str(scope.find(options["scope"])[0])
            add = signup.add_confirmed if options["confirmed"] else signup.ask_by_staff
            subscriber = add(email, options["frequency"], wanted)
        except (
            *(signup.MalformedAddress, scope.UnknownScope, signup.HasLeft, signup.IsSuppressed),
            *(NotSent, DeliveryUnknown),
        ) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            fields = ("email", "state", "frequency")
            self.stdout.write(json.dumps({field: getattr(subscriber, field) for field in fields} | {"scope": wanted}))
        elif options["confirmed"]:
            covered = render.subscriptions_in_words(subscriber)
            self.stdout.write(f"{subscriber.email} gets mail {subscriber.get_frequency_display()} of {covered}.")
        else:
            self.stdout.write(f"{subscriber.email} was sent a mail that asks for confirmation.")
