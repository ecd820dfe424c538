"""What the API lists, by name."""

from __future__ import annotations

from ..resource import Resource
from .changes import Changes
from .commitments import Commitments
from .evidence import Pieces
from .measurements import Measurements
from .names import Administrations, Areas, Departments
from .releases import Releases
from .sources import Sources

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        Commitments(),
        Pieces(),
        Measurements(),
        Releases(),
        Sources(),
        Changes(),
        Departments(),
        Areas(),
        Administrations(),
    )
}
