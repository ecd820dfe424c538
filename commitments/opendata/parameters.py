"""The query parameters of a list: its filters, its order, and which part of it."""

from __future__ import annotations

from collections.abc import Mapping

from .fields import TEXT, Schema, one_of
from .problems import bad_parameter
from .resource import LONGEST_PAGE, USUAL_PAGE, Resource


def parameters(resource: Resource) -> dict[str, tuple[Schema, str]]:
    """Schema and meaning of each, by name."""
    orders = "; ".join(f"{name}: {order.meaning}" for name, order in resource.orders.items())
    return {
        **{each.name: (each.schema, each.meaning) for each in resource.filters()},
        "sort": ({**one_of(resource.orders), "default": resource.default_order}, f"In which order. {orders}."),
        "limit": (
            {"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": USUAL_PAGE},
            "How many to give at once.",
        ),
        "cursor": (TEXT, "Where to go on, as the address in “next” has it. Do not make your own."),
    }


def limit(asked: Mapping[str, str]) -> int:
    """How many things were asked for. Problem for what is no such number."""
    text = asked.get("limit", str(USUAL_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LONGEST_PAGE):
        raise bad_parameter("limit", f"Write a whole number from 1 to {LONGEST_PAGE}, not “{text}”.")
    return int(text)
