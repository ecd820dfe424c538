"""A crawl of all public doors finds nothing that is withheld, and no text that a licence does not allow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from commitments import decisions
from commitments.digests import deliver, signup
from commitments.models import Commitment, Definition, Digest, Reply, Withholding
from tests.commitments.crawling import crawl, seeds
from tests.commitments.mailbox import Mailbox, serving
from tracker.models import Release

from . import make

pytestmark = pytest.mark.django_db

PASSAGE = "The contractor Quillfeather took 731 bribes from three councils."
AROUND = f"Trees were planted this spring. {PASSAGE} In all 9,400 trees stand."
WHOLE = "Zanthium plans will be published. The minister spoke of Zanthium at length."
TEXT = "Ombrellino costs rose. The ministry paid for Ombrellino twice."
UNQUOTED = "Perquackey is mentioned in no quote at all."
ARTICLE = f"The paper looked at the trees.\n\nIts reporters counted them again.\n\n{UNQUOTED}"
NOTE = "Withheld after a complaint."
DAY = dt.date(2025, 2, 1)


@pytest.fixture
def record() -> dict[str, Release]:
    """A passage that is used twice, quoted in our own words and changed later; a text, a whole release, an article."""
    owner, other = make.commitment("Plant trees", statement=f"They said: {PASSAGE}"), make.commitment("Count trees")
    told, secret = make.release(AROUND, title="News of trees"), make.release(WHOLE, title="Zanthium for all")
    costs = make.release(TEXT, title="News of costs")
    paper = make.release(ARTICLE, title="An article", at=make.source("The Paper", voice="media", republish="quotes"))
    series = make.target(owner, "bribes taken", "bribes", 0)
    for commitment, release, quote, figures in (
        (owner, told, PASSAGE, [make.figure(731, series)]),
        (other, told, AROUND, []),
        (owner, secret, WHOLE, []),
        (owner, costs, "Ombrellino costs rose.", []),
        (other, paper, "Its reporters counted them again.", []),
    ):
        decisions.accept(make.evidence(commitment, release, quote, figures=figures), make.deed())
    for release, text in ((told, AROUND.replace("spring", "year")), (paper, ARTICLE.replace("again", "twice"))):
        make.revise(release, text)
    copy = make.release(AROUND, title="News of trees", at=make.source("Another ministry"))
    Release.objects.filter(pk=copy.pk).update(joined_to=told)
    Definition.objects.create(
        commitment=owner,
        kind="clarification",
        statement="Plant them.",
        quote=WHOLE,
        quote_url=secret.url,
        quote_title="Zanthium for all",
        source_revision=secret.latest_revision,
        effective_from=DAY,
    )
    change = decisions.change_status(
        owner, "off_track", make.user(), f"Because: {PASSAGE}", DAY, evidence=owner.evidence.get(release=secret)
    )
    Reply.objects.create(
        status_change=change, who="Ministry", received_on=DAY, words=f"As to “{PASSAGE}”: no.", recorded_by=make.user()
    )
    return {"passage": told, "release": secret, "text": costs, "article": paper}


def start() -> Iterator[str]:
    commitments, releases = Commitment.objects.all(), Release.objects.all()
    yield from seeds(
        {
            "slug": [one.slug for one in commitments],
            "release_id": [one.pk for one in releases],
            "number": [1, 2],
            "token": ["x"],
            "name": ["commitments", "evidence", "measurements", "releases"],
            "key": [commitments[0].reference],
            "kind": ["department"],
            "subject": ["publisher"],
            "section": ["commitments", "releases"],
        },
        "quillfeather",
    )


def where(said: dict[str, str], words: str) -> set[str]:
    """The addresses at which words stand, but for those that only give back what was asked for."""
    return {address for address, text in said.items() if words.casefold() in text.casefold()}


def withhold(record: dict[str, Release]) -> None:
    for what in Withholding.What.values:
        words = PASSAGE if what == "passage" else ""
        decisions.withhold(record[what], what, NOTE, "They complained.", make.deed(), words)


def test_what_is_withheld_is_at_no_public_door_nor_in_what_was_kept_before(
    client: Client, record: dict[str, Release]
) -> None:
    before = crawl(client, start())
    assert len(where(before, PASSAGE)) > 4
    assert len(where(before, "Zanthium")) > 2
    assert len(where(before, "Ombrellino")) > 2
    withhold(record)
    after = crawl(client, start())
    for words in (PASSAGE, "731 bribes", "bribes from", "Zanthium", "Ombrellino"):
        assert where(after, words) == set(), words
    assert len(where(after, NOTE)) > 4
    cache.clear()


def test_a_text_that_may_only_be_quoted_is_at_no_public_door(client: Client, record: dict[str, Release]) -> None:
    said = crawl(client, start())
    assert where(said, "Its reporters counted them again.")
    for words in ("Perquackey", "The paper looked at"):
        assert where(said, words) == set(), words


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    with serving(settings) as box:
        yield box


def test_a_digest_that_waits_leaves_out_what_was_withheld_since(mailbox: Mailbox) -> None:
    today = timezone.localdate()
    signup.add_confirmed("a@example.org", "daily", "all")
    decisions.change_status(
        make.commitment("Plant trees", due=DAY), "off_track", make.user(), f"Because: {PASSAGE}", DAY
    )
    mailbox.answers["a@example.org"] = ["451 try later"]
    deliver.send_for(today)
    frozen = Digest.objects.get()
    assert PASSAGE in frozen.text
    decisions.withhold(make.release(AROUND), "passage", NOTE, "They complained.", make.deed(), PASSAGE)
    deliver.send_for(today, retry_now=True)
    (mail,) = mailbox.to("a@example.org")
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert "bribes" not in body.get_content()
        assert NOTE in body.get_content()
    assert mail["Message-ID"] == frozen.message_id
