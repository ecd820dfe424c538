"""How to cite a commitment: with the day, and with the address of a version that stays as it is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from commitments.models import Commitment

from . import phrases

_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{letter: f"\\{letter}" for letter in "{}&%$#_"},
    }
)


@dataclass(frozen=True)
class Citation:
    """`version` counts the entries of the history of words and status up to now."""

    version: int
    address: str
    plain: str
    bibtex: str


def cite(commitment: Commitment, version: int, on: dt.date) -> Citation:
    address = f"{settings.BASE_URL}{reverse('version', args=[commitment.slug, version])}"
    name, title = settings.SITE_NAME, commitment.title
    fields = {
        "title": f"{{{title.translate(_BIBTEX)}}}",
        "author": f"{{{name.translate(_BIBTEX)}}}",
        "year": f"{on.year}",
        "month": f"{on.month}",
        "url": address,
        "urldate": on.isoformat(),
        "note": f"Commitment {commitment.reference}, version {version}".translate(_BIBTEX),
    }
    key = re.sub(r"[^A-Za-z0-9]+", "-", f"{name} {commitment.reference} {version}").strip("-").lower()
    lines = [f"  {field} = {{{value}}}," for field, value in fields.items()]
    return Citation(
        version=version,
        address=address,
        plain=f"{name}: “{title}”, {commitment.reference}, version {version}, as of {phrases.day(on)}. {address}",
        bibtex="\n".join([f"@misc{{{key},", *lines, "}"]),
    )
