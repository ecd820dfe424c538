"""What is wrong with what was brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one field, and what to do. `line` counts from 1, the header of a table included."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.message}"


class ImportRefused(ValueError):
    """Nothing was imported. `complaints` says why, by line and field."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("\n".join(map(str, complaints)))
        self.complaints = list(complaints)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says what to do."""
