"""Pages that list posts or links: what is on them comes in whole, page after page."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tracker.models import Release, Source
from tracker.polling import poll

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]

LABELLED = Path(__file__).parents[1] / "labelled"
ON_A_PAGE = 10
FIRST_DAY = dt.date(2025, 3, 1)


@dataclass
class Post:
    number: int
    title: str
    text: str

    @property
    def day(self) -> dt.date:
        return FIRST_DAY + dt.timedelta(days=self.number)

    @property
    def path(self) -> str:
        return f"/news/post-{self.number}"

    @property
    def paragraphs(self) -> list[str]:
        return [" ".join(part.split()) for part in self.text.split("\n\n") if part.strip()]

    @property
    def html(self) -> str:
        return "".join(f"<p>{escape(part)}</p>" for part in self.paragraphs)


def posts_of(*files: Path) -> list[Post]:
    lines = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return [Post(n, " ".join(line["title"].split()), line["text"]) for n, line in enumerate(lines[:50])]


def classic(posts: Sequence[Post], url: Callable[[str], str], older: str) -> str:
    """A tag page as older themes of WordPress make them: whole posts, and "older posts" for the page after."""
    shown = "".join(
        f"""<div id="post-{post.number}" class="post-{post.number} post type-post status-publish hentry tag-news">
        <h2 class="entry-title"><a href="{url(post.path)}" rel="bookmark">{escape(post.title)}</a></h2>
        <div class="entry-meta">Posted on <a href="{url(post.path)}"><time class="entry-date published"
        datetime="{post.day}T09:00:00+00:00">{post.day:%B %d, %Y}</time><time class="updated"
        datetime="2026-01-01T09:00:00+00:00">January 1, 2026</time>
    </a> by <a href="/author/x">A writer of theirs</a></div>
        <div class="entry-content">{post.html}<div class="sharedaddy">Share this</div></div>
        <footer class="entry-meta">Tagged <a href="/tag/news">news</a>. <a href="{url(post.path)}#respond">Reply</a>
    </footer></div>"""
        for post in posts
    )
    more = f'<div class="nav-previous"><a href="{older}"><span>←</span> Older posts</a></div>' if older else ""
    return f"""<!doctype html><html><head><title>News</title></head><body class="archive tag"><header id="masthead">
    <nav><ul><li><a href="/">Home page of the site</a></li><li><a href="/about">What this site is about</a></li>
    </ul></nav></header>
    <div id="primary"><main><header class="page-header"><h1>Tag: News</h1></header>{shown}
    <nav class="navigation posts-navigation">{more}</nav></main></div>
    <aside><h2>Recent comments</h2><ul><li><a href="/c/1">A long comment by somebody else</a></li></ul></aside>
    </body></html>"""


def blocks(posts: Sequence[Post], url: Callable[[str], str], older: str) -> str:
    """A page as WordPress's themes of blocks make them: excerpts, and a link to the next page."""
    shown = "".join(
        f"""<li class="wp-block-post post-{post.number} type-post"><h2 class="wp-block-post-title"><a href="{post.path}"
        target="_self">{escape(post.title)}</a></h2><div class="wp-block-post-date">
    <time datetime="{post.day}T08:30:00+00:00"><a
        href="{post.path}">{post.day:%B %d, %Y}</a></time></div><div class="wp-block-post-excerpt"><p
        class="wp-block-post-excerpt__excerpt">{escape(post.paragraphs[0][:120])}… </p></div></li>"""
        for post in posts
    )
    more = f'<a href="{older}" class="wp-block-query-pagination-next">Next Page</a>' if older else ""
    return f"""<!doctype html><html><body><main class="wp-block-group"><h1>News</h1><div class="wp-block-query"><ul
    class="wp-block-post-template">{shown}</ul><nav class="wp-block-query-pagination">{more}</nav></div></main>
    </body></html>"""


def finder(posts: Sequence[Post], url: Callable[[str], str], older: str) -> str:
    """A list of documents as GOV.UK's finders make them: links with a summary and the day."""
    shown = "".join(
        f"""<li class="gem-c-document-list__item"><div class="gem-c-document-list__item-title"><a class="govuk-link"
        href="{post.path}">{escape(post.title)}</a></div><p class="gem-c-document-list__item-description">In short,
        {escape(post.paragraphs[0][:80])}</p><ul class="gem-c-document-list__item-metadata"><li
        class="gem-c-document-list__attribute">From: The department of departments</li>
    <li class="gem-c-document-list__attribute">Updated:
        <time datetime="{post.day}">{post.day.day} {post.day:%B %Y}</time></li></ul></li>"""
        for post in posts
    )
    more = (
        f'<div class="govuk-pagination__next"><a href="{older}" rel="next">Next page<span>: 2 of 5</span></a></div>'
        if older
        else ""
    )
    return f"""<!doctype html><html><body><header role="banner"><a href="/">GOV.UK</a></header><main>
    <h1>News and communications</h1>
    <form><label>Search</label></form><ul class="gem-c-document-list">{shown}</ul>
    <nav class="govuk-pagination">{more}</nav></main>
    <footer><ul><li><a href="/help">Help with using this service</a></li></ul></footer></body></html>"""


def table(posts: Sequence[Post], url: Callable[[str], str], older: str) -> str:
    """A ministry's table of releases with days as numbers, and no names for anything."""
    shown = "".join(
        f'<tr><td>{post.day:%d/%m/%Y}</td><td><a href="{post.path}">{escape(post.title)}</a></td><td>PDF</td></tr>'
        for post in posts
    )
    more = f'<p><a href="{older}">Older</a></p>' if older else ""
    menu = "<table><tr><td><a href='/'>Front page of ministry</a></td></tr></table>"
    return f"<html><body>{menu}<table>{shown}</table>{more}</body></html>"


def teasers(posts: Sequence[Post], url: Callable[[str], str], older: str) -> str:
    """Parts without telling names, whose title, summary and day stand apart from a link that says what to do."""
    shown = "".join(
        f"""<div class="row"><div><a href="{post.path}">{escape(post.title)}</a> <div>A summary of it.</div>
        <div class="d">{post.day:%B %d, %Y}</div></div><a href="{post.path}" class="view-more">View article</a></div>"""
        for post in posts
    )
    more = f'<li class="pager-next"><a href="{older}">next ›</a></li>' if older else ""
    return f"<html><body><div id='content'>{shown}</div><ul class='pager'>{more}</ul></body></html>"


def alone(post: Post) -> str:
    return f"""<!doctype html><html><head><title>{escape(post.title)} - News</title></head><body><nav>
    <a href="/">Home</a></nav><main>
    <article><h1>{escape(post.title)}</h1><div class="govspeak">{post.html}</div></article></main>
    <footer>All rights</footer></body></html>"""


Layout = Callable[[Sequence[Post], Callable[[str], str], str], str]


@pytest.fixture(autouse=True)
def no_robots_file(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)


class Site:
    """The posts, newest first, ten on a page."""

    def __init__(self, server: HTTPServer, layout: Layout, posts: list[Post]) -> None:
        self.server, self.layout, self.posts = server, layout, posts
        self.asked: list[str] = []
        server.expect_request("/tag/news").respond_with_handler(self.listed)
        for post in posts:
            server.expect_request(post.path).respond_with_handler(self.shown(post))

    @property
    def url(self) -> str:
        return self.server.url_for("/tag/news")

    def listed(self, request: Request) -> Response:
        self.asked.append(request.full_path)
        page = int(request.args.get("page", 1))
        newest = sorted(self.posts, key=lambda post: -post.number)
        last = page * ON_A_PAGE >= len(newest)
        part = newest[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        older = "" if last else f"/tag/news?page={page + 1}"
        return Response(self.layout(part, self.server.url_for, older), content_type="text/html; charset=utf-8")

    def shown(self, post: Post) -> Callable[[Request], Response]:
        return lambda request: Response(alone(post), content_type="text/html; charset=utf-8")


def source_of(site: Site, now: dt.datetime, **options: str) -> Source:
    return Source.objects.create(
        slug="news", name="News", kind=Source.Kind.LISTING, url=site.url, options=options, next_due_at=now
    )


LAYOUTS = {
    "WordPress, whole posts": classic,
    "WordPress, excerpts": blocks,
    "GOV.UK": finder,
    "a table": table,
    "teasers": teasers,
}


def check_walked_back(site: Site, source: Source) -> None:
    out = StringIO()
    call_command("backfill", "news", "--since", FIRST_DAY.isoformat(), "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said["finished"], said
    releases = list(Release.objects.order_by("pk"))
    assert [(release.title, timezone.localdate(release.published_at)) for release in releases] == [
        (post.title, post.day) for post in site.posts
    ]
    for release, post in zip(releases, site.posts, strict=True):
        kept = " ".join(release.latest_revision.text.replace("• ", "").split())
        assert kept.removesuffix(" Share this") == " ".join(post.paragraphs).replace("• ", "")
    assert len([path for path in site.asked if "page=" in path]) == 4
    assert not Release.objects.exclude(revisions__number=1).exists()


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_five_pages_are_walked_back_whole(httpserver: HTTPServer, layout: Layout, now: dt.datetime) -> None:
    posts = posts_of(LABELLED / "fitting" / "releases.jsonl", LABELLED / "fitting-uk" / "releases.jsonl")
    site = Site(httpserver, layout, posts)
    check_walked_back(site, source_of(site, now))


@pytest.mark.shared
@pytest.mark.parametrize("layout", [classic, finder], ids=["WordPress", "GOV.UK"])
def test_real_releases_are_walked_back_whole(
    httpserver: HTTPServer, layout: Layout, now: dt.datetime, shared: Path
) -> None:
    posts = posts_of(*(shared / "gold" / part / "releases.jsonl" for part in ("", "full", "web")))
    assert len(posts) == 50
    site = Site(httpserver, layout, posts)
    check_walked_back(site, source_of(site, now))


@pytest.mark.parametrize("layout", [classic, finder], ids=["whole posts", "links"])
def test_what_is_new_comes_in_and_what_is_not_makes_no_row(httpserver: HTTPServer, layout: Layout) -> None:
    posts = posts_of(LABELLED / "fitting" / "releases.jsonl")[:8]
    now = dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)
    site = Site(httpserver, layout, posts[:6])
    for post in posts[6:]:
        httpserver.expect_request(post.path).respond_with_handler(site.shown(post))
    source = source_of(site, now)
    assert poll(source, now=now).new_releases == 6
    assert poll(source, now=now + dt.timedelta(hours=2)).new_releases == 0
    site.posts = posts
    assert poll(source, now=now + dt.timedelta(hours=4)).new_releases == 2
    assert Release.objects.count() == 8


def test_a_post_that_was_edited_is_a_revision(httpserver: HTTPServer) -> None:
    posts = posts_of(LABELLED / "fitting" / "releases.jsonl")[:3]
    now = dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)
    site = Site(httpserver, classic, posts)
    source = source_of(site, now)
    poll(source, now=now)
    posts[1].text += "\n\nThis was added in the evening."
    again = poll(source, now=now + dt.timedelta(hours=2))
    assert (again.new_releases, again.new_revisions) == (0, 1)
    assert Release.objects.get(title=posts[1].title).latest_revision.text.count("in the evening") == 1


def test_selectors_say_what_no_rule_could_know(httpserver: HTTPServer, now: dt.datetime) -> None:
    row = (
        '<div class="r"><b>Item {0}</b><i>{0} February 2025</i>'
        '<span><a href="/x/{0}">Go</a></span><q>It says {0}.</q></div>'
    )
    rows = "".join(row.format(n) for n in (3, 2, 1))
    httpserver.expect_request("/odd").respond_with_data(f"<div>{rows}</div>", content_type="text/html")
    options = {"item": "div.r", "title": "b", "link": "span a", "date": "i", "text": "q"}
    arguments = ["listing", httpserver.url_for("/odd"), "--name", "Odd"]
    shown = StringIO()
    call_command("add_source", *arguments, "--options", json.dumps(options), "--json", stdout=shown)
    entries: list[dict[str, Any]] = json.loads(shown.getvalue())["entries"]
    assert [entry["title"] for entry in entries] == ["Item 3", "Item 2", "Item 1"]
    poll(Source.objects.get(), now=now + dt.timedelta(days=60))
    release = Release.objects.get(title="Item 2")
    assert (timezone.localdate(release.published_at), release.latest_revision.text) == (
        dt.date(2025, 2, 2),
        "It says 2.",
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rows": "li"}, "have no option “rows”. They have item, title, link, date, text, next."),
        ({"item": "li["}, "“li[” is no CSS selector"),
        ({"item": 3}, "is a CSS selector, such as"),
        ({"item": "li.none"}, "Nothing on the page that is “li.none” has a link and a title."),
        ({}, "No list of links or posts was found on the page."),
    ],
)
def test_what_cannot_be_read_says_what_to_do(httpserver: HTTPServer, options: dict[str, Any], sentence: str) -> None:
    httpserver.expect_request("/page").respond_with_data("<p>Nothing to list.</p>", content_type="text/html")
    arguments = ["listing", httpserver.url_for("/page"), "--name", "N", "--options", json.dumps(options)]
    with pytest.raises(CommandError) as refused:
        call_command("add_source", *arguments, stdout=StringIO())
    assert sentence in str(refused.value)


def test_paging_without_an_end_is_left(httpserver: HTTPServer) -> None:
    asked: list[str] = []

    def page(request: Request) -> Response:
        asked.append(request.path)
        number = int(request.path.rsplit("/", 1)[1])
        rows = "".join(
            f'<li><a href="/doc/{number}/{n}">A title of several words {number} {n}</a> 1 May 2024</li>'
            for n in range(5)
        )
        return Response(f'<ul>{rows}</ul><a rel="next" href="/p/{number + 1}">Next</a>', content_type="text/html")

    httpserver.expect_request(re.compile(r"/p/\d+")).respond_with_handler(page)
    httpserver.expect_request(re.compile(r"/doc/.*")).respond_with_data(
        "<h1>A title of several words</h1><p>" + "A text of several words. " * 20 + "</p>", content_type="text/html"
    )
    now = dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)
    source = Source.objects.create(
        slug="endless", name="Endless", kind="listing", url=httpserver.url_for("/p/1"), next_due_at=now
    )
    poll(source, now=now)
    assert len(asked) < 50
