"""What commitments and definitions share in a row: what was promised, by when, and how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from commitments import deadlines
from commitments.bringing.checking import Reading
from commitments.bringing.columns import Column
from commitments.models import Comparator, Deadline

WORDS = (
    Column("quote", "In their words", ("quotation", "exact words", "verbatim"), "We will plant a thousand trees."),
    Column(
        "quote_url", "Where they said it (address)", ("source", "source url", "link", "url", "address", "web address")
    ),
)
DEADLINE = (
    Column("deadline_text", "Deadline as worded", ("deadline", "due", "by when", "when"), "by the end of 2028"),
    Column("deadline_earliest", "Deadline, earliest day", ("deadline earliest", "earliest"), "2028-12-31"),
    Column(
        "deadline_latest",
        "Deadline, latest day",
        ("deadline latest", "deadline date", "due date"),
        "2028-12-31",
    ),
)
TARGET = (
    Column(
        "target_metric",
        "Target: what is counted",
        ("metric", "measure", "indicator"),
        "trees planted",
    ),
    Column("target_comparator", "Target: comparator", ("comparator", "direction"), "at least"),
    Column("target_value", "Target: value", ("target", "target number", "target figure", "value"), "1000"),
    Column("target_unit", "Target: unit", ("unit", "target units", "units"), "trees"),
    Column("baseline_value", "Baseline: value", ("baseline", "baseline figure", "baseline number"), "200"),
    Column("baseline_date", "Baseline: date", ("baseline day", "baseline on"), "2024-07-05"),
)
DEFINITION_FIELDS = tuple(
    column.name for column in (*WORDS, Column("quote_title", ""), *DEADLINE, *TARGET, Column("statement", ""))
)
_LONGEST = {"statement": 10_000, "quote": 10_000, "target_metric": 200, "target_unit": 60}


def read(reading: Reading) -> dict[str, Any]:
    """The fields of a definition, checked."""
    values: dict[str, Any] = {
        name: reading.text(name, _LONGEST.get(name, 300))
        for name in ("statement", "quote", "quote_title", "deadline_text", "target_metric", "target_unit")
    }
    values["quote_url"] = reading.address("quote_url")
    values |= {name: reading.date(name) for name in ("deadline_earliest", "deadline_latest", "baseline_date")}
    values |= {name: reading.number(name) for name in ("target_value", "baseline_value")}
    values["target_comparator"] = reading.choice("target_comparator", dict(Comparator.choices))
    reading.in_order("deadline_earliest", values["deadline_earliest"], values["deadline_latest"])
    if not values["target_metric"]:
        for column in ("target_value", "target_comparator", "target_unit", "baseline_value", "baseline_date"):
            if values[column]:
                reading.complain("target_metric", f"is empty although {column} is given; say what is counted")
                break
    elif not values["target_comparator"]:
        values["target_comparator"] = Comparator.AT_LEAST.value
    return values


def derive_deadline(values: dict[str, Any], said_on: dt.date) -> None:
    """Fill in the interval that follows from the words, where none is given."""
    if values["deadline_latest"] is None:
        parsed = deadlines.parse(values["deadline_text"], said_on)
        values["deadline_earliest"], values["deadline_latest"] = parsed.earliest, parsed.latest


def deadline_columns(
    words: str, earliest: dt.date | None, latest: dt.date | None, said_on: dt.date
) -> dict[str, object]:
    """All columns of a deadline: how it was derived as the words say where they agree with the dates."""
    parsed = deadlines.parse(words, said_on)
    dates = {"deadline_text": words, "deadline_earliest": earliest, "deadline_latest": latest}
    if (earliest, latest) == (parsed.earliest, parsed.latest):
        return {
            **dates,
            "deadline_precision": parsed.precision,
            "deadline_derivation": parsed.derivation,
            "deadline_is_stated": parsed.stated,
            "deadline_event": parsed.event,
            "not_before": parsed.not_before,
        }
    one_day = earliest is None or earliest == latest
    return {
        **dates,
        "deadline_precision": Deadline.Precision.DAY if one_day else Deadline.Precision.PERIOD,
        "deadline_derivation": "The dates were recorded with the words.",
        "deadline_is_stated": True,
        "deadline_event": "",
        "not_before": parsed.not_before,
    }


def definition_columns(values: Mapping[str, Any], said_on: dt.date) -> dict[str, Any]:
    """The columns of a Definition, without those that say whose, of what kind and from when it is."""
    return {
        **{name: values[name] for name in ("statement", "quote", "quote_url", "quote_title")},
        **deadline_columns(values["deadline_text"], values["deadline_earliest"], values["deadline_latest"], said_on),
    }


def target_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a Target, without its series."""
    return {
        "comparator": values["target_comparator"],
        "value": values["target_value"],
        "unit": values["target_unit"],
        "baseline_value": values["baseline_value"],
        "baseline_date": values["baseline_date"],
    }
