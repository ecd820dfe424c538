"""Which figures a suggestion carries: what measures or states the promise, and nothing else of the sentence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from commitments import linking
from commitments.bringing import import_rows
from commitments.decisions import accept
from commitments.models import Evidence, Measurement

from . import make

pytestmark = pytest.mark.django_db

NURSES = {
    "reference": "F-1",
    "title": "Recruit 8,000 more community nurses",
    "statement": "Recruit 8,000 additional community nurses for the NHS in England.",
    "made_on": "2030-02-01",
    "keywords": "district nurses, nursing",
    "target_metric": "community nurses recruited",
    "target_value": "8000",
    "target_unit": "nurses",
}
HOMES = {
    "reference": "F-2",
    "title": "Build 90,000 social homes",
    "statement": "Build 90,000 homes for social rent by councils and housing associations.",
    "made_on": "2030-02-01",
    "target_metric": "social homes built",
    "target_value": "90000",
    "target_unit": "homes",
}
HARBOUR = {
    "reference": "F-3",
    "title": "£250 million for the naval dockyard at Rosyth",
    "statement": "Invest £250 million in modernising the naval dockyard at Rosyth.",
    "made_on": "2030-02-01",
    "target_metric": "funding",
    "target_value": "250000000",
    "target_unit": "GBP",
}
INSPECTIONS = {
    "reference": "F-4",
    "title": "Inspect railway bridges more often",
    "statement": "Step up inspections of railway bridges, with more repairs of bridges found to be unsafe.",
    "made_on": "2030-02-01",
}
BANS = {
    "reference": "F-5",
    "title": "Ban rogue letting agents for three years",
    "statement": "Ban letting agents who break tenancy rules for three years or more.",
    "made_on": "2030-02-01",
    "target_metric": "length of a letting agent's ban",
    "target_value": "36",
    "target_unit": "months",
}
LATER = dt.date(2030, 9, 1)
AT_ONCE = dt.date(2030, 2, 1)


def suggested(commitment: dict[str, str], text: str, published: dt.date = LATER) -> list[dict[str, Any]]:
    import_rows([commitment])
    found = linking.link(make.release(text, published=published).latest_revision)
    (piece,) = [one for one in found if one.commitment.reference == commitment["reference"]]
    return list(piece.figures)


def given(figures: list[dict[str, Any]]) -> list[tuple[float, str]]:
    return [(figure["value"], figure["unit"]) for figure in figures]


@pytest.mark.parametrize(
    ("commitment", "text", "expected"),
    [
        pytest.param(
            NURSES,
            "The NHS has recruited 2,150 community nurses since March, compared with 1,400 in the year before.",
            [(2150, "nurses")],
            id="not what it is compared with",
        ),
        pytest.param(
            NURSES,
            "The NHS has recruited 2,150 community nurses since March, a 12% increase on the same period last year.",
            [(2150, "nurses")],
            id="not the change since last year beside the level",
        ),
        pytest.param(
            NURSES,
            "The NHS has recruited 2,150 community nurses since March and spent £14 million on new clinics.",
            [(2150, "nurses")],
            id="not money that buys something else",
        ),
        pytest.param(
            HOMES,
            "Councils and housing associations have built 12,300 social homes since April, up from 9,800, "
            "and 41 new primary schools.",
            [(12300, "homes")],
            id="not another thing in the same list, nor where it started",
        ),
        pytest.param(
            HARBOUR,
            "The naval dockyard at Rosyth, backed by £250 million, opened a training school this week.",
            [],
            id="not the promised sum said again months later",
        ),
        pytest.param(
            HARBOUR,
            "Of the money for the naval dockyard at Rosyth £250 million has now been spent on modernising it.",
            [(250_000_000, "GBP")],
            id="but the promised sum once it is spent",
        ),
        pytest.param(
            HOMES,
            "Funding will help councils on the way to build 90,000 social homes for rent, ministers said.",
            [],
            id="not the promised number said again",
        ),
        pytest.param(
            INSPECTIONS,
            "Inspectors made 410 inspections of railway bridges in August. Some 300 passengers were late that day.",
            [(410, "inspections")],
            id="not passengers in a sentence about something else",
        ),
        pytest.param(
            INSPECTIONS,
            "Inspections of railway bridges are up 18% on last year.",
            [(18, "per cent")],
            id="a change is the figure where no level is given",
        ),
        pytest.param(
            NURSES,
            "In 2028 the NHS recruited 5,000 community nurses; more community nurses are now to be recruited.",
            [],
            id="not what was the case before the promise",
        ),
    ],
)
def test_an_editor_need_not_strike_out_other_figures_of_the_sentence(
    commitment: dict[str, str], text: str, expected: list[tuple[float, str]]
) -> None:
    assert given(suggested(commitment, text)) == expected


def test_a_promised_number_is_stated_where_the_promise_is_made() -> None:
    (figure,) = suggested(NURSES, "The NHS in England will recruit 8,000 additional community nurses.", AT_ONCE)
    assert (figure["value"], figure["unit"], figure["modality"], figure["series"]) == (8000, "nurses", "promised", None)


def test_the_target_is_found_in_another_sentence_of_the_announcement_and_in_the_unit_of_its_series() -> None:
    text = (
        "Letting agents who break tenancy rules face a ban under plans announced today.\n\n"
        "Tenants have waited long for this.\n\n"
        "We intend the ban on rogue agents to last at least 3 years."
    )
    (figure,) = suggested(BANS, text, AT_ONCE)
    assert (figure["value"], figure["unit"], figure["qualifier"]) == (36, "months", "at least")
    assert text[figure["start"] : figure["end"]] == "3"


def test_people_are_counted_in_the_unit_of_the_series_when_it_is_clear_who_they_are() -> None:
    (figure,) = suggested(NURSES, "More community nursing: 2,150 people were recruited as community nurses.")
    assert (figure["value"], figure["unit"]) == (2150, "nurses")


@pytest.mark.parametrize(
    "text",
    [
        "The NHS has started recruitment of 3,000 community nurses.",
        "The NHS has recruited 900 bilingual community nurses.",
        "A grant to kickstart the recruitment of 3,000 community nurses was announced.",
    ],
)
def test_what_is_begun_or_only_a_part_is_no_point_of_the_series(text: str) -> None:
    assert not any(figure["series"] for figure in suggested(NURSES, text))


def test_a_part_of_what_is_counted_keeps_its_own_name() -> None:
    (figure,) = suggested(
        HOMES, "Councils and housing associations have built 3,100 wheelchair-accessible social homes since April."
    )
    assert "wheelchair" in figure["metric"]


FIRST_REPORT = "The NHS has recruited 2,148 community nurses since March, the health secretary said."
REPORTED_AGAIN = "Almost 2,150 community nurses have been recruited by the NHS since March."


def relations() -> list[tuple[str, str, list[bool]]]:
    return [
        (piece.relation, piece.tier, [figure["restated"] for figure in piece.figures])
        for piece in Evidence.objects.order_by("release__published_at")
    ]


def arrive(order: list[int], texts: list[str]) -> None:
    import_rows([NURSES])
    releases = [make.release(text, published=LATER + dt.timedelta(days=30 * at)) for at, text in enumerate(texts)]
    for at in order:
        linking.link(releases[at].latest_revision)


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_figure_that_comes_in_late_makes_the_one_of_a_later_release_no_news(order: list[int]) -> None:
    arrive(order, [FIRST_REPORT, REPORTED_AGAIN])
    first, second = relations()
    assert first == ("progress", "outcome", [False])
    assert second[0] == "restates"
    assert second[2] == [True]
    said = Evidence.objects.latest("release__published_at").reasons
    assert any("again" in reason for reason in said)
    assert not any(reason.startswith("Gives a") for reason in said)


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_promise_reported_first_by_a_release_that_comes_in_late_is_said_again_by_the_later(order: list[int]) -> None:
    import_rows([NURSES])
    texts = [
        "The NHS in England will recruit 8,000 additional community nurses, ministers announced.",
        "The NHS in England will recruit 8,000 additional community nurses, the minister said in her speech.",
    ]
    releases = [make.release(text, published=AT_ONCE + dt.timedelta(days=3 * at)) for at, text in enumerate(texts)]
    for at in order:
        linking.link(releases[at].latest_revision)
    assert [relation for relation, _, _ in relations()] == ["announces", "restates"]


def test_a_relation_that_an_editor_has_put_right_stays_when_an_earlier_release_comes_in() -> None:
    import_rows([NURSES])
    text = "The NHS in England will recruit 8,000 additional community nurses, the minister said in her speech."
    later = make.release(text, published=AT_ONCE + dt.timedelta(days=3))
    (piece,) = linking.link(later.latest_revision)
    piece.relation = "context"
    piece.save()
    linking.link(make.release(text.replace("in her speech", "today"), published=AT_ONCE).latest_revision)
    assert [relation for relation, _, _ in relations()] == ["announces", "context"]


RETURNS = {
    "reference": "F-6",
    "title": "Recover more stolen vehicles",
    "statement": "Raise the number of stolen vehicles recovered by police, farm machinery and caravans included.",
    "made_on": "2030-02-01",
    "target_metric": "vehicles recovered",
    "target_unit": "vehicles",
}
VEHICLES = (
    "Police have recovered 5,210 stolen vehicles since March, the minister said.\n\n"
    "Meanwhile 90 officers were thanked for their work on vehicles.\n\n"
)


def test_a_part_of_the_series_that_the_promise_names_is_offered_apart_from_wherever_the_release_gives_it() -> None:
    figures = suggested(RETURNS, f"{VEHICLES}Of farm vehicles, more than 640 farm vehicles have been recovered.")
    assert [(figure["value"], figure["series"] is None) for figure in figures] == [(5210, False), (640, True)]
    assert "farm" in figures[1]["metric"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param("Up to 640 farm vehicles will be recovered in spring.", id="not what is promised"),
        pytest.param("Recovered farm vehicles are up 12%.", id="not a change"),
        pytest.param("In 2028 police recovered 640 stolen farm vehicles.", id="not of before the promise"),
        pytest.param(
            "More than 640 hire vehicles have been recovered.", id="not a part that the promise does not name"
        ),
        pytest.param("Recovered vehicles of farms were worth £640 million.", id="not money"),
    ],
)
def test_other_figures_elsewhere_in_the_release_are_left_alone(elsewhere: str) -> None:
    assert given(suggested(RETURNS, VEHICLES + elsewhere)) == [(5210, "vehicles")]


def test_a_part_given_twice_once_rounded_is_offered_once() -> None:
    twice = "640 farm vehicles have been recovered.\n\nShe praised the 600 or more farm vehicles recovered so far."
    assert [value for value, _ in given(suggested(RETURNS, VEHICLES + twice))] == [5210, 640]


def test_a_promised_sum_reported_on_another_day_is_said_again() -> None:
    text = "The naval dockyard at Rosyth will be given £250 million to modernise it."
    assert given(suggested(HARBOUR, text, AT_ONCE)) == [(250_000_000, "GBP")]
    later = make.release(text.replace("will", "is to"), published=AT_ONCE + dt.timedelta(days=2))
    assert [piece.figures for piece in linking.link(later.latest_revision)] == [[]]


def test_where_the_target_is_stated_the_rise_by_which_it_is_reached_is_not() -> None:
    text = (
        "The naval dockyard at Rosyth will be given £50 million more to modernise it, "
        "which takes funding of the dockyard to £250 million."
    )
    promise = HARBOUR | {
        "statement": "Raise investment in the naval dockyard at Rosyth by £50 million, to £250 million."
    }
    assert given(suggested(promise, text, AT_ONCE)) == [(250_000_000, "GBP")]


@pytest.mark.parametrize("unit", ["%", "percent"])
def test_a_share_is_a_point_of_a_series_in_per_cent_however_that_is_written(unit: str) -> None:
    trains = {
        "reference": "F-7",
        "title": "Nine in ten trains on time",
        "statement": "Have 90% of trains arrive on time.",
        "made_on": "2030-02-01",
        "target_metric": "trains on time",
        "target_value": "90",
        "target_unit": unit,
    }
    figures = suggested(trains, "Last month 84% of trains arrived on time, the regulator said; 12,400 trains ran.")
    assert [(figure["value"], bool(figure["series"])) for figure in figures if figure["series"]] == [(84, True)]


@pytest.mark.parametrize(
    ("metric", "text", "is_point"),
    [
        ("community nurses recruited", "The NHS has recruited 2,150 FTE community nurses since March.", False),
        ("community nurses recruited", "The NHS has recruited 2,150 community nurses since March.", True),
        ("community nurses recruited", "The NHS has recruited 2,150 community nurses (headcount) since March.", True),
        ("community nurses recruited (FTE)", "The NHS has recruited 2,150 FTE community nurses since March.", True),
        ("community nurses recruited (FTE)", "The NHS has recruited 2,150 community nurses since March.", True),
        (
            "community nurses recruited (FTE)",
            "The NHS has recruited 2,150 community nurses (headcount) since March.",
            False,
        ),
    ],
)
def test_full_time_equivalents_and_heads_are_two_series(metric: str, text: str, is_point: bool) -> None:
    (figure,) = suggested(NURSES | {"target_metric": metric}, text)
    assert (figure["value"], figure["series"] is not None) == (2150, is_point)


QUEUE = {
    "reference": "F-8",
    "title": "Cut the hospital waiting list",
    "statement": "Bring down the number of patients on the hospital waiting list.",
    "made_on": "2030-02-01",
    "target_metric": "patients on the waiting list",
    "target_unit": "patients",
}


@pytest.mark.parametrize(
    ("commitment", "text", "value"),
    [
        (QUEUE, "The hospital waiting list now stands at 6.24 million, the health secretary told patients.", 6_240_000),
        (HOMES, "Of the social homes for rent that councils promised, 12,300 have been built.", 12_300),
        (QUEUE, "Hospital waiting lists: the number of patients on the waiting list fell to 6.1 million.", 6_100_000),
    ],
)
def test_a_level_said_without_its_unit_is_a_point_in_the_unit_of_the_series(
    commitment: dict[str, str], text: str, value: int
) -> None:
    (figure,) = suggested(commitment, text)
    assert (figure["value"], figure["unit"]) == (value, commitment["target_unit"])
    assert figure["series"]


def test_a_statistic_that_a_release_says_was_revised_supersedes_the_point_of_an_earlier_one() -> None:
    import_rows([HOMES])
    texts = [
        "Councils and housing associations built 12,300 social homes for rent in the year to June 2030.",
        "The number of social homes built by councils in the year to June 2030 was revised from 12,300 to 12,450.",
    ]
    for at, text in enumerate(texts):
        of = make.release(text, published=LATER + dt.timedelta(days=40 * at))
        for piece in linking.link(of.latest_revision):
            accept(piece, make.deed())
    assert [int(point.value) for point in Measurement.objects.all()] == [12_300, 12_450]
    assert [int(point.value) for point in Measurement.objects.shown()] == [12_450]
