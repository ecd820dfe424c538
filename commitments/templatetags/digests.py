"""The sentences of a digest, the same in its text and its HTML part."""

from __future__ import annotations

import datetime as dt

from django import template

from commitments.digests.build import ChangeLine, DueLine

register = template.Library()


@register.filter
def plain_day(value: dt.date) -> str:
    """ "Monday 30 June 2025"."""
    return f"{value:%A} {_day(value)}"


@register.filter
def overdue_by(line: DueLine) -> str:
    """ "12 days late: was due by 18 June 2025 (“by early summer”). Status: In progress."."""
    return f"{_days(line.days)} late: was due by {_day(line.due_by)}{_words(line)}. {_standing(line)}"


@register.filter
def due_in(line: DueLine) -> str:
    """ "Due in 3 days, by 3 July 2025 (“within a year”). Status: In progress."."""
    when = "Due today" if line.days == 0 else f"Due in {_days(line.days)}"
    return f"{when}, by {_day(line.due_by)}{_words(line)}. {_standing(line)}"


@register.filter
def change(line: ChangeLine) -> str:
    """ "Off track, from 1 May 2025 (before: In progress)"."""
    before = f" (before: {line.status_before})" if line.status_before else ""
    if line.is_correction:
        before = f" (we had wrongly said: {line.status_before})"
    return f"{line.status}, from {_day(line.holds_from)}{before}"


def _standing(line: DueLine) -> str:
    return f"Status: {line.status}." + (f" Owed by {line.owner}." if line.owner else "")


def _words(line: DueLine) -> str:
    return f" (“{line.deadline_text}”)" if line.deadline_text else ""


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _day(value: dt.date) -> str:
    return f"{value.day} {value:%B %Y}"
