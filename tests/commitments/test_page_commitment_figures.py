"""The figures of a commitment: what its page draws, says in a table, and works out."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client

from commitments import decisions
from commitments.models import Commitment, Measurement, Series, Target
from commitments.pages.counted import Counted

from . import make

pytestmark = pytest.mark.django_db

BASELINE, DEADLINE = dt.date(2025, 1, 1), dt.date(2025, 4, 11)


def promised(value: int = 1000, baseline: int | None = 0, **series: object) -> tuple[Commitment, Series]:
    """1,000 trees within 100 days from 1 January 2025, counted from a baseline."""
    made = make.commitment("Plant trees", due=DEADLINE)
    counted = Series.objects.create(metric="trees planted", unit="trees", **series)
    made.series.add(counted)
    start = {} if baseline is None else {"baseline_value": Decimal(baseline), "baseline_date": BASELINE}
    Target.objects.create(definition=made.first_definition, series=counted, unit="trees", value=Decimal(value), **start)
    return made, counted


def figure(
    made: Commitment, series: Series, value: int, day: dt.date, voice: str = "official", **fields: object
) -> None:
    """A figure of an accepted passage from a source of a voice."""
    text = f"By now {value:,} trees stand."
    carrier = make.source(f"{voice} source", voice=voice)
    evidence = make.evidence(
        made,
        make.release(text, published=day, at=carrier),
        figures=[make.figure(value, series, start=7, end=7 + len(f"{value:,}"), as_of=day.isoformat(), **fields)],
    )
    decisions.accept(evidence, make.deed())


def shown(client: Client, made: Commitment) -> tuple[Counted, str]:
    response = client.get(made.get_absolute_url())
    return response.context["page"].counted[0], response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_each_point_stands_in_the_drawing_where_its_day_and_value_put_it(client: Client) -> None:
    made, series = promised()
    figure(made, series, 400, dt.date(2025, 2, 20))
    figure(made, series, 500, dt.date(2025, 3, 2))
    counted, html = shown(client, made)
    drawn = re.findall(r'<a href="([^"]+)"[^>]*>\s*<svg class="mark official" x="([\d.]+)%" y="([\d.]+)%"', html)
    # 1,000 at 500 in 60 days: day 120 is the last one shown; the scale ends at the target.
    assert [(float(x), float(y)) for _, x, y in drawn] == [(round(100 * 50 / 120, 2), 60), (50, 50)]
    assert [address for address, _, _ in drawn] == [each.address for each in counted.figures]
    for address, _, _ in drawn:
        page, _, anchor = address.partition("#")
        assert f'<mark id="{anchor}">' in client.get(page).content.decode()


def test_official_and_independent_figures_have_their_own_shapes_and_are_not_joined(client: Client) -> None:
    made, series = promised()
    for month, voice in ((2, "official"), (3, "independent"), (4, "official"), (5, "independent")):
        figure(made, series, 100 * month, dt.date(2025, month, 1), voice)
    counted, html = shown(client, made)
    assert counted.chart is not None
    assert counted.chart.shapes == ["independent", "official"]
    places = {mark.x: mark.point.shape for mark in counted.chart.marks}
    assert [(places[line.x1], places[line.x2]) for line in counted.chart.line] == [
        ("official", "official"),
        ("independent", "independent"),
    ]
    assert "Independent figure" in html


def test_totals_that_count_from_other_days_are_not_joined(client: Client) -> None:
    made, series = promised(measure="total")
    for month, since in ((2, "2025-01-01"), (3, "2024-07-05"), (4, "2025-01-01")):
        figure(made, series, 100 * month, dt.date(2025, month, 1), period_start=since)
    counted, _ = shown(client, made)
    assert counted.chart is not None
    first, _, third = counted.chart.marks
    assert [(line.x1, line.x2) for line in counted.chart.line] == [(first.x, third.x)]


def test_figures_of_periods_are_bars_without_a_line_or_a_pace(client: Client) -> None:
    made, series = promised(measure="flow")
    for month in (2, 3):
        begun = dt.date(2025, month - 1, 1).isoformat()
        figure(made, series, 100 * month, dt.date(2025, month, 1), period_start=begun, period_end=f"2025-0{month}-01")
    counted, html = shown(client, made)
    assert counted.chart is not None
    assert counted.chart.line == []
    assert counted.chart.required is None
    assert counted.arithmetic == []
    assert html.count('<line class="period"') == 2 + 1


@pytest.mark.parametrize(
    ("qualifier", "drawn"),
    [("more than", "M0-6V-20"), ("up to", "M0 6V20"), ("almost", ""), ("around", "")],
)
def test_loose_figures_are_hollow_and_lean_where_they_are_more_or_less(
    client: Client, qualifier: str, drawn: str
) -> None:
    made, series = promised()
    figure(made, series, 400, dt.date(2025, 2, 20), qualifier=qualifier)
    _, html = shown(client, made)
    assert '<svg class="mark official loose"' in html
    assert drawn in html
    assert ('class="leaning"' in html) == bool(drawn)


def test_a_figure_without_a_day_says_so(client: Client) -> None:
    made, series = promised()
    Measurement.objects.create(series=series, value=300, published_on=dt.date(2025, 2, 1))
    counted, html = shown(client, made)
    assert counted.chart is not None
    assert counted.chart.marks[0].point.shape == "entered"
    assert "Dotted tail: no day is given" in words(html)


def test_the_arithmetic_says_what_it_is_and_what_it_is_from(client: Client) -> None:
    made, series = promised()
    figure(made, series, 400, dt.date(2025, 2, 20), qualifier="almost")
    _, html = shown(client, made)
    text = words(html)
    assert "it had to stand at 500 trees on 20 February 2025. It stood at almost 400 trees." in text
    assert "it would reach 1,000 trees on 6 May 2025. This is arithmetic on published figures, not a forecast." in text


@pytest.mark.parametrize(
    ("value", "said"), [(1000, "That is at the target or beyond it."), (0, "it would not reach 1,000 trees.")]
)
def test_no_day_is_worked_out_where_there_is_none(client: Client, value: int, said: str) -> None:
    made, series = promised()
    figure(made, series, value, dt.date(2025, 2, 20))
    counted, html = shown(client, made)
    assert said in words(html)
    assert counted.chart is not None
    assert (counted.chart.projected is None) == (value == 1000)


def test_the_table_says_all_that_the_chart_shows(client: Client) -> None:
    made, series = promised()
    figure(made, series, 400, dt.date(2025, 2, 20))
    counted, html = shown(client, made)
    assert [(row.words, row.when) for row in counted.besides] == [
        ("0 trees", "on 1 January 2025"),
        ("1,000 trees", "by 11 April 2025"),
        ("1,000 trees", "on 6 May 2025"),
    ]
    for row in counted.besides:
        assert row.when in words(html)


def test_without_a_baseline_no_pace_is_made_up(client: Client) -> None:
    made, series = promised(baseline=None)
    figure(made, series, 400, dt.date(2025, 2, 20))
    figure(made, series, 500, dt.date(2025, 3, 2))
    counted, html = shown(client, made)
    assert counted.chart is not None
    assert (counted.chart.start, counted.chart.required, counted.arithmetic) == (None, None, [])
    assert "arithmetic" not in html
