"""The checklist of docs/security.md names tests that there are."""

from __future__ import annotations

import re

from tests.conftest import ROOT


def test_each_test_that_is_named_is_there_and_each_file_of_attacks_is_named() -> None:
    named = set(re.findall(r"(test_\w+\.py)", (ROOT / "docs" / "security.md").read_text()))
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert named - there == set()
    attacks = {path.name for path in (ROOT / "tests" / "attacks").glob("test_*.py")} - {"test_checklist.py"}
    assert attacks - named == set()


def test_no_number_is_there_twice() -> None:
    numbers = re.findall(r"^\| ([\d.]+)(?:–[\d.]+)? \|", (ROOT / "docs" / "security.md").read_text(), re.MULTILINE)
    assert len(numbers) > 150
    assert len(numbers) == len(set(numbers))
