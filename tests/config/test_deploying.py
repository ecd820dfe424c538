"""What `deploy/` holds fits what the product is: units, rules, a dashboard, and a test for after a deploy."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.commitments import make
from tests.conftest import ROOT
from tracker.models import Tick

DEPLOY = ROOT / "deploy"
OURS = re.compile(r"pledgewatch_\w+")


@pytest.fixture
def told(client: Client, settings: Any, db: None) -> set[str]:
    """The names of all that /metrics tells once there has been a poll."""
    settings.DEBUG = True
    make.source("Ministry", last_success_at=timezone.now())
    Tick.record("poll_due", timezone.now())
    return {family.name for family in text_string_to_metric_families(client.get("/metrics").content.decode())}


def test_the_units_are_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    units = []
    for unit in (DEPLOY / "systemd").iterdir():
        here = tmp_path / unit.name
        here.write_text(unit.read_text().replace("/opt/pledgewatch/.venv/bin", str(Path(sys.executable).parent)))
        units.append(str(here))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60, check=False
    )
    about_ours = [line for line in done.stderr.splitlines() if "pledgewatch" in line]
    assert not about_ours, done.stderr


def test_each_rule_asks_for_what_is_told_and_says_what_it_means(told: set[str]) -> None:
    (group,) = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(OURS.findall(rule["expr"])) <= told, rule["alert"]
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_the_dashboard_shows_all_that_is_told(told: set[str]) -> None:
    board = json.loads((DEPLOY / "grafana" / "pledgewatch.json").read_text())
    shown = {name for panel in board["panels"] for target in panel["targets"] for name in OURS.findall(target["expr"])}
    assert shown == told


def _smoke(site: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(DEPLOY / "smoke_test.py"), site]
    return subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.django_db(transaction=True)
def test_after_a_deploy_it_is_said_what_is_well_and_what_is_not(live_server: Any) -> None:
    Tick.record("poll_due", timezone.now())
    well = _smoke(live_server.url)
    assert (well.returncode, well.stdout.splitlines()[-1]) == (0, "All is well."), well.stdout
    Tick.objects.all().delete()
    silent = _smoke(live_server.url)
    assert silent.returncode == 1
    assert "WRONG database, broker and schedule are well" in silent.stdout


def test_what_does_not_answer_is_said_in_a_line() -> None:
    dead = _smoke("http://127.0.0.1:9")
    assert dead.returncode == 1
    assert "does not answer" in dead.stdout
    assert "Traceback" not in dead.stdout + dead.stderr
