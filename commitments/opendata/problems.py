"""What is wrong with a request, as RFC 9457 has it: for programs, and in a sentence for whoever wrote them."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import TEXT, WHOLE_NUMBER, Field


@dataclass
class Problem(Exception):
    """`detail` says what is wrong and what to do. `parameter` is the query parameter that is to blame, if one is."""

    status: int
    title: str
    detail: str
    parameter: str = ""

    @property
    def type(self) -> str:
        """That there is no more to read about it than the title."""
        return "about:blank"


PROBLEM = (
    Field("type", TEXT, "Always “about:blank”: the title says it all.", lambda problem: problem.type),
    Field("title", TEXT, "What kind of problem it is.", lambda problem: problem.title),
    Field("status", WHOLE_NUMBER, "The HTTP status.", lambda problem: problem.status),
    Field("detail", TEXT, "What is wrong with this request, and what to do.", lambda problem: problem.detail),
    Field("parameter", TEXT, "The query parameter that is to blame; empty if none is.", lambda p: p.parameter),
)


def bad_parameter(name: str, detail: str) -> Problem:
    return Problem(400, "Bad request", detail, name)


def not_found(detail: str) -> Problem:
    return Problem(404, "Not found", detail)
