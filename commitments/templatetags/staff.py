"""What the first page of the admin says."""

from __future__ import annotations

from django import template

from commitments.models import Evidence

register = template.Library()


@register.simple_tag
def suggestions_waiting() -> int:
    """How many pieces of evidence wait for a decision."""
    return Evidence.objects.suggested().count()
