"""A workbook in the manner of the immigration statistics, in editions that differ as such editions do.

Cover, contents and notes; headings in two rows, merged; footnote signs; thirty quarters; provisional and revised marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.tracker.workbooks import Made

#: From 2018 Q1 to 2025 Q2.
QUARTERS = tuple((year, quarter) for year in range(2018, 2026) for quarter in range(1, 5))[:30]
VISAS = ("Work visas", "Study visas")


def issued(year: int, quarter: int) -> int:
    """The number of work visas issued in a quarter, as first published."""
    return 30_000 + (year - 2018) * 4_000 + quarter * 111


@dataclass(frozen=True)
class Edition:
    """What one edition says. `revised` are numbers of work visas issued that differ from the first ones."""

    quarters: Sequence[tuple[int, int]] = QUARTERS
    revised: dict[tuple[int, int], int] | None = None
    has_lapsed: bool = False
    issued_heading: str = "Issued"
    sheet: str = "Vis_01"
    unit: str = "Units: number of people"
    population: str = "Population: main applicants and dependants"
    published: str = "21 August 2025"
    divided_by: int = 1

    @property
    def name(self) -> str:
        year, quarter = self.quarters[-1]
        return f"year ending {('March', 'June', 'September', 'December')[quarter - 1]} {year}"

    def sheets(self) -> dict[str, Made]:
        return {
            "Cover_sheet": Made(
                [
                    [f"Entry clearance visas summary tables, {self.name}"],
                    [f"Publication date: {self.published}"],
                    ["Contact", "statistics@homeoffice.example"],
                    ["Number of tables", 2],
                ]
            ),
            "Contents": Made([["Sheet", "Title"], [self.sheet, "Visas"], ["Vis_02", "Visas by year"]]),
            "Notes": Made(
                [
                    ["Notes"],
                    ["Note number", "Note text"],
                    ["1", "Excludes visitors and transit."],
                    ["2", "Outcomes of applications decided in the quarter."],
                    ["note 3", "Figures of the last quarter are provisional."],
                ]
            ),
            self.sheet: self.visas(),
            "Vis_02": Made(
                [
                    ["Vis_02: Visas issued by nationality and year [note 1]"],
                    [self.unit],
                    ["Nationality", "2022", 2023, 2024],
                    ["India", "1,200", "1,300", "[c]"],
                    ["Nigeria", 400, "..", 420],
                    ["Total", 1600, 1700, "1,800 [r]"],
                ]
            ),
        }

    def visas(self) -> Made:
        lapsed = ["Lapsed"] if self.has_lapsed else []
        across = 4 if self.has_lapsed else 3
        upper = ["Year", "Quarter", "Visa type", "Applications [note 1]", "Outcomes [note 2]", *[None] * (across - 1)]
        lower = [None, None, None, None, *lapsed, f"{self.issued_heading}1", "Refused", "Withdrawn"]
        rows: list[list[Any]] = [
            ["Vis_01: Entry clearance visa applications and outcomes, by quarter [note 1]"],
            [self.unit],
            [self.population],
            ["This worksheet contains one table. [x] means not available."],
            [],
            upper,
            lower,
        ]
        merged = [(5, 4, 5, 3 + across), *((5, column, 6, column) for column in range(4))]
        for year, quarter in self.quarters:
            for visa in VISAS:
                rows.append(self.row(year, quarter, visa))
        rows += [[], ["1. Excludes visitors."], ["Source: entry clearance visas."]]
        return Made(rows, merged)

    def row(self, year: int, quarter: int, visa: str) -> list[Any]:
        is_work, is_last = visa == VISAS[0], (year, quarter) == self.quarters[-1]
        revised = (self.revised or {}).get((year, quarter)) if is_work else None
        number = (revised or issued(year, quarter) + (0 if is_work else 50_000)) / self.divided_by
        said: Any = int(number) if number == int(number) else number
        if revised:
            said = f"{said:,} [r]"
        elif is_last:
            said = f"{said:,} [p]"
        lapsed = ["-"] if self.has_lapsed else []
        starts_a_year = quarter == 1 and is_work
        year_cell = year if starts_a_year or (year, quarter) == self.quarters[0] else None
        return [year_cell, f"Q{quarter}" if is_work else None, visa, "[x]", *lapsed, said, "..", 0]


def editions() -> dict[str, Edition]:
    """Each by what is different in it; the last three may not give a number."""
    first = Edition()
    added = replace(first, quarters=(*QUARTERS, (2025, 3)), published="27 November 2025")
    revised = replace(added, revised={(2024, 4): 54_321}, published="4 December 2025")
    inserted = replace(revised, has_lapsed=True, published="26 February 2026")
    return {
        "first": first,
        "a quarter added": added,
        "a figure revised": revised,
        "a column inserted": inserted,
        "a heading reworded": replace(inserted, issued_heading="Granted", published="21 May 2026"),
        "a sheet renamed": replace(inserted, sheet="Vis_D01", published="28 May 2026"),
        "a unit changed": replace(
            inserted, unit="Units: thousands of people", divided_by=1000, published="20 August 2026"
        ),
        "a population changed": replace(inserted, population="Population: main applicants", published="21 August 2026"),
    }
