"""What the log says can be followed: by the id of a request or task, and by the number of a release."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as ours
from django.test import Client

from commitments import tasks
from tests.commitments import make

pytestmark = pytest.mark.django_db


@contextmanager
def log(form: str) -> Iterator[io.StringIO]:
    """What the program's own handler writes, in one of its formats."""
    told = io.StringIO()
    config = {**ours.LOGGING, "handlers": {"console": {**ours.LOGGING["handlers"]["console"], "formatter": form}}}
    before = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig(config)
    logging.root.handlers[0].stream = told  # type: ignore[attr-defined]
    try:
        yield told
    finally:
        logging.root.handlers[:], logging.root.level = before


def test_an_answer_names_the_id_under_which_its_lines_stand(client: Client) -> None:
    asked = uuid.uuid4()
    with log("line") as told:
        answer = client.get("/nowhere/", headers={"X-Request-ID": str(asked)})
        logging.getLogger("commitments").info("afterwards")
    assert uuid.UUID(answer["X-Request-ID"]) == asked
    assert "afterwards" in told.getvalue()
    assert answer["X-Request-ID"] not in told.getvalue(), "the id of a request ends with it"


def test_what_is_no_uuid_is_not_taken_over(client: Client) -> None:
    answer = client.get("/nowhere/", headers={"X-Request-ID": "x\u2028INFO forged"})
    assert uuid.UUID(answer["X-Request-ID"])


def test_a_task_has_an_id_and_a_release_its_number() -> None:
    make.commitment("Plant 20,000 trees")
    release = make.release("In all 9,400 trees were planted.")
    with log("json") as told:
        tasks.link_pending.apply()
        tasks.link_pending.apply()
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    (linked,) = [line for line in lines if line["message"].startswith(f"Release {release.pk}, revision 1: ")]
    assert linked["level"] == "INFO"
    assert uuid.UUID(linked["id"])
    assert {"at", "logger"} <= set(linked)
