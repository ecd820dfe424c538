"""The lists of Parliament's questions and statements interface: their addresses, and what may be asked of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from .entry import NotUnderstood

PAGE_SIZE = 100
#: Where a body is known by its name only, which the interface can't choose by: its own may be few among all.
PAGE_SIZE_OF_ALL_BODIES = 500

QUESTIONS, STATEMENTS = "questions", "statements"
_LISTS = {QUESTIONS: "writtenquestions/questions", STATEMENTS: "writtenstatements/statements"}
PAGES = {QUESTIONS: "written-questions", STATEMENTS: "written-statements"}
_API_HOST = "questions-statements-api."
_PAGE_HOST = "questions-statements."
_ADDRESS = re.compile(
    r"^(?P<prefix>(?:/[^/]+)*?)/(?:api/written(?P<list>questions|statements)/(?P=list)"
    r"|written-(?P<page>questions|statements)|(?P<front>))/?$"
)
_HOUSES = ("Commons", "Lords")
_DAYS = {"from", "to"}
#: What the interface takes, in small letters, for both lists and for each.
_FOR_BOTH = {"sessionstatus": "sessionStatus", "searchterm": "searchTerm", "uin": "uIN", "house": "house"}
_FOR_BOTH |= {"answeringbodies": "answeringBodies", "answeringbodyid": "answeringBodies", "members": "members"}
_FOR_EACH = {
    QUESTIONS: {
        "askingmemberid": "askingMemberId",
        "answeringmemberid": "answeringMemberId",
        "answered": "answered",
        "questionstatus": "questionStatus",
        "includewithdrawn": "includeWithdrawn",
        "datefrom": "tabledWhenFrom",
        "dateto": "tabledWhenTo",
        **{
            f"{name.lower()}when{end}": f"{name}When{end.title()}"
            for name in ("tabled", "answered", "corrected", "dateForAnswer")
            for end in sorted(_DAYS)
        },
    },
    STATEMENTS: {
        **{f"madewhen{end}": f"madeWhen{end.title()}" for end in sorted(_DAYS)},
        "datefrom": "madeWhenFrom",
        "dateto": "madeWhenTo",
    },
}
_OURS = {"skip", "take", "expandmember", "page", "expanded"}

Parameters = dict[str, list[str]]


@dataclass(frozen=True)
class Service:
    """One list of a host that speaks as Parliament's does. The roots end without a slash."""

    api: str
    pages: str
    what: str
    page_size: int

    def list(self, parameters: Parameters, skip: int = 0) -> str:
        asked = {**parameters, "expandMember": ["true"], "skip": [str(skip)], "take": [str(self.page_size)]}
        return f"{self.api}/api/{_LISTS[self.what]}?{urlencode(asked, doseq=True)}"

    def record(self, where: str) -> str:
        return f"{self.api}/api/{_LISTS[self.what]}/{where}?expandMember=true"

    def page(self, day: str, uin: str) -> str:
        return f"{self.pages}/{PAGES[self.what]}/detail/{day}/{quote(uin, safe='')}"


def asked(url: str, options: Mapping[str, Any]) -> tuple[Service, Parameters]:
    """The list that `url` and `options` name, and the parameters that choose from it. Raises NotUnderstood."""
    check_options(options)
    try:
        parts = urlsplit(url)
        found = _ADDRESS.match(parts.path or "/") if parts.scheme in {"http", "https"} and parts.netloc else None
    except ValueError:
        found = None
    if found is None:
        raise NotUnderstood(
            f"{url} can't be watched as Parliament's. Give the address of the written questions "
            "(…/written-questions), of the written statements (…/written-statements) or of the same lists of its "
            "interface (…/api/writtenquestions/questions)."
        )
    what = found["list"] or found["page"] or options.get("what", QUESTIONS)
    if options.get("what", what) != what:
        raise NotUnderstood(f"The address is that of written {what}, but the option “what” says otherwise.")
    root = f"{parts.scheme}://{parts.netloc}{found['prefix']}"
    parameters = _parameters(parse_qsl(parts.query), what, options)
    by_name_only = bool(bodies(options)) and "answeringBodies" not in parameters
    service = Service(
        api=root.replace(f"://{_PAGE_HOST}", f"://{_API_HOST}"),
        pages=root.replace(f"://{_API_HOST}", f"://{_PAGE_HOST}"),
        what=what,
        page_size=PAGE_SIZE_OF_ALL_BODIES if by_name_only else PAGE_SIZE,
    )
    return service, parameters


def check_options(options: Mapping[str, Any]) -> None:
    """Raise NotUnderstood for options other than what, house, body and search."""
    for name, value in options.items():
        if name not in {"what", "house", "body", "search"}:
            raise NotUnderstood(
                f"Sources of kind “parliament” have no option “{name}”. They have what, house, body and search."
            )
        if name == "what" and value not in _LISTS:
            raise NotUnderstood("The option “what” has to be “questions” or “statements”.")
        if name == "house" and value not in _HOUSES:
            raise NotUnderstood("The option “house” has to be “Commons” or “Lords”.")
        if name == "search" and not (isinstance(value, str) and value.strip()):
            raise NotUnderstood("The option “search” has to be words.")
        if name == "body" and not bodies({"body": value}):
            raise NotUnderstood(
                "The option “body” has to be the name of a department as Parliament writes it, such as "
                "“Home Office”, or its number in Parliament's interface, or a list of these."
            )


def bodies(options: Mapping[str, Any]) -> list[str]:
    """Names or numbers of answering bodies. Empty where the option is missing or can't be used."""
    option = options.get("body", [])
    given = option if isinstance(option, list) else [option]
    usable = [
        str(body).strip()
        for body in given
        if (isinstance(body, int) and not isinstance(body, bool) and body > 0)
        or (isinstance(body, str) and body.strip())
    ]
    return usable if len(usable) == len(given) else []


def _parameters(query: list[tuple[str, str]], what: str, options: Mapping[str, Any]) -> Parameters:
    known = {**_FOR_BOTH, **_FOR_EACH[what]}
    parameters: Parameters = {"includeWithdrawn": ["true"]} if what == QUESTIONS else {}
    given: Parameters = {}
    for name, value in query:
        plain = re.sub(r"\[\d*\]$", "", name).lower()
        if plain in _OURS:
            continue
        if plain not in known:
            raise NotUnderstood(f"The parameter “{name}” of the address is none that Parliament's lists take.")
        given.setdefault(known[plain], []).append(value)
    parameters |= given
    if house := options.get("house"):
        parameters["house"] = [house]
    wanted = bodies(options)
    if wanted and all(body.isdecimal() for body in wanted):
        parameters["answeringBodies"] = wanted
    if search := options.get("search"):
        parameters["searchTerm"] = [search.strip()]
    return parameters
