"""One release on two sites is one release; two releases made from one template are two."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import atom
from tracker.models import Appearance, Release, Revision, Source
from tracker.near_duplicates import Said, is_copy
from tracker.polling import poll

LABELLED = Path(__file__).parents[1] / "labelled"
RELEASES: list[dict[str, Any]] = [
    json.loads(line)
    for name in ("fitting", "fitting-uk")
    for line in (LABELLED / name / "releases.jsonl").read_text(encoding="utf-8").splitlines()
]
LONG = [release for release in RELEASES if len(release["text"].split()) > 100]
PUBLISHED = "2025-01-10T09:30:00Z"


@pytest.fixture
def carry(
    make_source: Callable[..., Source], httpserver: HTTPServer, now: dt.datetime
) -> Callable[..., tuple[Source, int]]:
    """Let a site publish one release, and poll it. The number of releases that are new is told."""

    def carried(site: str, title: str, text: str, published: str = PUBLISHED, **fields: Any) -> tuple[Source, int]:
        entry = {"id": f"{site}:1", "url": f"https://{site}.example/1", "title": title, "text": text}
        httpserver.expect_request(f"/{site}").respond_with_data(
            atom({**entry, "published": published}), content_type="application/atom+xml"
        )
        source = Source.objects.filter(slug=f"source-at-{site}").first() or make_source(f"/{site}", **fields)
        later = now + dt.timedelta(days=Source.objects.count(), hours=Revision.objects.count())
        return source, poll(source, now=later).new_releases

    return carried


@pytest.mark.django_db
def test_a_copy_in_another_frame_is_the_same_release_at_both_addresses(carry: Any, client: Client) -> None:
    release = LONG[0]
    carry("ministry", release["title"], release["text"])
    framed = f"This was issued by the ministry.\n\n{release['text']}\n\nShare this page with others."
    copy, new = carry("copies", f"PRESS RELEASE : {release['title']}", framed, voice="media")
    assert new == 0
    kept = Release.objects.get()
    assert (kept.title, kept.revisions.count()) == (release["title"], 1)
    assert {here.url for here in kept.appearances.all()} == {"https://ministry.example/1", "https://copies.example/1"}
    assert "https://copies.example/1" in client.get(kept.get_absolute_url()).content.decode()
    assert poll(copy, now=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)).new_releases == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"published": "2025-02-10T09:30:00Z"},
        {"text": lambda text: re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), text)},
        {"title": lambda title: title.replace("January", "February")},
    ],
    ids=["another month", "other figures", "another period in its title"],
)
def test_the_next_edition_is_another_release(carry: Any, change: dict[str, Any]) -> None:
    text = (
        "Statistics of arrivals were published today. In the week 412 people came in 9 boats, the department said. "
        "The figures are provisional and may be revised when more is known about those who came. They are taken from "
        "the records of officers at the coast, who count people as they come ashore and write down where and when. "
        "The department publishes them each week on this page, with those of earlier weeks in a table below the text. "
    ) * 2
    carry("ministry", "Arrivals in January", text)
    other = {"title": "Arrivals in January", "text": f"From our desk. {text}", "published": PUBLISHED}
    for name, new in change.items():
        other[name] = new(other[name]) if callable(new) else new
    _, new = carry("copies", **other, voice="media")
    assert new == 1
    assert Release.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["A copy", LONG[1]["title"]], ids=["title of its own", "same title"])
@pytest.mark.parametrize("lead", ["Seen elsewhere today.\n\n", ""], ids=["in a frame", "word for word"])
def test_what_its_publisher_says_is_the_release_though_a_copy_came_first(carry: Any, title: str, lead: str) -> None:
    text, own_day = LONG[1]["text"], "2025-01-09T09:30:00Z"
    copy, _ = carry("copies", title, f"{lead}{text}", voice="media")
    _, new = carry("ministry", LONG[1]["title"], text, own_day)
    assert new == 0
    release = Release.objects.get()
    latest = release.latest_revision
    assert (release.url, release.voice, release.title) == ("https://ministry.example/1", "official", LONG[1]["title"])
    assert release.published_at.day == 9
    assert latest.appearance.source.voice == "official"
    assert "Seen elsewhere" not in latest.text
    assert latest.title == LONG[1]["title"]
    assert release.revisions.count() == (2 if lead else 1)
    assert poll(copy, now=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)).new_revisions == 0
    assert release.latest_revision == latest


@pytest.mark.django_db
def test_a_copy_that_came_before_its_original_can_be_kept_apart(carry: Any, client: Client) -> None:
    text = LONG[1]["text"]
    copy, _ = carry("copies", "A copy", f"Seen elsewhere today.\n\n{text}", voice="media")
    ministry, _ = carry("ministry", LONG[1]["title"], text)
    client.force_login(User.objects.create_superuser("staff"))
    here = Appearance.objects.get(source=copy)
    client.post("/admin/tracker/appearance/", {"action": "keep_apart", "_selected_action": [here.pk]})
    apart = Appearance.objects.get(pk=here.pk).release
    assert (apart.title, apart.voice) == ("A copy", "media")
    assert "Seen elsewhere" in apart.latest_revision.text
    for source in (copy, ministry):
        poll(source, now=dt.datetime(2025, 3, 1, tzinfo=dt.UTC))
    assert Release.objects.count() == 2


@pytest.mark.django_db
def test_an_edit_of_the_frame_is_none_of_the_release(carry: Any, httpserver: HTTPServer) -> None:
    text = LONG[2]["text"]
    carry("ministry", "Title", text)
    copy, _ = carry("copies", "Title", f"Seen elsewhere.\n\n{text}", voice="media")
    httpserver.clear()
    entry = {"id": "copies:1", "url": "https://copies.example/1", "title": "Title", "published": PUBLISHED}
    body = atom({**entry, "text": f"Seen elsewhere, and liked.\n\n{text}"})
    httpserver.expect_request("/copies").respond_with_data(body, content_type="application/atom+xml")
    assert poll(copy, now=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)).new_revisions == 0


@pytest.mark.django_db
def test_staff_undo_a_join_for_good(carry: Any, client: Client) -> None:
    text = LONG[3]["text"]
    carry("ministry", "Title", text)
    copy, _ = carry("copies", "Title", f"Seen elsewhere.\n\n{text}", voice="media")
    here = Appearance.objects.get(source=copy)
    client.force_login(User.objects.create_superuser("staff"))
    chosen = {"action": "keep_apart", "_selected_action": [here.pk]}
    answer = client.post("/admin/tracker/appearance/", chosen, follow=True)
    assert "is a release of its own now" in answer.content.decode()
    assert Release.objects.count() == 2
    assert "Seen elsewhere" in Appearance.objects.get(pk=here.pk).release.latest_revision.text
    assert poll(copy, now=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)).new_releases == 0
    assert Release.objects.count() == 2
    again = client.post("/admin/tracker/appearance/", chosen, follow=True)
    assert "is no copy of another release" in again.content.decode()


FRAMES = st.sampled_from(["", "Seen on another site.", "Read more of this kind here.", "We repeat what was issued."])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(LONG), FRAMES, FRAMES, st.sampled_from(["{}", "NEWS: {}", "{} | News"]))
def test_frames_do_not_hide_a_copy(release: dict[str, Any], lead: str, foot: str, title: str) -> None:
    original = Said(release["title"], release["text"])
    text = "\n".join(filter(None, [lead, release["text"].replace("\n\n", "\n"), foot]))
    assert is_copy(Said(title.format(release["title"]), text), original)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LONG), st.data())
def test_another_number_or_name_at_the_beginning_tells_apart(release: dict[str, Any], data: st.DataObject) -> None:
    names = data.draw(st.permutations(["Leeds", "Bristol", "Exeter", "Derby"]))
    numbers = data.draw(st.permutations(["1,204", "877", "15,310"]))
    template = "The council of {} was given {} pounds today.\n\n" + release["text"]
    one = Said("Money for a council", template.format(names[0], numbers[0]))
    assert not is_copy(one, Said("Money for a council", template.format(names[1], numbers[1])))
    assert not is_copy(one, Said("Money for a council", template.format(names[0], numbers[1])))
    assert not is_copy(one, Said("Money for a council", template.format(names[1], numbers[0])))


SHARED_BODY = LONG[4]["text"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Arrivals: 412 in the week.", "Arrivals: 523 in the week."),
        ("“We are glad,” said Ivy Marsh of Leeds.", "“It is time,” said Tom Ashdown of Derby."),
        ("For more see www.figures.example: 412 came.", "For more see www.figures.example: 523 came."),
        ("It costs £5 a head.", "It costs €5 a head."),
        ("Notes to editors\n\nThe figures are for May.", "Notes to editors\n\nThe figures are for June."),
    ],
)
@pytest.mark.parametrize("layout", ["{one}\n\n{body}", "{body}\n\n{one}", "{body}\n\n{one}\n\n{body}"])
def test_another_figure_or_name_tells_apart_wherever_it_stands(one: str, other: str, layout: str) -> None:
    texts = [layout.format(one=each, body=SHARED_BODY) for each in (one, other)]
    assert not is_copy(Said("One title", texts[0]), Said("One title", texts[1]))
    assert is_copy(Said("One title", texts[0]), Said("One title", texts[0]))


@pytest.mark.django_db
def test_a_copy_that_comes_days_later_is_known_by_its_own_words(carry: Any) -> None:
    text = LONG[5]["text"]
    carry("ministry", "Title", text)
    copy, new = carry(
        "copies", "On page 7", f"From our issue of 3 March.\n\n{text}", "2025-01-13T20:00:00Z", voice="media"
    )
    assert new == 0
    assert poll(copy, now=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)).new_releases == 0


def test_two_copies_that_each_begin_with_words_of_their_own_are_one_release() -> None:
    body = (
        "Three reservoirs were opened today by the minister, who said that the water of two of them will reach the "
        "towns before the summer. The third is filled in the coming years. Engineers from the region have built them "
        "since the drought, with money that the county had saved for a road which nobody wanted when it came to it."
    )
    one = Said("Reservoirs", f"As seen elsewhere.\n\n{body}")
    assert is_copy(one, Said("Reservoirs", f"We repeat:\n\n{body}"))
    assert not is_copy(
        Said("Reservoirs", f"Kent tells us:\n\n{body}"), Said("Reservoirs", f"Surrey tells us:\n\n{body}")
    )
