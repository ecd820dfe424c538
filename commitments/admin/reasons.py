"""Why somebody says no: one of the usual reasons of a page by its number, or words of their own."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

#: As long as the record keeps one.
MAX_CHARACTERS = 300


def given(request: HttpRequest, usual: Sequence[str]) -> str:
    """The reason that came with a form; "" where none did."""
    chosen = request.POST.get("usual", "")
    number = int(chosen[:3]) if chosen.isdecimal() else 0
    if 1 <= number <= len(usual):
        return usual[number - 1]
    return request.POST.get("reason", "")[:MAX_CHARACTERS]
