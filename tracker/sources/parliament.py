"""Parliament's written questions and statements, from its questions and statements interface.

A list shortens long texts; the whole is asked for one by one. A question is public before it is answered, a
holding answer is no answer, and a corrected answer comes with the words that it replaces.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from tracker.fetching import FetchFailed, Response
from tracker.models import Source
from tracker.reading.html_text import reader_text
from tracker.reading.sanitise import title_line, web_address

from . import Ask
from . import json_values as read
from .entry import Attached, Entry, NotUnderstood, Vanished, Version

ACCEPT = "application/json"
PAGE_SIZE = 100
#: How long before the last look something may be dated that was not there then: days are all that is told.
LOOK_BACK = dt.timedelta(days=3)
#: At most, after a long silence.
LOOK_BACK_AT_MOST = dt.timedelta(days=30)

QUESTIONS, STATEMENTS = "questions", "statements"
_LISTS = {QUESTIONS: "writtenquestions/questions", STATEMENTS: "writtenstatements/statements"}
_PAGES = {QUESTIONS: "written-questions", STATEMENTS: "written-statements"}
_API_HOST = "questions-statements-api."
_PAGE_HOST = "questions-statements."
_ADDRESS = re.compile(
    r"^(?P<prefix>(?:/[^/]+)*?)(?:/(?:api/written(?P<list>questions|statements)/(?P=list)"
    r"|written-(?P<page>questions|statements)(?:-(?:and-)?(?:answers|statements))?))?/?$"
)
_DETAIL = re.compile(r"/written-(questions|statements)/detail/(\d{4}-\d\d-\d\d)/([^/]+)/?$")
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
_SHORTENED = re.compile(r"(\.\.\.|…)\s*(</\w+>\s*)*$")

Parameters = dict[str, list[str]]


@dataclass(frozen=True)
class Service:
    """One list of a host that speaks as Parliament's does. The roots end without a slash."""

    api: str
    pages: str
    what: str

    def list(self, parameters: Parameters, skip: int = 0) -> str:
        asked = {**parameters, "expandMember": ["true"], "skip": [str(skip)], "take": [str(PAGE_SIZE)]}
        return f"{self.api}/api/{_LISTS[self.what]}?{urlencode(asked, doseq=True)}"

    def record(self, where: str) -> str:
        return f"{self.api}/api/{_LISTS[self.what]}/{where}?expandMember=true"

    def page(self, day: str, uin: str) -> str:
        return f"{self.pages}/{_PAGES[self.what]}/detail/{day}/{quote(uin, safe='')}"


def address(source: Source) -> str:
    service, parameters = _asked(source)
    return service.list(parameters)


def also(source: Source, now: dt.datetime) -> list[str]:
    """Lists of what was answered or corrected since the last look. See tracker.sources.Kind.

    The list of questions goes by the day of tabling, so that answers come up anywhere in it.
    """
    service, parameters = _asked(source)
    if service.what != QUESTIONS or source.last_success_at is None:
        return []
    since = max(source.last_success_at - LOOK_BACK, now - LOOK_BACK_AT_MOST).date().isoformat()
    return [
        service.list({**parameters, name: [since]})
        for name in ("answeredWhenFrom", "correctedWhenFrom")
        if name not in parameters
    ]


def parse(source: Source, response: Response) -> list[Entry]:
    """The questions or statements of a list that the source is about. See tracker.sources.Kind."""
    service, parameters = _asked(source)
    answer = read.object_of(response, "The answer of Parliament's interface")
    found = _results(answer)
    records = [record for item in found if (record := _record(item))]
    if found and not records:
        raise NotUnderstood("The results of Parliament's interface have neither numbers nor texts.")
    return [_entry(service, record) for record in records if _is_wanted(record, source.options, parameters)]


def complete(source: Source, entry: Entry, ask: Ask) -> Entry:
    """A question or statement by itself, with the whole of its texts. See tracker.sources.Kind."""
    service = _asked(source)[0]
    if found := _DETAIL.search(urlsplit(entry.url).path):
        service = replace(service, what=found[1])
        where = f"{found[2]}/{found[3]}"
    elif number := re.search(r"/(\d+)$", entry.guid):
        where = number[1]
    else:
        raise NotUnderstood(f"“{entry.url}” is no written question or statement of Parliament.")
    response = ask(service.record(where), ACCEPT)
    if response.status in {404, 410}:
        raise Vanished("Parliament's interface no longer has it.")
    if response.status != 200:
        raise FetchFailed(f"Parliament's interface answered HTTP {response.status}.")
    answer = read.object_of(response, "The answer of Parliament's interface")
    items = [answer, *(read.objects(answer, "results"))]
    record = next((record for item in items if (record := _record(item))), None)
    if record is None:
        raise NotUnderstood("The answer is JSON, but no written question or statement of Parliament.")
    whole = _entry(service, record)
    return replace(
        whole,
        guid=entry.guid or whole.guid,
        url=whole.url or entry.url,
        complete=True,
        published_at=whole.published_at or entry.published_at,
    )


def next_page(source: Source, response: Response, number: int) -> str | None:
    """By how many were skipped in the address asked for. See tracker.sources.Kind."""
    answer = read.object_of(response, "The answer of Parliament's interface")
    found, total = answer.get("results"), read.number(answer, "totalResults")
    if not isinstance(found, list) or not found:
        return None
    query = parse_qsl(urlsplit(response.url).query)
    skipped = next((int(value) for name, value in query if name == "skip" and value.isdecimal()), 0)
    end = skipped + len(found)
    if end >= total if total is not None else len(found) < PAGE_SIZE:
        return None
    kept = [(name, value) for name, value in query if name not in {"skip", "take"}]
    asked = [*kept, ("skip", str(end)), ("take", str(PAGE_SIZE))]
    return f"{response.url.partition('?')[0]}?{urlencode(asked)}"


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
        if name == "body" and not _bodies({"body": value}):
            raise NotUnderstood(
                "The option “body” has to be the name of a department as Parliament writes it, such as "
                "“Home Office”, or its number in Parliament's interface, or a list of these."
            )


def _asked(source: Source) -> tuple[Service, Parameters]:
    """The list that a source is about, and the parameters that choose from it. Raises NotUnderstood."""
    options = source.options
    check_options(options)
    try:
        parts = urlsplit(source.url)
        found = _ADDRESS.match(parts.path) if parts.scheme in {"http", "https"} and parts.netloc else None
    except ValueError:
        found = None
    if found is None:
        raise NotUnderstood(
            f"{source.url} can't be watched as Parliament's. Give the address of the written questions "
            "(…/written-questions), of the written statements (…/written-statements) or of the same lists of its "
            "interface (…/api/writtenquestions/questions)."
        )
    what = found["list"] or found["page"] or options.get("what", QUESTIONS)
    if options.get("what", what) != what:
        raise NotUnderstood(f"The address is that of written {what}, but the option “what” says otherwise.")
    prefix = found["prefix"] if found["list"] or found["page"] else parts.path.rstrip("/")
    root = f"{parts.scheme}://{parts.netloc}{prefix}"
    service = Service(
        root.replace(f"://{_PAGE_HOST}", f"://{_API_HOST}"), root.replace(f"://{_API_HOST}", f"://{_PAGE_HOST}"), what
    )
    return service, _parameters(parse_qsl(parts.query), what, options)


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
    if numbers := [body for body in _bodies(options) if body.isdecimal()]:
        parameters["answeringBodies"] = numbers
    if search := options.get("search"):
        parameters["searchTerm"] = [search.strip()]
    return parameters


def _bodies(options: Mapping[str, Any]) -> list[str]:
    """Names or numbers of answering bodies. Empty where the option is missing or can't be used."""
    given = options.get("body", [])
    bodies = given if isinstance(given, list) else [given]
    usable = [
        str(body).strip()
        for body in bodies
        if (isinstance(body, int) and not isinstance(body, bool) and body > 0)
        or (isinstance(body, str) and body.strip())
    ]
    return usable if len(usable) == len(bodies) else []


def _results(answer: read.Object) -> list[read.Object]:
    if not isinstance(answer.get("results"), list):
        said = read.text(answer, "title") or read.text(answer, "detail")
        raise NotUnderstood(
            "The answer is JSON, but not that of Parliament's interface: it has no list of results"
            f"{f', but says “{title_line(said, is_markup=False)}”' if said else ''}."
        )
    return read.objects(answer, "results")


def _record(item: read.Object) -> read.Object | None:
    """The question or statement in `item`, None if there is none."""
    record = read.child(item, "value") or item
    says = any(read.text(record, name) for name in ("questionText", "text", "heading", "title"))
    named = read.text(record, "uin") or read.number(record, "id") is not None
    return record if says and named else None


def _is_wanted(record: read.Object, options: Mapping[str, Any], parameters: Parameters) -> bool:
    """The interface does not always choose as it was asked to, so what it says of itself is compared again."""
    wanted = _bodies(options) or parameters.get("answeringBodies", [])
    told = {str(read.number(record, "answeringBodyId")), read.text(record, "answeringBodyName").casefold()}
    if wanted and told != {"None", ""} and not told & {body.casefold() for body in wanted}:
        return False
    house = read.text(record, "house").casefold()
    houses = {house.casefold() for house in parameters.get("house", [])} - {"bicameral"}
    return not houses or not house or house in houses


def _entry(service: Service, record: read.Object) -> Entry:
    return _question(service, record) if service.what == QUESTIONS else _statement(service, record)


def _question(service: Service, record: read.Object) -> Entry:
    guid, url = _named(service, record, "dateTabled")
    answered, corrected = _is_answered(record), _correction_of(record)
    body = read.text(record, "answeringBodyName")
    uin, heading = read.text(record, "uin"), _line(read.text(record, "heading"))
    kind = f"written question{f' {uin}' if uin else ''}{f' to {body}' if body else ''}"
    dates = [read.moment(record, name) for name in ("dateAnswerCorrected", "dateAnswered", "dateHoldingAnswer")]
    is_withdrawn = record.get("isWithdrawn") is True
    tabled = read.moment(record, "dateTabled")
    title = title_line(f"{heading}: {kind}" if heading else kind, is_markup=False)
    return Entry(
        guid=guid,
        url=url,
        title=title,
        text=_question_text(record, read.text(record, "answerText"), corrected=bool(corrected)),
        published_at=read.moment(record, "dateAnswered") if answered else tabled if is_withdrawn else None,
        updated_at=next((date for date in dates if date), None),
        note=corrected,
        complete=not _is_shortened(record),
        withdrawn_at=tabled if is_withdrawn else None,
        withdrawal="Withdrawn by the member who asked. When is not told; the date is that of tabling."
        if is_withdrawn
        else "",
        attachments=_attachments(service, record),
        earlier=(Version(title, _question_text(record, original, corrected=False)),)
        if corrected and (original := read.text(record, "originalAnswerText"))
        else (),
    )


def _question_text(record: read.Object, answer: str, *, corrected: bool) -> str:
    named_day = " (named day)" if record.get("isNamedDay") is True else ""
    for_answer = read.moment(record, "dateForAnswer")
    asked = [
        f"Asked by {_member(record, 'askingMember')}" if _member(record, "askingMember") else "Asked",
        f"on {_day(tabled)}" if (tabled := read.moment(record, "dateTabled")) else "",
        f"for answer on {_day(for_answer)}{named_day}" if for_answer else "",
    ]
    interest = "The member has declared an interest." if record.get("memberHasInterest") is True else ""
    question = [" ".join(filter(None, asked)), reader_text(read.text(record, "questionText")), interest]
    return "\n\n".join(filter(None, [*question, *_answer(record, answer, corrected=corrected)]))


def _answer(record: read.Object, answer: str, *, corrected: bool) -> Iterator[str]:
    if record.get("isWithdrawn") is True:
        yield "This question has been withdrawn."
    words = reader_text(answer)
    if record.get("answerIsHolding") is True:
        on = read.moment(record, "dateHoldingAnswer") or read.moment(record, "dateAnswered")
        yield f"Not answered yet. A holding answer was given{f' on {_day(on)}' if on else ''}, which is no answer."
        yield words
    elif _is_answered(record):
        date = read.moment(record, "dateAnswerCorrected") if corrected else None
        on = date or read.moment(record, "dateAnswered")
        by = _member(record, "correctingMember" if corrected else "answeringMember")
        by = by or _member(record, "answeringMember")
        said = "Corrected answer" if corrected else "Answered"
        body = read.text(record, "answeringBodyName")
        who = f"{by} ({body})" if by and body else by or body
        yield f"{said}{f' by {who}' if who else ''}{f' on {_day(on)}' if on else ''}"
        yield words
        if together := read.texts(record, "groupedQuestions"):
            yield f"Answered together with {', '.join(together)}."
    elif record.get("isWithdrawn") is not True:
        yield "Not answered yet."


def _is_answered(record: read.Object) -> bool:
    return bool(read.text(record, "answerText")) and record.get("answerIsHolding") is not True


def _correction_of(record: read.Object) -> str:
    """That the answer was corrected and by whom, as a sentence; empty if it was not."""
    on = read.moment(record, "dateAnswerCorrected")
    if not _is_answered(record) or not (on or record.get("answerIsCorrection") is True):
        return ""
    by = _member(record, "correctingMember")
    return f"The answer was corrected{f' on {_day(on)}' if on else ''}{f' by {by}' if by else ''}."


def _statement(service: Service, record: read.Object) -> Entry:
    guid, url = _named(service, record, "dateMade")
    uin, made = read.text(record, "uin"), read.moment(record, "dateMade")
    role, body = read.text(record, "memberRole"), read.text(record, "answeringBodyName")
    who = ", ".join(filter(None, [_member(record, "member"), role or body]))
    said = [
        f"Written statement{f' {uin}' if uin else ''}",
        f"by {who}" if who else "",
        f"on {_day(made)}" if made else "",
    ]
    linked = [_link(link) for link in read.objects(record, "linkedStatements")]
    return Entry(
        guid=guid,
        url=url,
        title=title_line(_line(read.text(record, "title")) or f"Written statement {uin}", is_markup=False),
        text="\n\n".join(
            filter(
                None,
                [" ".join(filter(None, said)), reader_text(read.text(record, "text")), "\n".join(filter(None, linked))],
            )
        ),
        published_at=made,
        updated_at=made,
        complete=not _is_shortened(record),
        attachments=_attachments(service, record),
    )


def _link(link: read.Object) -> str:
    """Another statement that this one belongs with, in words."""
    kinds = {"CorrectedStatement": "correction of a statement", "CorrectedAnswer": "correction of an answer"}
    kind = kinds.get(read.text(link, "linkType"), "joint statement")
    on = read.moment(link, "linkDate")
    number = read.number(link, "linkedStatementId")
    if number is None:
        return ""
    return f"Linked with statement number {number} ({kind}{f', {_day(on)}' if on else ''})."


def _named(service: Service, record: read.Object, dated: str) -> tuple[str, str]:
    """Id and address: date and number within a session name a record for people, its id for machines."""
    uin, number, date = read.text(record, "uin"), read.number(record, "id"), read.moment(record, dated)
    day = date.date().isoformat() if date else ""
    name = f"{day}/{uin}" if day and uin else str(number) if number is not None else ""
    return (
        f"{_PAGES[service.what]}/{name}" if name else "",
        web_address(service.page(day, uin)) if day and uin else "",
    )


def _is_shortened(record: read.Object) -> bool:
    """Whether a list shows less of this than the record itself does."""
    names = ("questionText", "answerText", "originalAnswerText", "text")
    if any(_SHORTENED.search(read.text(record, name)) for name in names):
        return True
    announced = (read.number(record, "attachmentCount") or 0) > 0 or record.get("hasAttachments") is True
    if announced and not read.objects(record, "attachments"):
        return True
    if record.get("hasLinkedStatements") is True and not read.objects(record, "linkedStatements"):
        return True
    return bool(_correction_of(record)) and not read.text(record, "originalAnswerText")


def _attachments(service: Service, record: read.Object) -> tuple[Attached, ...]:
    found = []
    for each in read.objects(record, "attachments"):
        ending = read.text(each, "fileType").lower().lstrip(".")
        try:
            url = web_address(urljoin(f"{service.pages}/", read.text(each, "url")))
        except ValueError:
            url = ""
        if url and read.text(each, "url"):
            guessed = mimetypes.guess_type(f"file.{ending}")[0] or mimetypes.guess_type(url)[0]
            content_type = ending if "/" in ending else guessed or ""
            found.append(Attached(url, title_line(read.text(each, "title"), is_markup=False), content_type))
    return tuple(found)


def _member(record: read.Object, name: str) -> str:
    """Name, party and seat of a member as the record has them."""
    member = read.child(record, name)
    of = ", ".join(filter(None, [read.text(member, "party"), read.text(member, "memberFrom")]))
    who = read.text(member, "name") or read.text(member, "listAs")
    return f"{who} ({of})" if who and of else who


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B} {moment.year}"


def _line(markup: str) -> str:
    return " ".join(reader_text(markup).split())
