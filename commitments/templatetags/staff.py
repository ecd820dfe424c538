"""What the first page of the admin says."""

from __future__ import annotations

from typing import Any

from django import template

from commitments.linking import acceptance, versions
from commitments.models import LinkerSwitch

register = template.Library()


@register.simple_tag
def acceptance_of_suggestions() -> acceptance.Acceptance | None:
    """How many of the last suggestions were accepted, by score."""
    return acceptance.acceptance()


@register.simple_tag
def linker_in_use() -> dict[str, Any]:
    """The version of the linker in use, and the last switch if there was one."""
    switch = LinkerSwitch.objects.select_related("by", "version").first()
    return {"version": versions.in_use().version, "switch": switch}
