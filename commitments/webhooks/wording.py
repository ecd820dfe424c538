"""What a message says, in the shape that its receiver understands. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from commitments.models import Webhook

#: Slack takes 3,000 characters in a section; a quote needs less to be recognised.
MOST_CHARACTERS = 600


@dataclass(frozen=True)
class Happening:
    """One event. `about` says what happened to what and is the same whenever the same is found; `at` is when."""

    event: str
    about: str
    title: str
    text: str
    url: str
    at: dt.datetime
    commitment: str = ""


def body(happening: Happening, shape: str) -> dict[str, Any]:
    text = _shortened(happening.text)
    if shape == Webhook.Shape.SLACK:
        words = f"*<{_slack(happening.url)}|{_slack(happening.title)}>*\n{_slack(text)}"
        return {"text": _slack(f"{happening.title}: {text}"), "blocks": [{"type": "section", "text": _markdown(words)}]}
    if shape == Webhook.Shape.TEAMS:
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [
                _paragraph(happening.title, weight="Bolder"),
                _paragraph(text),
            ],
            "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": happening.url}],
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        return {"type": "message", "attachments": [attachment]}
    return {
        "event": happening.event,
        "at": happening.at.isoformat(),
        "commitment": happening.commitment,
        "title": happening.title,
        "text": text,
        "url": happening.url,
    }


def _shortened(text: str) -> str:
    even = " ".join(text.split())
    return even if len(even) <= MOST_CHARACTERS else f"{even[: MOST_CHARACTERS - 1]}…"


def _paragraph(text: str, **more: str) -> dict[str, Any]:
    """As it stands: in a TextBlock, others' words could make links."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **more}]}


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _markdown(words: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": words}
