"""What the linker does with releases that are too long, too broad, in another language, or made to match."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments import deadlines, figures, linking
from commitments.bringing import import_rows
from commitments.linking import language, passages, suggestions
from commitments.linking.document import document
from commitments.linking.suggestions import MAX_SUGGESTIONS
from commitments.models import Evidence, LinkedRevision
from tests.commitments import make
from tracker.models import Revision

SUBJECTS = [
    (
        "lighthouses",
        "Relight every lighthouse on the northern coast",
        "Relight 45 lighthouses with electric lamps",
        "45",
    ),
    ("otters", "Return otters to lowland rivers", "Release 1,200 otters into lowland rivers", "1200"),
    ("trams", "Build tram lines in six cities", "Build 90 kilometres of tram lines in six cities", "90"),
    ("libraries", "Reopen village libraries", "Reopen 320 village libraries closed since 2010", "320"),
    ("nurses", "Train more school nurses", "Train 4,500 more school nurses for primary schools", "4500"),
    ("orchards", "Plant public orchards", "Plant 40,000 apple and pear trees in public orchards", "40000"),
    ("ferries", "Electric ferries on island routes", "Put electric ferries on all twelve island routes", "12"),
    ("flood walls", "Raise flood walls along estuaries", "Raise 75 kilometres of flood walls on estuaries", "75"),
]
ROWS = [
    {
        "reference": f"R-{number}",
        "title": title,
        "statement": f"{statement} by the end of 2035.",
        "made_on": "2030-02-01",
        "target_metric": subject,
        "target_value": value,
    }
    for number, (subject, title, statement, value) in enumerate(SUBJECTS, start=1)
]
FACT = "The agency has planted 12,500 apple and pear trees in public orchards since March."

Publish = Callable[..., Revision]


@pytest.fixture
def record(db: None) -> None:
    import_rows(ROWS)


@pytest.fixture
def publish(db: None) -> Publish:
    """Put a release into the watch as ingesting would."""

    def publish(text: str, title: str = "News") -> Revision:
        return make.release(text, title=title, published=dt.date(2030, 5, 1)).latest_revision

    return publish


def linked_to(evidence: list[Evidence]) -> set[str]:
    return {piece.commitment.reference for piece in evidence}


# Long ----------------------------------------------------------------------------------------------

SMALL_TALK = (
    "the committee met on a morning in the spring and heard from a number of people who had worked for the service "
    "over many years about what they had seen and what might be done with more time and a better building"
)


def a_report(words: int) -> str:
    """A report of so many words in chapters, with names and numbers in it; always the same one."""
    drawn = random.Random(7)
    talk = SMALL_TALK.split()
    invented = [
        "".join(drawn.choices("bcdfglmnprst", k=2)) + "".join(drawn.choices("aeioul", k=4)) for _ in range(3000)
    ]
    parts: list[str] = []
    written = 0
    while written < words:
        parts.append(f"{len(parts) + 1}. {drawn.choice(invented).title()} and {drawn.choice(invented)}")
        for _ in range(5):
            sentences = []
            for _ in range(6):
                picked = [drawn.choice(talk if drawn.random() < 0.7 else invented) for _ in range(drawn.randint(8, 30))]
                picked[drawn.randrange(len(picked))] = f"{drawn.randint(3, 90_000):,}"
                sentences.append(" ".join(picked).capitalize() + ".")
                written += len(picked)
            parts.append(" ".join(sentences))
    return "\n\n".join(parts)


@pytest.fixture
def peak_memory() -> Callable[[], int]:
    """Bytes of resident memory at their highest since the fixture was made."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        pytest.skip("needs Linux's account of memory")
    reset.write_text("5")

    def peak() -> int:
        match = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert match
        return int(match[1]) * 1024

    return peak


def test_a_report_of_two_hundred_pages_is_linked_in_bounded_time_and_memory(
    record: None, publish: Publish, peak_memory: Callable[[], int]
) -> None:
    linking.link(publish(FACT))  # what is loaded once is no cost of the report
    parts = a_report(100_000).split("\n\n")
    parts.insert(len(parts) // 2, FACT)
    revision = publish("\n\n".join(parts))
    before, began = peak_memory(), time.process_time()
    found = linking.link(revision)
    taken, grown = time.process_time() - began, peak_memory() - before
    print(f"{taken:.1f} s, {grown / 1e6:.0f} MB")  # noqa: T201
    assert [piece.quote for piece in found if piece.commitment.reference == "R-6"] == [FACT]
    assert taken < 10
    assert grown < 150e6


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "planted " * 120_000,
        "12,500 " * 140_000,
        "orchards.\n" * 100_000,
        "• trees\n" * 120_000,
        "1 | 2 | 3\n" * 100_000,
        f"{FACT} " * 12_000,
        "£" * 1_000_000,
        "“" * 1_000_000,
        "has been " * 110_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_million_characters_of_anything_are_linked_in_bounded_time(record: None, publish: Publish, text: str) -> None:
    revision = publish(text)
    began = time.process_time()
    outcome = linking.link_pending()
    assert (outcome.linked, outcome.failed) == (1, 0)
    assert time.process_time() - began < 10
    assert Evidence.objects.filter(revision=revision).count() <= len(ROWS)


# Broken layout -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        FACT.upper(),
        FACT.lower().replace(".", "").replace(",500", "500"),
        FACT.replace(" ", "\n"),
        f"ANNUAL REPORT\n\n{FACT.upper()}\n\nTHE BOARD MET TWICE.",
        f"{SMALL_TALK} {FACT[:-1]} {SMALL_TALK}",
        f"The year so far:\n\nProgramme | Delivered | Note\nRoads | 12 miles | late\n{FACT[:-1]} | yes | -\n",
        f"The year so far:\n\n• met twice\n• {FACT[:-1]}\n• moved house",
    ],
    ids=["capitals", "no marks", "a word a line", "report in capitals", "run-on", "table", "list"],
)
def test_a_fact_is_found_however_it_is_laid_out(record: None, publish: Publish, text: str) -> None:
    (piece,) = linking.link(publish(text))
    assert piece.commitment.reference == "R-6"
    assert len(piece.quote) <= passages.MAX_PASSAGE_CHARACTERS


# Other languages -----------------------------------------------------------------------------------

TRANSLATIONS = {
    "Welsh": (
        "Mae Asiantaeth y Coed wedi plannu 12,500 o goed afalau a gellyg mewn "
        "perllannau cyhoeddus (Public Orchards programme) ers mis Mawrth, yn ôl"
        " y Gweinidog, a bydd 40,000 wedi eu plannu erbyn 2035."
    ),
    "French": (
        "L'agence a planté 12 500 pommiers et poiriers dans les vergers publics"
        " (programme « Public Orchards ») depuis le mois de mars, selon la "
        "ministre, et en plantera 40 000 d'ici à 2035."
    ),
    "German": (
        "Die Behörde hat seit März 12.500 Apfel- und Birnbäume in öffentlichen "
        "Obstgärten (Programm „Public Orchards“) gepflanzt und wird nach "
        "Angaben der Ministerin bis 2035 insgesamt 40.000 pflanzen."
    ),
    "Polish": (
        "Od marca agencja posadziła 12 500 jabłoni i grusz w publicznych sadach"
        " (program „Public Orchards”), a do 2035 roku, jak zapowiada minister, "
        "posadzi ich 40 000 w całym kraju."
    ),
    "Arabic": (
        "زرعت الوكالة 12,500 شجرة تفاح وكمثرى في البساتين العامة (Public "
        "Orchards) منذ شهر مارس وستزرع 40,000 شجرة بحلول عام 2035 وفقا لما "
        "قالته الوزيرة اليوم في العاصمة"
    ),
    "Chinese": (
        "该机构自三月以来已在公共果园(Public Orchards)种植了12,500"
        "棵苹果树和梨树。部长表示,到2035年将种植40,000棵树,这一计划受到各地社"
        "区的欢迎,政府将继续提供资金支持。"
    ),
    "Turkish": (
        "Kurum mart ayından bu yana halka açık meyve bahçelerine (Public "
        "Orchards) 12.500 elma ve armut ağacı dikti ve bakanın açıkladığına "
        "göre 2035 yılına kadar 40.000 ağaç dikecek."
    ),
}


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_a_translation_that_names_figures_and_programmes_is_linked_to_nothing(
    record: None, publish: Publish, name: str
) -> None:
    text = TRANSLATIONS[name]
    assert language.is_foreign(text)
    assert linking.link(publish(text, title="Public Orchards: 12,500 apple and pear trees")) == []


def test_of_a_release_in_two_languages_the_english_is_read(record: None, publish: Publish) -> None:
    (piece,) = linking.link(publish(f"{TRANSLATIONS['Welsh']}\n\n{FACT}\n\n{TRANSLATIONS['Welsh']}"))
    assert piece.quote == FACT


@pytest.mark.parametrize(
    "text",
    [
        "Avon | 123\nBeds | 99\nKent | 45\nEssex | 22\nDorset | 3\nNorfolk | 4\nSussex | 8\nDurham | 1\nDevon | 2\n"
        "Cumbria | 11\nSurrey | 12\nYork | 9\nHull | 7",
        "Trees planted: 12,500",
        "",
        "Café owners, naïve or not, protest at résumé fees in Zürich, and the mayor of Orléans agrees with that.",
        "HOME SECRETARY: NEW ORCHARDS FOR ALL BY 2035, SAYS MINISTER OF STATE IN SPEECH TO THE NATION",
    ],
)
def test_names_tables_and_loan_words_are_no_other_language(text: str) -> None:
    assert not language.is_foreign(text)


@pytest.mark.shared
def test_no_labelled_document_is_taken_for_another_language(shared: Path) -> None:
    import json

    for folder in ("gold", "gold/web", "gold/full"):
        for line in (shared / folder / "releases.jsonl").read_text().splitlines():
            assert not language.is_foreign(json.loads(line)["text"])


# Broad ---------------------------------------------------------------------------------------------


def test_a_release_that_mentions_everything_brings_a_bounded_number_of_suggestions(publish: Publish) -> None:
    nouns = [
        f"{a}{b}{c}" for a in ("bar", "mol", "tam", "ves") for b in ("ka", "li", "do") for c in ("nets", "vans", "rods")
    ]
    import_rows(
        [
            {
                "reference": f"E-{number}",
                "title": f"More {noun} for schools",
                "statement": f"Give every school {number + 20} more {noun} and a {noun[:-1]} keeper.",
                "made_on": "2030-02-01",
            }
            for number, noun in enumerate(nouns * 2)
        ]
    )
    text = "\n".join(
        f"• Every school now has {number + 20} more {noun} and a {noun[:-1]} keeper"
        for number, noun in enumerate(nouns)
    )
    found = linking.link(publish(f"The government's year:\n\n{text}"))
    print(len(found), "suggestions")  # noqa: T201
    assert len(nouns) <= len(found) <= MAX_SUGGESTIONS
    assert len(found) == len(linked_to(found))
    assert all(piece.commitment.title.split()[1] in piece.quote for piece in found)


def test_of_thirty_near_equal_pledges_only_those_named_are_suggested(publish: Publish) -> None:
    towns = re.findall(
        r"\w+",
        """
        Alnwick Bodmin Corby Dudley Evesham Falmouth Grantham Halifax Ilkeston Jarrow Kendal Louth Margate Nelson Oldham
        Penrith Quorn Redcar Skegness Truro Uckfield Ventnor Whitby Yeovil Ashford Buxton Clitheroe Darwen Ely Fleetwood
        """,
    )
    assert len(towns) == 30
    import_rows(
        [
            {
                "reference": f"B-{town}",
                "title": f"£20 million to restore {town} town hall",
                "statement": f"Spend £20 million from the Town Halls Fund on restoring the town hall in {town}.",
                "made_on": "2030-02-01",
            }
            for town in towns
        ]
    )
    one = linking.link(
        publish("Work has begun on restoring Kendal town hall with £20 million from the Town Halls Fund.")
    )
    assert linked_to(one) == {"B-Kendal"}
    two = linking.link(
        publish(
            "The Town Halls Fund has paid out £20 million to restore the town hall in Whitby.\n\n"
            "Ely town hall has been restored too, with £20 million."
        )
    )
    assert linked_to(two) == {"B-Whitby", "B-Ely"}
    assert linking.link(publish("The Town Halls Fund is worth £600 million in all, the minister said.")) == []


# Made to match -------------------------------------------------------------------------------------


def test_the_words_of_a_promise_heaped_up_are_one_suggestion_at_most(record: None, publish: Publish) -> None:
    stuffed = " ".join(f"{row['title']} {row['statement']} {row['target_metric']}" for row in ROWS)
    words = re.findall(r"\w+", stuffed)
    random.Random(1).shuffle(words)
    found = linking.link(publish(" ".join(words * 50)))
    assert len(found) <= len(ROWS)
    assert len(found) == len(linked_to(found))
    assert all(len(piece.quote) <= passages.MAX_PASSAGE_CHARACTERS for piece in found)


def test_a_release_that_cannot_be_linked_is_kept_and_the_others_go_on(
    record: None, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, good = publish("Poison."), publish(FACT)
    read = suggestions.read

    def fails(title: str, text: str, *rest: Any, **named: Any) -> Any:
        if text == "Poison.":
            raise RecursionError("too deep")
        return read(title, text, *rest, **named)

    monkeypatch.setattr(suggestions, "read", fails)
    outcome = linking.link_pending()
    assert (outcome.linked, outcome.failed) == (1, 1)
    assert Evidence.objects.filter(revision=good).exists()
    row = LinkedRevision.objects.get(revision=poison)
    assert "RecursionError" in row.error
    assert row.retry_at is not None


_ODD = "\x00\u200b\u202e\u00ad\ud800\ufeff\U0001f3f4\u0301\u2028•|\t\n"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Orchards", "£40 million", "12,500", "trees", "said", "Ann", '"', ".", ":", "by 2035", *_ODD])
        | st.text(max_size=8),
        max_size=40,
    ).map(" ".join)
)
def test_any_text_is_read_without_error(text: str) -> None:
    read = document("Orchards", text, dt.date(2030, 5, 1), "official")
    for number, passage in enumerate(read.passages):
        assert text[passage.start : passage.end] == passage.text
        read.stated(number)
        assert passage.capacity in {"", "minister", "official", "opponent", "other"}
        for figure in figures.find(passage.text, dt.date(2030, 5, 1)):
            assert 0 <= figure.start < figure.end <= len(passage.text)
    parsed = deadlines.parse(text, dt.date(2030, 5, 1))
    assert parsed.earliest is None or parsed.latest is None or parsed.earliest <= parsed.latest


def _modules() -> Iterator[ModuleType]:
    for package in (linking, figures, deadlines):
        yield package
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def _patterns(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, frozenset, set, dict)) and depth < 3:
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _patterns(inner, depth + 1)


#: What is repeated, so that a pattern that tries every way of dividing it between its parts takes for ever.
PIECES = [
    " ", "a", "aA ", "1,", "1,000 ", "1.", "£1", "The ", "of ", "and ", "- ", "a-", "’", ", ", "\n", '"', "said ",
    "one hundred and ", "million ", "2025-", "31 may ", "compared with ", "was ", "has been ", "A.", "Ab of ", "\u200b",
    "within 6 months of ",
]  # fmt: skip


def test_no_pattern_takes_long_over_a_passage_of_repeated_pieces() -> None:
    """Passages are cut at a length, and at that length every pattern has to be done at once."""
    patterns = {pattern for module in _modules() for value in vars(module).values() for pattern in _patterns(value)}
    assert len(patterns) > 100
    slow = []
    for pattern in patterns:
        for piece in PIECES:
            text = (piece * passages.MAX_PASSAGE_CHARACTERS)[: passages.MAX_PASSAGE_CHARACTERS - 1] + "~"
            began = time.process_time()
            for _ in pattern.finditer(text):
                pass
            if time.process_time() - began > 0.2:
                slow.append((pattern.pattern[:80], piece))
    assert not slow, slow


@pytest.mark.parametrize("piece", PIECES)
def test_what_reads_a_whole_text_takes_time_that_grows_with_its_length(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    document(text[:500], text, dt.date(2030, 5, 1), "official")
    deadlines.parse(text, dt.date(2030, 5, 1))
    assert time.process_time() - began < 2.5
