"""Parliament's questions and statements interface on loopback, as its description and its users say it behaves.

Its lists go by the day of tabling, newest first, and cut long texts. It may or may not heed which body was asked
for.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

CUT_AFTER = 255
BODIES = {1: "Home Office", 54: "Ministry of Justice"}
MEMBER = {"id": 1, "name": "Jo Example", "party": "Independent", "memberFrom": "Anytown"}
MINISTER = {"id": 2, "name": "Sam Minister", "party": "Labour", "memberFrom": "Othertown"}


def day_of(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d}T00:00:00"


class ParliamentSite:
    """`asked` are the addresses that were asked for. With `heeds_bodies` off, lists hold those of every body."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.questions: list[dict[str, Any]] = []
        self.statements: list[dict[str, Any]] = []
        self.heeds_bodies = True
        self.asked: list[str] = []
        server.expect_request("/api/writtenquestions/questions").respond_with_handler(self._questions)
        server.expect_request("/api/writtenstatements/statements").respond_with_handler(self._statements)
        server.expect_request(re.compile(r"/api/written\w+/\w+/.*")).respond_with_handler(self._record)
        server.expect_request(re.compile(r"/(?!api/).*")).respond_with_handler(self._file)

    def url(self, path: str) -> str:
        return self.server.url_for(path)

    def table(self, uin: str, on: dt.datetime, body: int = 1, **fields: Any) -> dict[str, Any]:
        question = {
            "id": 1_700_000 + len(self.questions),
            "askingMemberId": 1,
            "askingMember": MEMBER,
            "house": "Commons",
            "memberHasInterest": False,
            "dateTabled": day_of(on),
            "dateForAnswer": day_of(on + dt.timedelta(days=4)),
            "uin": uin,
            "questionText": "To ask the Secretary of State how many officers there are.",
            "answeringBodyId": body,
            "answeringBodyName": BODIES[body],
            "isWithdrawn": False,
            "isNamedDay": False,
            "groupedQuestions": [],
            "answerIsHolding": False,
            "answerIsCorrection": False,
            "answeringMember": None,
            "correctingMember": None,
            "dateAnswered": None,
            "answerText": "",
            "originalAnswerText": "",
            "comparableAnswerText": "",
            "dateAnswerCorrected": None,
            "dateHoldingAnswer": None,
            "attachmentCount": 0,
            "heading": "Police: Recruitment",
            "attachments": [],
            **fields,
        }
        self.questions.append(question)
        return question

    def answer(self, uin: str, on: dt.datetime, text: str, *, holding: bool = False) -> None:
        question = next(question for question in self.questions if question["uin"] == uin)
        question |= {"answerText": text, "answeringMember": MINISTER, "answerIsHolding": holding}
        question |= {"dateHoldingAnswer" if holding else "dateAnswered": day_of(on)}

    def correct(self, uin: str, on: dt.datetime, text: str) -> None:
        question = next(question for question in self.questions if question["uin"] == uin)
        question |= {
            "originalAnswerText": question["answerText"],
            "answerText": text,
            "answerIsCorrection": True,
            "correctingMember": MINISTER,
            "dateAnswerCorrected": day_of(on),
        }

    def state(self, uin: str, on: dt.datetime, title: str, text: str, **fields: Any) -> dict[str, Any]:
        statement = {
            "id": 1_900_000 + len(self.statements),
            "memberId": 2,
            "member": MINISTER,
            "memberRole": "Minister of State for Policing",
            "uin": uin,
            "dateMade": day_of(on),
            "answeringBodyId": 1,
            "answeringBodyName": "Home Office",
            "title": title,
            "text": text,
            "house": "Commons",
            "hasAttachments": False,
            "hasLinkedStatements": False,
            "linkedStatements": [],
            "attachments": [],
            **fields,
        }
        self.statements.append(statement)
        return statement

    def _questions(self, request: Request) -> Answer:
        found = [question for question in self.questions if self._is_found(question, request, "dateTabled")]
        return self._list(request, found, "dateTabled")

    def _statements(self, request: Request) -> Answer:
        return self._list(
            request, [one for one in self.statements if self._is_found(one, request, "dateMade")], "dateMade"
        )

    def _is_found(self, record: dict[str, Any], request: Request, dated: str) -> bool:
        asked = request.args
        bodies = asked.getlist("answeringBodies")
        bounds = {
            "tabledWhenFrom": record[dated],
            "madeWhenFrom": record[dated],
            "answeredWhenFrom": record.get("dateAnswered"),
            "correctedWhenFrom": record.get("dateAnswerCorrected"),
        }
        return (
            (not bodies or not self.heeds_bodies or str(record["answeringBodyId"]) in bodies)
            and asked.get("house", record["house"]) in {record["house"], "Bicameral"}
            and (asked.get("includeWithdrawn") == "true" or not record.get("isWithdrawn"))
            and asked.get("searchTerm", "").lower() in json.dumps(record).lower()
            and all(asked[name] <= (date or "") for name, date in bounds.items() if name in asked)
        )

    def _list(self, request: Request, found: list[dict[str, Any]], dated: str) -> Answer:
        self.asked.append(request.full_path)
        found = sorted(found, key=lambda record: (record[dated], record["id"]), reverse=True)
        skip, take = int(request.args.get("skip", 0)), int(request.args.get("take", 20))
        page = [{"value": _cut(record), "links": []} for record in found[skip : skip + take]]
        return _json({"totalResults": len(found), "results": page})

    def _record(self, request: Request) -> Answer:
        self.asked.append(request.path)
        for record in [*self.questions, *self.statements]:
            date = record.get("dateTabled", record.get("dateMade"))[:10]
            if request.path.endswith((f"/{date}/{record['uin']}", f"/{record['id']}")):
                return _json({"value": record, "links": []})
        return _json({"title": "Not Found", "status": 404}, 404)

    def _file(self, request: Request) -> Answer:
        return Answer("", status=404)


def _cut(record: dict[str, Any]) -> dict[str, Any]:
    """`record` as lists have it: long texts cut, and attachments counted only."""
    cut = dict(record)
    for name in ("questionText", "answerText", "originalAnswerText", "text"):
        if len(cut.get(name) or "") > CUT_AFTER:
            cut[name] = f"{cut[name][:CUT_AFTER]}..."
    return {**cut, "attachments": []}


def _json(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value), status=status, content_type="application/json; charset=utf-8")
