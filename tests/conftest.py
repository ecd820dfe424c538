"""Fixtures for every room. A test that needs what the machine lacks skips with the reason; CI counts those."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection

# The gate draws the same examples each time, so that it fails for what was changed; elsewhere they are new.
hypothesis.settings.register_profile("gate", derandomize=True)
if os.environ.get("PLEDGEWATCH_REQUIRE_ALL"):
    hypothesis.settings.load_profile("gate")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What several writers at once can do wrong is asked only where there can be several; what becomes of a file, only
    where the database is one."""
    not_here = "many_writers" if connection.vendor == "sqlite" else "one_file"
    out = [item for item in items if item.get_closest_marker(not_here)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where everything must be there, a skipped test is a failed one."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("PLEDGEWATCH_REQUIRE_ALL"):
        report.outcome = "failed"
        report.longrepr = f"skipped although nothing may be missing here: {report.longrepr}"


@pytest.fixture(autouse=True)
def own_data_folder(settings: Any, tmp_path: Path) -> Path:
    """Each test archives into a folder of its own and may fetch from loopback only when it says so."""
    settings.DATA_DIR = tmp_path
    settings.FETCH_ALLOW_NETWORKS = []
    settings.FETCH_HOST_PAUSE = dt.timedelta(0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CELERY_BROKER_URL = "memory://"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    }
    return tmp_path


@pytest.fixture
def loopback_allowed(settings: Any) -> None:
    settings.FETCH_ALLOW_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture(autouse=True)
def history_may_be_cleared(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit clear their tables afterwards, which the guards of history would refuse."""
    from commitments import append_only

    append_only._erasing.set(False)
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames) or (
        marker and marker.kwargs.get("transaction")
    )
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        append_only._erasing.set(True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data that lies beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the shared labelled data is not beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def gold(shared: Path) -> dict[str, list[dict[str, Any]]]:
    """The labelled set: lists of rows by file name without its ending."""
    return {
        path.stem: [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        for path in (shared / "gold").glob("*.jsonl")
    }


@pytest.fixture
def manage(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `manage.py` as a process of its own, on a database and data folder of its own."""
    environment = {
        **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "CELERY_BROKER_URL"}},
        "DATA_DIR": str(tmp_path / "data"),
    }

    def run(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**environment, **extra},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    return path
