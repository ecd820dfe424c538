"""The review queue by buttons alone: what it shows, in which order, and every deed without JavaScript."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.admin.reviewing import KEYS, USUAL_REASONS
from commitments.linking.correcting import decisions as lessons
from commitments.models import Department, Evidence, Measurement
from commitments.queue import Place, Queue
from tests.commitments import make
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
REVIEW = "admin:commitments_evidence_review"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user("ada"))
    return client


def suggestion(quote: str = "planted 50 trees", title: str = "Plant trees", **fields: Any) -> Evidence:
    about = make.commitment(title, **fields.pop("owner", {}))
    release = make.release(f"Last year the ministry {quote} in the north.", **fields.pop("of", {}))
    return make.evidence(about, release, quote, **fields)


def counted(value: int = 50, **fields: Any) -> Evidence:
    """A suggestion with a figure of its commitment's series."""
    piece = suggestion(f"planted {value} trees", **fields)
    series = make.target(piece.commitment, "trees planted", "trees", 100)
    piece.figures = [make.figure(value, series)]
    piece.save()
    return piece


def shown(page: Any) -> int | None:
    """The key of the suggestion whose card a page shows."""
    found = re.search(r"/review/(\d+)/accept/", page.content.decode())
    return int(found[1]) if found else None


def said(page: Any) -> str:
    html = page.content.decode()
    status = re.search(r'id="review-said"[^>]*>(.*?)</p>', html, re.DOTALL)
    return " ".join([*(str(message) for message in page.context.get("messages", ())), status[1] if status else ""])


def decide(staff: Client, piece: Evidence, what: str, where: str = "", **sent: Any) -> Any:
    """Press a button of a card that shows the piece as it is."""
    address = reverse(f"admin:commitments_evidence_{what}", args=[piece.pk])
    details = {"relation": piece.relation, "tier": piece.tier}
    details |= {f"figure_{one['start']}": "again" if one["restated"] else "new" for one in piece.figures}
    more = details if what in {"accept", "correct"} else {}
    return staff.post(f"{address}?{where}", {"seen": piece.mark, **more, **sent}, follow=True)


def state(piece: Evidence) -> str:
    piece.refresh_from_db()
    return piece.state


# What it shows.


def test_a_card_has_the_promise_the_passage_the_reasons_and_what_is_on_record(staff: Client) -> None:
    piece = counted(50, owner={"due": dt.date(2026, 3, 31), "deadline_text": "by the end of March"})
    piece.reasons = ["Shares “trees”.", "Very likely to belong (score 0.90)."]
    piece.save()
    series = piece.commitment.series.get()
    earlier = make.release("They planted 40 trees.", title="Forty", published=dt.date(2025, 1, 2))
    decisions.accept(make.evidence(piece.commitment, earlier, figures=[make.figure(40, series)]), make.deed("ben"))
    decisions.change_status(piece.commitment, "in_progress", make.user(), "They began.", dt.date(2025, 1, 3))
    make.evidence(make.commitment("Feed birds"), piece.release, "Last year")

    html = staff.get(reverse(REVIEW), {"first": piece.pk}).content.decode()

    for words in (
        "Plant trees, all of it.",
        "trees planted: at least 100 trees",
        "“by the end of March”, by 31 March 2026",
        "In progress",
        "trees planted: 40 trees, published 2 January 2025",
        "1 accepted, the last “Forty”, 2 January 2025",
        "Last year the ministry <mark>planted 50 trees</mark> in the north.",
        "If new, a point of “trees planted (trees)”.",
        "Very likely to belong (score 0.90).",
        "Feed birds (waiting)",
    ):
        assert words in html


def test_a_quote_deep_in_a_long_text_is_cut_around(staff: Client) -> None:
    text = f"{'far away ' * 300}The ministry planted 50 trees. {'much later ' * 300}"
    make.evidence(make.commitment("Plant trees"), make.release(text), "planted 50 trees")

    html = staff.get(reverse(REVIEW)).content.decode()

    assert "The ministry <mark>planted 50 trees</mark>. much later" in html
    assert html.count("far away") < 40


def test_markup_in_a_release_is_shown_and_not_run(staff: Client) -> None:
    suggestion("<script>alert(1)</script>")
    assert "<mark>&lt;script&gt;alert(1)" in staff.get(reverse(REVIEW)).content.decode()


def test_a_promised_figure_and_one_of_something_else_are_said_to_be_no_points(staff: Client) -> None:
    piece = counted()
    piece.figures = [make.figure(50, piece.commitment.series.get(), modality="promised"), make.figure(7, start=9)]
    piece.save()

    html = staff.get(reverse(REVIEW)).content.decode()

    assert "Has not happened: kept with the passage, no point." in html
    assert "Not what this commitment counts: kept with the passage, no point." in html


# In which order.


def walk(staff: Client, **where: Any) -> list[int]:
    """The keys of all cards that one comes to by passing each by."""
    found, address = [], reverse(REVIEW)
    page = staff.get(address, where)
    while (key := shown(page)) is not None:
        found.append(key)
        skip = re.search(r'href="([^"]+)"[^>]*data-key="j"', page.content.decode())
        assert skip
        page = staff.get(skip[1].replace("&amp;", "&"))
    return found


@pytest.fixture
def spread() -> list[Evidence]:
    """Six suggestions of two departments, two sources and differing likelihood; one without a score."""
    departments = [Department.objects.create(name=name, slug=name) for name in ("Parks", "Roads")]
    sources = [make.source("Ministry news"), make.source("Park news")]
    scores = [0.5, 0.95, 0.8, 0.95, 0.75, None]
    pieces = [
        suggestion(
            f"planted {number} trees",
            score=score,
            owner={"department": departments[number % 2]},
            of={"at": sources[number // 3]},
        )
        for number, score in enumerate(scores)
    ]
    for piece in pieces[:2]:
        again = make.release("And again more trees.", at=sources[1])
        pieces.append(make.evidence(piece.commitment, again, score=0.6))
    return pieces


def likeliest_first(pieces: list[Evidence], group: Callable[[Evidence], int] = lambda piece: 0) -> list[int]:
    return [piece.pk for piece in sorted(pieces, key=lambda one: (group(one), -(one.score or 0), one.pk))]


GROUPINGS: dict[str, Callable[[Evidence], int]] = {
    "best": lambda piece: 0,
    "commitment": lambda piece: piece.commitment_id,
    "source": lambda piece: piece.revision.appearance.source_id,
    "department": lambda piece: piece.commitment.department_id or 0,
}


@pytest.mark.parametrize("order", GROUPINGS)
def test_each_order_comes_to_every_suggestion_once(staff: Client, spread: list[Evidence], order: str) -> None:
    assert walk(staff, order=order) == likeliest_first(spread, GROUPINGS[order])


def test_the_queue_is_narrowed_down(staff: Client, spread: list[Evidence]) -> None:
    one = spread[0]
    cases: dict[str, tuple[Any, Callable[[Evidence], bool]]] = {
        "commitment": (one.commitment_id, lambda piece: piece.commitment_id == one.commitment_id),
        "release": (one.release_id, lambda piece: piece.release_id == one.release_id),
        "department": (
            one.commitment.department_id,
            lambda piece: piece.commitment.department_id == one.commitment.department_id,
        ),
        "source": (
            one.revision.appearance.source_id,
            lambda piece: piece.revision.appearance.source_id == one.revision.appearance.source_id,
        ),
        "sure": ("may", lambda piece: (piece.score or 0) < 0.7),
        "words": ("Planted 3", lambda piece: "planted 3" in piece.quote),
    }
    for name, (value, belongs) in cases.items():
        wanted = likeliest_first([piece for piece in spread if belongs(piece)])
        assert wanted
        assert walk(staff, **{name: value}) == wanted, name


@pytest.mark.parametrize(
    "nonsense",
    ["after=x", "after=0:nan:1", "after=0:1:-5", "commitment=٣", "first=,,9e9", "order=x&sure=y", "words=%00"],
)
def test_an_address_that_cannot_be_read_is_the_queue_from_its_beginning(staff: Client, nonsense: str) -> None:
    piece = suggestion()
    assert shown(staff.get(f"{reverse(REVIEW)}?{nonsense}")) == piece.pk


@pytest.mark.parametrize("place", [None, Place(0, 0.5, 1), Place(3, 0.5, 1)])
@pytest.mark.parametrize("order", ["best", "commitment"])
def test_the_next_card_is_read_from_an_index_and_nothing_is_sorted(order: str, place: Place | None) -> None:
    rows = Queue(order=order, after=place).in_order().values_list("pk")[:1]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows as a test has are read faster without
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = rows.explain()
    assert "evidence_queue" in plan, plan
    assert "SORT" not in plan.upper().replace("SORT KEY", ""), plan
    assert "TEMP B-TREE" not in plan


def test_a_card_takes_as_many_queries_with_a_thousand_waiting_as_with_ten(staff: Client) -> None:
    def queries(act: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert act().status_code == 200
        return len(captured)

    def fetch(method: Any, address: str, data: Any = None) -> Any:
        return method(address, data or {}, headers={"X-Requested-With": "fetch"})

    def measure() -> list[int]:
        best = Evidence.objects.get(pk=Queue().next())
        accept = reverse("admin:commitments_evidence_accept", args=[best.pk])
        sent = {"seen": best.mark, "relation": best.relation, "tier": best.tier}
        sent |= {f"figure_{one['start']}": "new" for one in best.figures}
        undo = reverse("admin:commitments_evidence_undo")
        by_department = {"order": "department", "after": "0:0.5:1"}
        return [
            queries(lambda: staff.get(reverse(REVIEW))),
            queries(lambda: staff.get(reverse(REVIEW), by_department)),
            queries(lambda: fetch(staff.post, accept, sent)),
            queries(lambda: fetch(staff.post, undo)),
            queries(lambda: staff.get(reverse("admin:commitments_evidence_many"))),
        ]

    def fill(count: int) -> None:
        owner = make.commitment("Plant trees", department=Department.objects.create(name=f"{count}", slug=f"{count}"))
        series = make.target(owner, f"trees of {count}", "trees", 100)
        releases = [make.release(f"They planted {number} trees.") for number in range(10)]
        Evidence.objects.bulk_create(
            Evidence(
                commitment=owner,
                release=(of := releases[number % 10]),
                revision=of.latest_revision,
                quote=f"They planted {number % 10} trees.",
                quote_key=str(number),
                start=0,
                end=23,
                score=number / count,
                figures=[make.figure(number, series)],
                reasons=["Shares trees."],
            )
            for number in range(count)
        )

    fill(10)
    measure()  # what is looked up once and kept
    few = measure()
    fill(990)
    assert measure() == few
    assert max(few) <= 40, few


# What can be done.


def test_accepting_records_the_figures_and_goes_on_to_the_next(staff: Client) -> None:
    best, second = counted(score=0.95), suggestion("planted 11 trees", score=0.5)

    page = decide(staff, best, "accept")

    assert state(best) == "accepted"
    assert best.decided_by.username == "ada"
    assert Measurement.objects.get().value == 50
    assert f"Accepted for {best.commitment.reference}, 1 figure recorded." in said(page)
    assert shown(page) == second.pk


def test_what_was_put_right_is_what_is_accepted(staff: Client) -> None:
    piece = counted()

    decide(staff, piece, "accept", relation="context", tier="in_operation", figure_0="new", value_0="5000")

    piece.refresh_from_db()
    assert (piece.state, piece.relation, piece.tier) == ("accepted", "context", "in_operation")
    assert (piece.figures[0]["value"], piece.figures[0]["value_as_read"]) == (5000, 50)
    assert Measurement.objects.get().value == 5000


@pytest.mark.parametrize(("ruling", "figures"), [("again", 1), ("drop", 0)])
def test_a_figure_said_before_or_left_out_is_no_point(staff: Client, ruling: str, figures: int) -> None:
    piece = counted()

    decide(staff, piece, "accept", figure_0=ruling)

    assert state(piece) == "accepted"
    assert len(piece.figures) == figures
    assert not Measurement.objects.exists()


def test_details_are_kept_without_deciding(staff: Client) -> None:
    piece = counted(score=0.5)
    suggestion("planted 11 trees", score=0.95)

    page = decide(staff, piece, "correct", relation="slips", tier="outcome", figure_0="again")

    assert (state(piece), piece.relation, piece.tier) == ("suggested", "slips", "outcome")
    assert shown(page) == piece.pk


def test_a_detail_that_does_not_fit_decides_nothing_and_is_given_back(staff: Client) -> None:
    piece = counted()

    page = decide(staff, piece, "accept", relation="slips", value_0="many")

    assert page.status_code == 409
    assert state(piece) == "suggested"
    html = page.content.decode()
    assert 'value="many"' in html
    assert 'value="slips" selected' in html
    assert "Enter a number." in html


def test_rejecting_takes_a_usual_reason_by_its_number_or_ones_own(staff: Client) -> None:
    first, second, third = (suggestion(f"planted {number} trees") for number in (11, 22, 33))

    decide(staff, first, "reject", usual="2")
    decide(staff, second, "reject", reason="Of another kingdom.")
    refused = decide(staff, third, "reject", reason=" ", usual="99")

    assert (state(first), first.reject_reason) == ("rejected", USUAL_REASONS[1])
    assert (state(second), second.reject_reason) == ("rejected", "Of another kingdom.")
    assert state(third) == "suggested"
    assert "Say why" in said(refused)


def test_a_rejected_passage_does_not_come_back(staff: Client) -> None:
    from commitments.linking.linker import link

    owner = make.commitment("Plant 40,000 apple trees in public orchards")
    release = make.release("The ministry has planted 9,000 apple trees in public orchards so far this year.")
    (piece,) = link(release.latest_revision)

    decide(staff, piece, "reject", usual="1")

    assert link(release.latest_revision) == []
    later = make.revise(release, f"{release.latest_revision.text} More will come.")
    assert link(later) == []
    assert list(owner.evidence.values_list("state", flat=True)) == ["rejected"]


def test_moving_by_reference_shows_the_passage_there_next(staff: Client) -> None:
    piece, other = suggestion(), make.commitment("Plant fruit trees")

    page = decide(staff, piece, "assign", to=other.reference)

    assert (state(piece), piece.reject_reason) == ("rejected", f"It is about {other.reference}.")
    there = other.evidence.get()
    assert (there.state, there.quote) == ("suggested", piece.quote)
    assert shown(page) == there.pk


def test_moving_by_words_offers_what_they_find(staff: Client) -> None:
    piece, other = suggestion(), make.commitment("Plant fruit trees")
    make.commitment("Mend bridges")

    offered = decide(staff, piece, "assign", to="fruit")

    assert state(piece) == "suggested"
    html = offered.content.decode()
    assert f'name="found" value="{other.reference}"' in html
    assert "Mend bridges" not in html
    decide(staff, piece, "assign", to="fruit", found=[other.reference])
    assert state(piece) == "rejected"
    assert other.evidence.get().state == "suggested"


def test_splitting_keeps_it_here_too_and_shows_each_in_turn(staff: Client) -> None:
    piece = suggestion(score=0.4)
    suggestion("planted 11 trees", score=0.95)
    others = [make.commitment("Plant fruit trees"), make.commitment("Plant oaks")]

    page = decide(staff, piece, "assign", to=", ".join(one.reference for one in others), keep="on")

    assert state(piece) == "suggested"
    there = {one.pk for other in others for one in other.evidence.all()}
    came = []
    for _ in range(3):
        came.append(shown(page))
        card = Evidence.objects.get(pk=came[-1])
        page = decide(staff, card, "accept", where=page.request["QUERY_STRING"])
    assert set(came) == {*there, piece.pk}


def test_words_that_find_nothing_say_so_and_lose_nothing(staff: Client) -> None:
    piece = suggestion()

    page = decide(staff, piece, "assign", to="zebra", keep="on")

    html = page.content.decode()
    assert 'value="zebra"' in html
    assert "no commitment has these words" in html
    assert state(piece) == "suggested"


def test_commitments_are_found_by_words_for_the_pages_script(staff: Client) -> None:
    wanted = make.commitment("Plant fruit trees")
    make.commitment("Plant fruit bushes", merged_into=wanted)
    for words in ("fruit", wanted.reference.lower()):
        found = json.loads(staff.get(reverse("admin:commitments_evidence_find"), {"q": words}).content)["found"]
        assert {"reference": wanted.reference, "title": wanted.title} in found
    assert json.loads(staff.get(reverse("admin:commitments_evidence_find")).content) == {"found": []}


def test_the_last_decision_is_undone_and_shown_again(staff: Client) -> None:
    piece, other = counted(score=0.5), suggestion("planted 11 trees", score=0.95)
    page = decide(staff, piece, "accept")
    assert shown(page) == other.pk or shown(page) is None

    page = staff.post(reverse("admin:commitments_evidence_undo"), follow=True)

    assert state(piece) == "suggested"
    assert not Measurement.objects.filter(withdrawn_at=None).exists()
    assert shown(page) == piece.pk


def test_a_move_is_undone_whole_and_teaches_nothing(staff: Client) -> None:
    piece, other = suggestion(), make.commitment("Plant fruit trees")
    decide(staff, piece, "assign", to=other.reference)

    page = staff.post(reverse("admin:commitments_evidence_undo"), follow=True)

    assert state(piece) == "suggested"
    assert other.evidence.get().state == "rejected"
    assert lessons()[0] == []
    assert shown(page) == piece.pk


def test_without_a_decision_there_is_nothing_to_undo(staff: Client) -> None:
    decisions.accept(suggestion(), make.deed("ben"))
    page = staff.post(reverse("admin:commitments_evidence_undo"), follow=True)
    assert "You have decided nothing yet" in said(page)


# Two at once.


@pytest.mark.parametrize("what", ["accept", "reject", "correct", "assign"])
def test_an_old_card_decides_nothing_and_says_who_did_what_and_when(staff: Client, what: str) -> None:
    piece, other = counted(), make.commitment("Plant fruit trees")
    old = Evidence.objects.get(pk=piece.pk)
    decisions.reject(piece, make.deed("ben"), "Another orchard.")

    page = decide(staff, old, what, usual="1", to=other.reference)

    at = timezone.localtime(piece.decided_at)
    assert page.status_code == 409
    assert f"ben rejected this at {at:%H:%M} (Another orchard), while it was open here." in said(page)
    assert (state(piece), piece.decided_by.username) == ("rejected", "ben")
    assert not Measurement.objects.exists()
    assert not other.evidence.exists()


def test_a_card_whose_details_a_colleague_put_right_says_so(staff: Client) -> None:
    piece = counted()
    old = Evidence.objects.get(pk=piece.pk)
    decisions.correct(piece, make.deed("ben"), relation="slips", tier=piece.tier, restated={})

    page = decide(staff, old, "accept")

    assert "ben corrected this at" in said(page)
    assert shown(page) == piece.pk
    assert 'value="slips" selected' in page.content.decode()


def test_a_page_that_does_not_say_what_it_showed_decides_nothing(staff: Client) -> None:
    piece = suggestion()
    address = reverse("admin:commitments_evidence_accept", args=[piece.pk])
    assert staff.post(address, {"relation": "progress", "tier": "announced"}).status_code == 409
    staff.get(address)
    assert state(piece) == "suggested"


def test_a_suggestion_that_the_linker_took_back_is_said_to_be_gone(staff: Client) -> None:
    piece, other = suggestion(), suggestion("planted 11 trees", score=0.3)
    old = Evidence.objects.get(pk=piece.pk)
    piece.delete()

    page = decide(staff, old, "accept")

    assert "no longer suggested" in said(page)
    assert shown(page) == other.pk


# What it is called.


def test_the_handbook_has_the_keys_of_the_page(staff: Client) -> None:
    suggestion()
    handbook = (ROOT / "docs" / "handbook" / "queue.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| `(.+?)` \| (.+) \|$", handbook, re.MULTILINE)) == KEYS

    html = staff.get(reverse(REVIEW)).content.decode()

    for key, does in KEYS:
        assert f"<kbd>{key}</kbd></th><td>{does}</td>" in html
    assert f"{len(USUAL_REASONS)}</kbd> {USUAL_REASONS[-1]}" in html
