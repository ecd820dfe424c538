"""How well the text that a page is there for is found, beside libraries that do it: docs/decisions/0005.

    .venv/bin/pip install trafilatura readability-lxml resiliparse justext
    .venv/bin/python -m benchmarks.main_text ../shared

The pages are made of texts whose words are known (GOV.UK's documents, labelled releases, tables, short notices) in the
markup of four kinds of site; the pairs of versions and the hostile pages are as they are. A library that is not
installed is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from queue import Empty

from lxml import html

from tracker.reading.html_text import reader_text, text_of
from tracker.reading.main_text import main_text

LABELLED = Path(__file__).parents[1] / "tests" / "labelled"
RUN = 4
SECONDS_FOR_A_HOSTILE_PAGE = 20
URL = "https://www.example.org/news/1"

Reader = Callable[[bytes], str]


def ours(page: bytes) -> str:
    return main_text(page, "text/html; charset=utf-8", URL)


def trafilatura(page: bytes) -> str:
    import trafilatura as library

    return library.extract(page, url=URL, include_comments=False, include_tables=True) or ""


def trafilatura_for_recall(page: bytes) -> str:
    import trafilatura as library

    return library.extract(page, url=URL, include_comments=False, include_tables=True, favor_recall=True) or ""


def readability(page: bytes) -> str:
    """It returns markup, which our own layout makes text of."""
    from readability import Document

    return text_of(html.fromstring(Document(page.decode("utf-8", "replace"), url=URL).summary()))


def resiliparse(page: bytes) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(page.decode("utf-8", "replace"), main_content=True))


def justext(page: bytes) -> str:
    import justext as library

    found = library.justext(page, library.get_stoplist("English"))
    return "\n\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)


READERS: dict[str, Reader] = {
    "ours": ours,
    "trafilatura": trafilatura,
    "trafilatura, for recall": trafilatura_for_recall,
    "readability": readability,
    "resiliparse": resiliparse,
    "justext": justext,
}


# Pages whose text is known


MENU = "<ul>{}</ul>".format(
    "".join(
        f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "News and communications", "Research", "About")
    )
)
AROUND = {
    "GOV.UK": (
        '<div class="gem-c-cookie-banner"><p>Small files make this service work. May we keep some more, to'
        " learn how it is used?</p><button>Yes</button></div>"
        '<a class="govuk-skip-link" href="#content">Go to the content</a><header class="gem-c-header">{menu}</header>'
        '<div class="govuk-width-container"><div class="gem-c-breadcrumbs">{menu}</div><main id="content">'
        '<h1>{title}</h1><div class="gem-c-metadata"><dl><dt>From:</dt><dd><a href="/o">Ferries</a></dd></dl></div>'
        '<div class="gem-c-govspeak govuk-govspeak">{body}</div></main><div class="gem-c-contextual-sidebar"><h2>See'
        ' also</h2><ul><li><a href="/x">Another document that came out lately</a></li></ul></div></div>'
        '<div class="gem-c-feedback"><form><h2>Was this of use?</h2><p>Tell us what you came for, and whether you have'
        " found it here today.</p></form></div><footer><p>What stands here may be used again under a free licence,"
        " unless we say otherwise</p></footer>"
    ),
    "WordPress": (
        '<div id="page"><header id="masthead" class="site-header"><p class="site-title">The Site</p><nav>{menu}</nav>'
        '</header><div id="primary"><article class="post hentry"><header class="entry-header"><h1>{title}</h1>'
        '<div class="entry-meta">Posted on 3 March 2025 by editor</div></header><div class="entry-content">{body}'
        '<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="#">Twitter</a></li><li><a href="#">Facebook</a>'
        '</li></ul></div></div></article><div id="comments"><h2>2 comments</h2><ol><li><p>I have read this and think'
        " that something else should be done about it by those who can.</p></li></ol></div></div>"
        '<aside id="secondary" class="widget-area"><h2>Recent posts</h2>{menu}<p>Sign up for our newsletter, and never'
        ' miss what we publish.</p></aside><footer id="colophon"><p>Proudly powered by a program.</p></footer></div>'
    ),
    "nothing marked": (
        '<div class="wrap"><div class="top">{menu}</div><div class="left">{menu}<div class="box">We are open from'
        ' nine to five, on weekdays only.</div></div><div class="c2"><h1>{title}</h1><div>{body}</div></div>'
        '<div class="bottom">Copyright of the ministry. Terms and conditions apply to all who use it.</div></div>'
    ),
    "tables": (
        '<table width="100%"><tr><td colspan="2">{menu}</td></tr><tr><td width="20%">{menu}</td><td><h1>{title}</h1>'
        "{body}</td></tr><tr><td colspan=2><font size=1>Webmaster. Last built by the ministry.</font></td></tr></table>"
    ),
}


def bodies(shared: Path) -> Iterator[tuple[str, str, str]]:
    """Kind, title and markup of texts."""
    for path in sorted((shared / "data" / "govuk").glob("*.json")):
        item = json.loads(path.read_text(encoding="utf-8"))
        body = (item.get("details") or {}).get("body")
        if isinstance(body, str) and len(reader_text(body).split()) >= 20:
            yield "documents of GOV.UK", item["title"], body
    for name in ("fitting", "unseen"):
        for line in (LABELLED / name / "releases.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            paragraphs = row["text"].split("\n\n")
            yield "releases", row["title"], "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
            yield "short notices", row["title"], f"<p>{escape(max(paragraphs[:3], key=len)[:300])}</p>"
            yield "tables", row["title"], f"<p>{escape(paragraphs[-1])}</p>{_table(row['text'])}"


def _table(text: str) -> str:
    words = [word for word in text.split() if word.isalpha()][:60]
    rows = "".join(f"<tr><td>{word}</td><td>{len(word) * 137}</td><td>{len(word) * 7}%</td></tr>" for word in words)
    return f"<table><tr><th>Area</th><th>People</th><th>Share</th></tr>{rows}</table>"


def page(around: str, title: str, body: str) -> bytes:
    inner = AROUND[around].format(menu=MENU, title=escape(title), body=body)
    return (
        f"<!doctype html><html lang=en><head><title>{escape(title)}</title></head><body>{inner}</body></html>".encode()
    )


def runs(text: str) -> Counter[tuple[str, ...]]:
    words = [word.strip("•|*#-–—.,:;()“”\"'") for word in text.replace("|", " ").lower().split()]
    words = [word for word in words if word]
    return Counter(zip(*(words[start:] for start in range(min(RUN, len(words)))), strict=False))


def compare(reader: Reader, shared: Path) -> None:
    seconds: list[float] = []
    shares: dict[str, list[tuple[float, float]]] = {}
    for kind, title, body in bodies(shared):
        truth = runs(text_of(html.fragment_fromstring(body, create_parent="div")))
        for around in AROUND:
            made = page(around, title, body)
            began = time.perf_counter()
            found = runs(reader(made))
            seconds.append(time.perf_counter() - began)
            right = (truth & found).total()
            both = (right / max(1, truth.total()), right / max(1, found.total()))
            shares.setdefault(f"{kind}", []).append(both)
            shares.setdefault(f"  in {around}", []).append(both)
    for name, values in shares.items():
        recall, precision = (statistics.fmean(value[place] for value in values) for place in (0, 1))
        lost = sum(value[0] < 0.5 for value in values)
        print(f"    {name:22} recall {recall:.3f} precision {precision:.3f}, {lost} of {len(values)} half lost or more")
    print(f"    median {statistics.median(seconds) * 1000:.1f} ms a page, longest {max(seconds) * 1000:.0f} ms")


def pairs(reader: Reader, shared: Path) -> None:
    """Whether the text of two versions differs, where analysts said that it should or should not."""
    for folder in [shared / "data" / "pages" / "edgi_pairs"]:
        told = {"truepos": [0, 0], "falsepos": [0, 0]}
        for first in sorted(folder.glob("*-a.html")):
            second = first.with_name(first.name.replace("-a.html", "-b.html"))
            differ = runs(reader(first.read_bytes())) != runs(reader(second.read_bytes()))
            told[first.name.partition("-")[0]][differ] += 1
    print(f"    true changes seen {told['truepos'][1]} of 3, false ones taken for changes {told['falsepos'][1]} of 3")


HOSTILE = {
    "deeply nested": b"<div>" * 50_000 + b"<p>deep</p>",
    "many menus": b"<nav></nav>x " * 50_000,
    "one long class": b'<div class="' + b"share " * 100_000 + b'"><p>x</p></div>',
    "nested tables": b"<table><tr><td>" * 2_000 + b"x",
    "100,000 short paragraphs": b"<p>word word</p>" * 100_000,
    "3 MiB of text": b"<p>" + b"word " * 600_000,
    "control characters": b"<p>a\x00b\x0bc\xff\xfe" * 1_000,
    "links only": b'<a href="/x">word word word</a> ' * 50_000,
}


def _read_hostile(name: str, page: bytes, answer: multiprocessing.Queue[tuple[float, float, str]]) -> None:
    READERS[name](b"<p>Warm up with a short page.</p>")
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    try:
        READERS[name](page)
        problem = ""
    except Exception as error:
        problem = type(error).__name__
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    answer.put((time.perf_counter() - began, grown / 1024, problem))


def hostile(name: str) -> None:
    for kind, made in HOSTILE.items():
        answer: multiprocessing.Queue[tuple[float, float, str]] = multiprocessing.Queue()
        process = multiprocessing.Process(target=_read_hostile, args=(name, made, answer))
        process.start()
        try:
            seconds, grown, problem = answer.get(timeout=SECONDS_FOR_A_HOSTILE_PAGE)
            print(f"    {kind:26} {seconds:6.2f} s {grown:6.0f} MiB {problem}")
        except Empty:
            print(f"    {kind:26} not within {SECONDS_FOR_A_HOSTILE_PAGE} s, or it killed its process")
        process.kill()
        process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder of labelled data beside the checkout")
    parser.add_argument("--only", choices=READERS)
    arguments = parser.parse_args()
    for name, reader in READERS.items():
        library = name.partition(",")[0]
        if arguments.only not in (None, name) or (library != "ours" and not importlib.util.find_spec(library)):
            continue
        print(name)
        compare(reader, arguments.shared)
        pairs(reader, arguments.shared)
        hostile(name)


if __name__ == "__main__":
    main()
