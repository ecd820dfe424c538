"""Moments in forms, which Django asks for in two boxes with one label."""

from __future__ import annotations

from django.forms import Field


def name_both_boxes(field: Field, name: str) -> None:
    """Let a screen reader say which box of a date-and-time field is the day and which the time."""
    for widget, part in zip(field.widget.widgets, ("day", "time"), strict=True):
        widget.attrs["aria-label"] = f"{name}, {part}"
