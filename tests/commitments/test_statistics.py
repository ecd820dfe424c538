"""The whole way of a figure that lives in a table: pointed at in the admin, polled, and right or not there at all."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_httpserver import HTTPServer

from commitments.models import Measurement, Series, TableFigure, TablePointer, TableReading
from commitments.needs import NEEDS
from commitments.statistics.periods import parse
from tests.commitments import make
from tests.commitments.immigration_tables import QUARTERS, Edition, editions, issued
from tests.tracker.workbooks import ods, xlsx
from tracker.models import Revision, Source

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]

PICK = "admin:commitments_tablepointer_pick"
EDITIONS = editions()


@pytest.fixture
def publish(request: pytest.FixtureRequest, httpserver: HTTPServer) -> Iterator[Callable[..., str]]:
    """Put an edition at the address of the source, and poll. Returns what `poll` says."""
    form = getattr(request, "param", "ods")
    path = f"/visas.{form}"
    Source.objects.create(slug="visas", name="Visa tables", kind="statistics", url=httpserver.url_for(path))

    def put(edition: Edition) -> str:
        body = {"ods": ods, "xlsx": xlsx}[form](edition.sheets())
        httpserver.clear_all_handlers()
        httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
        httpserver.expect_request(path).respond_with_data(body, content_type="application/octet-stream")
        out = io.StringIO()
        call_command("poll", "visas", force=True, stdout=out)
        return out.getvalue()

    return put


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user())
    return client


@pytest.fixture
def series(db: None) -> Series:
    return Series.objects.create(metric="work visas issued", unit="people", measure="flow")


def latest() -> Revision:
    return Revision.objects.order_by("seen_at", "pk").last()


def address_of(edition: Revision, cell: str, sheet: str = "Vis_01", **more: Any) -> dict[str, Any]:
    return {"edition": edition.pk, "sheet": sheet, "cell": cell, **more}


def point(staff: Client, to: Series | None, cell: str = "E8", **form: Any) -> Any:
    """Point at a figure of the latest edition: work visas issued, by quarter."""
    said = {
        "unit_words": "Units: number of people",
        "population_words": "main applicants and dependants",
        "takes": "all",
        "mode": "at_once",
        "begins": "this",
        "follow": "yes",
        **form,
    }
    if to:
        said["series"] = to.pk
    query = {"sheet": form.get("sheet", "Vis_01"), "pointer": form.get("pointer", "")}
    return staff.post(reverse(PICK, query=address_of(latest(), cell, **query)), said)


def points() -> dict[tuple[dt.date, dt.date], Measurement]:
    return {(one.period_start, one.period_end): one for one in Measurement.objects.shown()}


def quarter(year: int, number: int) -> tuple[dt.date, dt.date]:
    period = parse(f"{year} Q{number}")
    assert period
    return period.start, period.end


def waiting(key: str) -> int:
    return next(need for need in NEEDS if need.key == key).rows(dt.date(2026, 11, 30)).count()


@pytest.mark.parametrize("publish", ["ods", "xlsx"], indirect=True)
def test_editions_add_their_quarters_move_what_was_revised_and_never_give_a_wrong_number(
    publish: Callable[..., str], staff: Client, series: Series
) -> None:
    publish(EDITIONS["first"])
    assert point(staff, series).status_code == 302
    assert {period: one.value for period, one in points().items()} == {quarter(*q): issued(*q) for q in QUARTERS}
    newest = points()[quarter(2025, 2)]
    assert newest.mark == "provisional"
    assert newest.published_on == dt.date(2025, 8, 21)
    assert newest.table_figure.cell == "E66"

    assert "1 edition of tables: 2 new or changed figures" in publish(EDITIONS["a quarter added"])
    assert len(points()) == 31
    assert points()[quarter(2025, 3)].value == issued(2025, 3)
    # What is no longer provisional is a vintage of its own, though the number is the same.
    assert points()[quarter(2025, 2)].mark == ""
    assert points()[quarter(2025, 2)].supersedes == newest

    publish(EDITIONS["a figure revised"])
    revised = points()[quarter(2024, 4)]
    assert (revised.value, revised.mark, len(points())) == (54_321, "revised", 31)
    assert revised.supersedes.value == issued(2024, 4)
    assert revised.published_on == dt.date(2025, 12, 4)
    [moved] = TableReading.objects.first().figures.all()
    assert (moved.before, moved.value) == (issued(2024, 4), 54_321)

    before = points()
    publish(EDITIONS["a column inserted"])
    assert points() == before
    assert TableReading.objects.first().found == 31
    assert waiting("lost") == 0

    for what, words in (
        ("a heading reworded", ["Outcomes › Issued", "Outcomes › Granted"]),
        ("a sheet renamed", ["no sheet “Vis_01”", "Vis_D01"]),
        ("a unit changed", ["say the unit", "Units: thousands of people"]),
        ("a population changed", ["say the population", "Population: main applicants"]),
    ):
        assert "1 not found where staff pointed" in publish(EDITIONS[what]), what
        assert points() == before, what
        reading = TableReading.objects.first()
        assert [word for word in words if word not in reading.problem] == []
        assert waiting("lost") == 1
        page = staff.get(reverse("admin:commitments_tablepointer_change", args=[reading.pointer_id]))
        assert "nothing was taken from it" in page.content.decode()
    assert Measurement.objects.count() == 30 + 2 + 1

    publish(EDITIONS["a column inserted"])  # as it was
    assert (waiting("lost"), points()) == (0, before)


def test_after_a_sheet_was_renamed_staff_point_anew_and_the_series_goes_on(
    publish: Callable[..., str], staff: Client, series: Series
) -> None:
    publish(EDITIONS["first"])
    point(staff, series)
    publish(EDITIONS["a sheet renamed"])
    pointer = TablePointer.objects.get()
    assert point(staff, None, cell="F8", sheet="Vis_D01", pointer=pointer.pk).status_code == 302
    pointer.refresh_from_db()
    assert pointer.sheet == "Vis_D01"
    assert waiting("lost") == 0
    assert (len(points()), points()[quarter(2024, 4)].value) == (31, 54_321)
    assert TablePointer.objects.count() == 1


def test_as_a_suggestion_nothing_is_a_point_until_somebody_decides(
    publish: Callable[..., str], staff: Client, series: Series
) -> None:
    publish(EDITIONS["first"])
    point(staff, series, mode="suggest", takes="newest")
    assert (Measurement.objects.count(), waiting("figures")) == (0, 1)
    publish(EDITIONS["a quarter added"])
    publish(EDITIONS["a figure revised"])
    first, second, third = TableReading.objects.order_by("revision__seen_at")
    assert [figure.state for figure in first.figures.all()] == ["overtaken"]
    assert [figure.period_end for figure in second.figures.all()] == [dt.date(2025, 9, 30), dt.date(2025, 6, 30)]
    assert third.figures.count() == 0  # of the periods before the first that was taken, none was asked for

    def decide(reading: TableReading, figures: list[int], **said: str) -> str:
        address = reverse("admin:commitments_tablereading_decide", args=[reading.pk])
        return staff.post(address, {"figure": figures, **said}, follow=True).content.decode()

    new, confirmed = second.figures.all()
    assert "Accepted 1." in decide(second, [new.pk], accept="yes")
    assert "Rejected 1." in decide(second, [confirmed.pk], usual="1")
    assert list(points()) == [quarter(2025, 3)]
    assert waiting("figures") == 0
    assert "changed some of these figures" in decide(first, [first.figures.get().pk], accept="yes")
    assert "Choose at least one" in decide(second, [], accept="yes")
    assert "Say why" in decide(second, [new.pk], reject="yes")
    assert "Rejected 1." in decide(second, [new.pk], reject="yes", reason="Taken by mistake.")
    assert points() == {}
    assert Measurement.objects.get().withdrawn_at
    assert "Accepted 1." in decide(second, [new.pk], accept="yes")
    assert list(points()) == [quarter(2025, 3)]


def test_a_figure_that_was_revised_stands_again_when_the_revision_is_rejected(
    publish: Callable[..., str], staff: Client, series: Series
) -> None:
    for name in ("first", "a quarter added", "a figure revised"):
        publish(EDITIONS[name])
    point(staff, series, begins="first")
    assert TableReading.objects.count() == 3
    assert points()[quarter(2024, 4)].value == 54_321
    reading = TableReading.objects.first()
    staff.post(
        reverse("admin:commitments_tablereading_decide", args=[reading.pk]),
        {"figure": [reading.figures.get().pk], "reject": "yes", "reason": "An error of theirs."},
    )
    assert points()[quarter(2024, 4)].value == issued(2024, 4)
    assert len(points()) == 31


def test_the_picker_leads_from_the_source_to_the_words_and_shows_what_would_come(
    publish: Callable[..., str], staff: Client, series: Series
) -> None:
    for name in ("first", "a quarter added", "a figure revised", "a heading reworded"):
        publish(EDITIONS[name])
    publish(EDITIONS["a column inserted"])
    edition = latest()

    def page(**query: Any) -> str:
        return staff.get(reverse(PICK, query=query)).content.decode()

    assert f"?edition={edition.pk}" in page()
    sheets = page(edition=edition.pk)
    assert "passed over: no figures under headings that name a period" in sheets
    assert f"edition={edition.pk}&amp;sheet=Vis_01" in sheets
    assert "sheet=Cover_sheet" not in sheets
    table = page(edition=edition.pk, sheet="Vis_01")
    assert "Outcomes › Issued" in table
    assert "2018 › Q1 › Work visas" in table
    assert "cell=F8" in table
    assert "cell=E8" not in table  # no figure but a sign
    assert "Rows 1 to 40 of 62" in table
    assert "2025 › Q3 › Study visas" in page(edition=edition.pk, sheet="Vis_01", part="1.40.0")
    words = page(**address_of(edition, "F8"))
    assert "(each period) › (each period) › Work visas" in words
    assert "Units: number of people" in words
    assert "30 new" in words
    assert "58,222, no longer provisional" in words
    assert "1 October to 31 December 2024: 54,321 (revised), before 54,444; in E62" in words
    assert "“Outcomes › Issued” is not on the sheet" in words
    assert TablePointer.objects.count() == 0


REFUSED = [
    ({"unit_words": "Units: thousands"}, "stand neither above the table"),
    ({"unit_words": ""}, "This field is required"),
    ({"population_words": "everybody"}, "stand neither above the table"),
    ({"series": ""}, "This field is required"),
]


@pytest.mark.parametrize(("form", "words"), REFUSED)
def test_what_is_not_said_over_the_table_cannot_be_what_is_meant(
    publish: Callable[..., str], staff: Client, series: Series, form: dict[str, str], words: str
) -> None:
    publish(EDITIONS["first"])
    said = {"series": series.pk, **form}
    answer = point(staff, None, **said)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert TablePointer.objects.count() == 0


def test_a_series_is_taken_from_one_table_at_a_time(publish: Callable[..., str], staff: Client, series: Series) -> None:
    publish(EDITIONS["first"])
    point(staff, series)
    assert "from another table already" in point(staff, series, cell="E9").content.decode()
    staff.post(reverse("admin:commitments_tablepointer_stop", args=[TablePointer.objects.get().pk]))
    publish(EDITIONS["a quarter added"])
    assert len(points()) == 30
    assert point(staff, series, cell="E8").status_code == 302
    assert len(points()) == 31


LOST = [
    ({"edition": "999"}, "no such edition"),
    ({"edition": "x"}, "no such edition"),
    ({"sheet": "Nowhere"}, "has no sheet “Nowhere”"),
    ({"sheet": "Vis_01", "cell": "ZZ99"}, "no figure in ZZ99"),
    ({"sheet": "Cover_sheet", "cell": "B4"}, "None of its headings names a period"),
]


@pytest.mark.parametrize(("query", "words"), LOST)
def test_an_address_that_leads_nowhere_says_so(
    publish: Callable[..., str], staff: Client, query: dict[str, str], words: str
) -> None:
    publish(EDITIONS["first"])
    answer = staff.get(reverse(PICK, query={"edition": latest().pk, **query}))
    assert answer.status_code == 200
    assert words in answer.content.decode()


@pytest.mark.parametrize("publish", ["xlsx"], indirect=True)
def test_the_page_of_the_commitment_says_where_in_which_file_the_figure_stands(
    publish: Callable[..., str], staff: Client, client: Client, series: Series
) -> None:
    owner = make.commitment("Issue more work visas")
    owner.series.add(series)
    for name in ("first", "a quarter added", "a figure revised"):
        publish(EDITIONS[name])
    point(staff, series, begins="first")
    client.logout()
    page = client.get(owner.get_absolute_url()).content.decode()
    said = " ".join(page.split())
    assert "54,321 people" in said
    assert "sheet “Vis_01”" in said
    assert "row 2024 › Q4 › Work visas" in said
    assert "column Outcomes › Issued" in said
    assert "cell E62" in said
    assert Revision.objects.latest("seen_at").snapshot.sha256 in said
    assert "revised" in said
    assert "before that 54,444" in said
    assert "Entry clearance visas summary tables, year ending September 2025" in said
    revised = Measurement.objects.shown().get(value=54_321)
    told = client.get(f"/api/v1/measurements/{revised.pk}/").json()["table"]
    assert told["file_sha256"] in said
    assert (told["sheet"], told["cell"]) == ("Vis_01", "E62")
    assert (told["row"], told["column"]) == ("2024 › Q4 › Work visas", "Outcomes › Issued")


def test_rows_of_figures_are_not_put_before_the_linker(publish: Callable[..., str], series: Series) -> None:
    said = publish(EDITIONS["first"])
    assert "Linked 0 revisions" in said
    assert Revision.objects.get().text.startswith("Sheet: Cover_sheet")
    assert TableFigure.objects.count() == 0
