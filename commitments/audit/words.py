"""Entries of the audit as sentences: what was changed, from what to what, by whom and by which door."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst

from commitments.models import AuditEntry

from .audited import AUDITED

#: Longer texts are cut here; the export has all of them.
CHARACTERS_SHOWN = 600
NOTHING = "nothing"
OUTSIDE = "from outside the program"

#: Where the model's own name says little.
_CALLED = {
    "otp_totp.totpdevice": "app for codes",
    "otp_static.staticdevice": "set of recovery codes",
    "otp_static.statictoken": "recovery code",
}
_BY_LABEL = {audited.label.lower(): audited for audited in AUDITED}
#: Names of rows by label and key.
_Names = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Change:
    """One field. `before` and `after` are empty where only that it changed is known."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One entry in words. `what` is as in “Definition 12 added, of commitment “T-1””."""

    entry: AuditEntry
    who: str
    what: str
    changes: list[Change]


def told(entries: Sequence[AuditEntry], here: str = "") -> list[Told]:
    """All in words, with one query for each kind of row that they name.

    `here` is the row on whose page they stand, as in "commitments.commitment/12", which is not named again.
    """
    names = _names(entries)
    return [
        Told(
            entry,
            who=who(entry),
            what=_what(entry, here, names),
            changes=_changes(entry, names),
        )
        for entry in entries
    ]


def who(entry: AuditEntry) -> str:
    """“Jo Doe, admin”, “command poll”."""
    person = entry.person and (entry.person.get_full_name() or entry.person.get_username())
    return ", ".join(each for each in (person, entry.door or OUTSIDE) if each)


def kind(label: str) -> str:
    """What a row of a model is called."""
    if label in _CALLED:
        return _CALLED[label]
    try:
        model = apps.get_model(label)
    except LookupError:  # a model that is no more
        return label.partition(".")[2]
    if model._meta.auto_created:
        fields = model._meta.auto_created._meta.many_to_many
        return next(str(field.verbose_name) for field in fields if field.remote_field.through is model)
    return str(model._meta.verbose_name)


def _what(entry: AuditEntry, here: str, names: _Names) -> str:
    deed = entry.get_deed_display()
    if f"{entry.model}/{entry.key}" == here:
        return capfirst(deed)
    said = f"{capfirst(_thing(entry.model, entry.key, entry.name))} {deed}"
    if entry.part_of in ("", here):
        return said
    label, _, key = entry.part_of.rpartition("/")
    return f"{said}, of {_thing(label, key, names.get(label, {}).get(key, ''))}"


def _thing(label: str, key: str, name: str) -> str:
    return f"{kind(label)} “{name}”" if name else f"{kind(label)} {key}"


def _changes(entry: AuditEntry, names: _Names) -> list[Change]:
    """In the order of the model's fields. What a row is part of is said already, and nothing need not be said."""
    audited = _BY_LABEL.get(entry.model)
    order = [field.name for field in audited.fields] if audited else []
    said = audited.part_of if audited and entry.deed != AuditEntry.Deed.CHANGED else ""
    changed = sorted(set(entry.changes) - {said}, key=lambda name: order.index(name) if name in order else len(order))
    told = [_change(entry, name, entry.changes[name], names) for name in changed]
    return [change for change in told if not change.before == change.after == NOTHING]


def _change(entry: AuditEntry, name: str, pair: list[Any], names: _Names) -> Change:
    before, after = pair
    field = _field(entry.model, name)
    label = capfirst(str(field.verbose_name)) if field else name
    if before is None and after is None:
        return Change(label, "", "")
    return Change(label, _value(field, before, names), _value(field, after, names))


def _field(label: str, name: str) -> Any:
    """None for a field that is no more."""
    audited = _BY_LABEL.get(label)
    return next((field for field in audited.fields if field.name == name), None) if audited else None


def _value(field: Any, value: Any, names: _Names) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    if field is not None and field.is_relation:
        found = names.get(field.related_model._meta.label_lower, {}).get(str(value))
        return found or f"{field.related_model._meta.verbose_name} {value}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value) or value)
    if isinstance(field, models.DateTimeField):
        at = parse_datetime(value)
        return _moment(at) if at else str(value)
    if isinstance(field, models.DateField):
        return date_format(dt.date.fromisoformat(value), "j F Y")
    if isinstance(field, models.DecimalField):
        return f"{field.to_python(str(value)).normalize():f}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= CHARACTERS_SHOWN else f"{text[:CHARACTERS_SHOWN]} …"


def _moment(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")


def _names(entries: Sequence[AuditEntry]) -> _Names:
    """Names of all rows that the entries refer to, as they are called today."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        label, _, key = entry.part_of.rpartition("/")
        wanted[label].add(key)
        for name, pair in entry.changes.items():
            field = _field(entry.model, name)
            if field is not None and field.is_relation:
                wanted[field.related_model._meta.label_lower] |= {str(key) for key in pair if key is not None}
    names: _Names = {}
    for label, keys in wanted.items():
        audited = _BY_LABEL.get(label)
        if audited and audited.named:
            rows = audited.model._base_manager.filter(pk__in=keys).values_list("pk", audited.named)
            names[label] = {str(key): str(name) for key, name in rows}
    return names
