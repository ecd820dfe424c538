"""From a record of Parliament's interface to what a reader of its page sees.

A question is public before it is answered, a holding answer is no answer, and a corrected answer comes with the
words that it replaces.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from tracker.reading.html_text import reader_text
from tracker.reading.sanitise import title_line, web_address

from . import json_values as read
from .entry import Attached, Entry, Version
from .parliament_lists import PAGES, QUESTIONS, Service

_SHORTENED = re.compile(r"(\.\.\.|…)\s*(</\w+>\s*)*$")


def record_in(item: read.Object) -> read.Object | None:
    """The question or statement in `item`, None if there is none."""
    record = read.child(item, "value") or item
    says = any(read.text(record, name) for name in ("questionText", "text", "heading", "title"))
    named = read.text(record, "uin") or read.number(record, "id") is not None
    return record if says and named else None


def entry_of(service: Service, record: read.Object) -> Entry:
    """`record` as it stands, not `complete` where a list has shortened it."""
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
        f"{PAGES[service.what]}/{name}" if name else "",
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
