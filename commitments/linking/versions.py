"""Which version of the linker's model is in use. The base comes with the program; others are in the database."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.contrib.auth.models import User

from commitments.linking.model import Model, shipped
from commitments.models import LinkerSwitch, LinkerVersion

BASE = "base"


class SwitchRefused(ValueError):
    """That version must not come into use; the message says why."""


def in_use() -> Model:
    """The model in use, in every process alike: one query, and a parsed model is kept.

    A correction of another base than the one shipped now, as after an upgrade, is left alone until it is made anew.
    """
    row = LinkerSwitch.objects.order_by("-pk").values_list("version__base", "version_id", "version__made_at").first()
    if row is None or row[0] != shipped().version:
        return shipped()
    return _parsed(row[1], row[2])


@lru_cache(maxsize=4)
def _parsed(key: int, made_at: dt.datetime) -> Model:
    """Versions never change, so neither does what is kept here; their time tells those of two databases apart."""
    return Model.from_json(LinkerVersion.objects.values_list("values", flat=True).get(pk=key))


def use(version: LinkerVersion | None, by: User | None, reason: str) -> LinkerSwitch:
    """Bring a version into use; None is the base version. Raises SwitchRefused."""
    if not reason.strip():
        raise SwitchRefused("Say why: who comes after you will ask.")
    if version is not None and version.refused:
        raise SwitchRefused(f"Version {version.name} was refused: {version.refused}")
    if version is not None and version.base != shipped().version:
        raise SwitchRefused(
            f"Version {version.name} corrects the base version {version.base}, but {shipped().version} is shipped now. "
            "Learn from the decisions anew."
        )
    name = version.name if version else shipped().version
    if name == in_use().version:
        raise SwitchRefused(f"Version {name} is in use already.")
    return LinkerSwitch.objects.create(version=version, by=by, reason=reason.strip())


def by_name(name: str) -> LinkerVersion | None:
    """The version of that name, None for the base version. Raises SwitchRefused where there is none."""
    if name == shipped().version or name == BASE:
        return None
    version = LinkerVersion.objects.filter(name=name).first()
    if version is None:
        raise SwitchRefused(f"There is no version “{name}”.")
    return version
