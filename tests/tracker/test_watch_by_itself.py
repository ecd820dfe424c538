"""The watch works in another project, set up as docs/watch.md says, without anything else of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.conftest import ROOT
from tests.tracker.conftest import atom
from tracker import defaults

DOCS = (ROOT / "docs" / "watch.md").read_text()
Run = Callable[..., subprocess.CompletedProcess[str]]


def documented(name: str) -> str:
    """The piece of code that the page shows for a file of this name."""
    found = re.search(rf"^```python\n# {re.escape(name)}\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
    assert found, f"docs/watch.md shows no {name}"
    return found[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the watch and the files of the page in it, and nothing else of ours."""
    shutil.copytree(ROOT / "tracker", tmp_path / "tracker", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("settings.py", "watching.py"):
        (tmp_path / name).write_text(documented(name))
    return tmp_path


@pytest.fixture
def run(project: Path) -> Run:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(project),
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, timeout=60
        )

    return run


def test_a_feed_is_polled_and_a_release_stored_and_told(project: Path, run: Run, httpserver: HTTPServer) -> None:
    with (project / "settings.py").open("a") as settings:
        settings.write('\nFETCH_ALLOW_NETWORKS = ["127.0.0.0/8"]\n')
    httpserver.expect_request("/feed").respond_with_data(
        atom({"id": "t:1", "title": "Bridges open", "text": "Two bridges opened today."})
    )
    migrated = run("-m", "django", "migrate", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    added = run("-m", "django", "add_source", "feed", httpserver.url_for("/feed"), "--name", "Example news")
    assert added.returncode == 0, added.stderr
    watched = run("watching.py")
    assert watched.stdout.splitlines() == ["Bridges open, revision 1: Two bridges opened today.", "new"], watched.stderr
    verified = run("-m", "django", "verify_archive")
    assert verified.stdout.splitlines()[0] == "1 snapshots: 1 sound."
    assert len(list((project / "var" / "archive").glob("*/*.zst"))) == 1


def test_what_has_to_be_set_is_asked_for(project: Path, run: Run) -> None:
    kept = [line for line in documented("settings.py").splitlines() if not line.startswith(("DATA_DIR", "FETCH_USER"))]
    (project / "settings.py").write_text("\n".join(kept))
    checked = run("-m", "django", "check")
    assert checked.returncode == 1
    assert "DATA_DIR is not set." in checked.stderr
    assert "FETCH_USER_AGENT is not set." in checked.stderr


def test_no_part_of_it_knows_the_rest_of_the_house(project: Path) -> None:
    for path in project.glob("tracker/**/*.py"):
        assert not re.search(r"^\s*(from|import) (commitments|config)\b", path.read_text(), re.MULTILINE), path


def test_the_page_names_every_setting_and_its_default_holds() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", DOCS, re.MULTILINE))
    assert {*table, "POLLS_KEPT_PER_SOURCE"} == {*defaults.DEFAULTS, "DATA_DIR", "FETCH_USER_AGENT"}
    for name in ("POLLS_KEPT_DAYS", "SNAPSHOTS_UNCITED_KEPT_DAYS", "SNAPSHOTS_KEPT_DAYS", "TICK_SECONDS"):
        assert float(table[name]) == defaults.DEFAULTS[name]
    assert f"`POLLS_KEPT_PER_SOURCE` ({defaults.DEFAULTS['POLLS_KEPT_PER_SOURCE']})" in DOCS
