from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.linking import correcting, learning, linker, versions
from commitments.linking.labelled import UnreadableSet
from commitments.linking.model import FIRMNESS, SHIPPED, shipped


class Command(BaseCommand):
    help = (
        "Learn from staff's decisions, print how good the linker was and is, and use the new version if it is nowhere "
        "worse. Example: manage.py train_linker --from-decisions --relink"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--from-decisions", action="store_true", help="correct the base version by staff's decisions")
        what.add_argument("--use", metavar="VERSION", help="go to a version that was made before (base: as shipped)")
        what.add_argument(
            "--from",
            dest="folders",
            type=Path,
            action="append",
            metavar="DIR",
            help="for developers: fit a new base version to this labelled set (may be given several times)",
        )
        parser.add_argument("--reason", default="", help="with --use: why; it is kept")
        parser.add_argument("--relink", action="store_true", help="then score undecided suggestions by what is in use")
        parser.add_argument("--dry-run", action="store_true", help="with --from-decisions: print, but keep nothing")
        parser.add_argument("--ship", action="store_true", help="with --from: write it into the checkout as the base")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["from_decisions"] or options["use"] or options["folders"] or options["relink"]):
            raise CommandError("Say what to do: --from-decisions, --use VERSION, --relink or --from DIR.")
        printed: dict[str, Any] = {}
        try:
            if options["from_decisions"]:
                printed |= self._learn(options["dry_run"])
            elif options["use"]:
                versions.use(versions.by_name(options["use"]), None, options["reason"])
            elif options["folders"]:
                printed |= self._base(options["folders"], options["ship"] and not options["dry_run"])
        except (UnreadableSet, correcting.NothingToLearn, versions.SwitchRefused) as error:
            raise CommandError(str(error)) from error
        if not options["folders"]:
            printed["in use"] = versions.in_use().version
        if options["relink"]:
            if options["dry_run"]:
                raise CommandError("--relink changes suggestions; leave out --dry-run.")
            printed |= linker.relink_all().as_json()
        if options["json"]:
            self.stdout.write(json.dumps(printed, indent=2))
        else:
            self.stdout.write("\n".join(_for_people(printed)))

    def _learn(self, dry_run: bool) -> dict[str, Any]:
        command = f"train_linker --from-decisions{' --dry-run' * dry_run}"
        learnt, version = correcting.learn(timezone.now(), None, command, dry_run)
        return {
            "before": learnt.before.as_json(),
            "after": learnt.after.as_json(),
            "decisions": learnt.decisions,
            "weight of a decision": learnt.strength,
            "refused": learnt.refused,
            "version": version.name if version else "",
        }

    def _base(self, folders: list[Path], ship: bool) -> dict[str, Any]:
        outcome = learning.train(folders, shipped(), timezone.now())
        if ship:
            text = json.dumps(outcome.model.as_json(), indent=1, ensure_ascii=False)
            SHIPPED.write_text(f"{text}\n", encoding="utf-8")
            FIRMNESS.write_text(outcome.firmness.as_json(), encoding="utf-8")
            shipped.cache_clear()
        written = f"The base version is {outcome.model.version} now." if ship else "Nothing was written (no --ship)."
        return {"before": outcome.before, "after": outcome.after, "base": written}


def _for_people(printed: dict[str, Any]) -> list[str]:
    lines = []
    if "after" in printed:
        lines.append(f"{'':36}{'before':>8}{'after':>8}")
        lines += [f"{name:36}{printed['before'][name]:8.3f}{value:8.3f}" for name, value in printed["after"].items()]
    if "base" in printed:
        lines.append(printed["base"])
    if "decisions" in printed:
        lines.append(
            "Learnt from: " + ", ".join(f"{count} {name}" for name, count in printed["decisions"].items()) + "."
        )
        lines.append(f"A decision counts {printed['weight of a decision']:g} of a labelled pair.")
    if printed.get("refused"):
        kept = f", kept as {printed['version']}" if printed["version"] else ""
        lines.append(f"Refused{kept}, because it would be worse: {printed['refused']}.")
    elif "refused" in printed:
        lines.append(f"Kept as {printed['version']}." if printed["version"] else "Nothing was kept (--dry-run).")
    if "in use" in printed:
        lines.append(f"In use: version {printed['in use']}.")
    if "releases" in printed:
        lines.append(
            f"Undecided suggestions of {printed['releases']} releases: {printed['scored anew']} scored anew, "
            f"{printed['withdrawn']} withdrawn, {printed['new']} new."
        )
    return lines
