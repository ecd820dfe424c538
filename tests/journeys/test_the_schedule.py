"""A new item in a feed is on the staff queue within two minutes, untouched by hand."""

from __future__ import annotations

import json
import os
import shlex
import signal
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from .instance import PYTHON, ROOT, Instance, Ministry, eventually, free_port, instance

pytestmark = pytest.mark.timeout(420)

COMMITMENT = {
    "reference": "TREE-1",
    "title": "Plant 5,000 oak saplings along the Severn Valley railway",
    "statement": "Plant 5,000 oak saplings beside the Severn Valley railway by the end of 2025.",
    "made_on": "2024-07-05",
    "department": "Department for Woodland",
    "deadline_text": "by the end of 2025",
    "target_metric": "oak saplings planted",
    "target_value": 5000,
    "target_unit": "saplings",
    "keywords": "Severn Valley railway, oak saplings",
}
ITEM = (
    "Severn Valley railway planting passes 3,200 oak saplings",
    "The Department for Woodland said today that 3,200 oak saplings have been planted along the Severn Valley "
    "railway since November, towards the 5,000 that ministers promised by the end of 2025.\n\n"
    "Volunteers from four schools took part.",
    "2025-03-04",
)


def record(made: Instance, tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    path.write_text(json.dumps(COMMITMENT))
    made.manage("import_commitments", str(path))


def watch_and_wait(made: Instance, ministry: Ministry) -> list[dict[str, Any]]:
    """Add a source to the running schedule, let it settle, publish, and wait for the suggestion."""
    ministry.publish("Opening hours of the visitor centre", "The centre opens at nine on weekdays.", "2025-03-01")
    made.manage("add_source", "feed", ministry.url, "--name", "Woodland news", "--interval", "1")
    eventually("the first poll", lambda: len(ministry.requests) >= 2, within=100)
    ministry.publish(*ITEM)
    found = eventually("the suggestion", lambda: made.evidence(commitment="TREE-1"), within=120, every=2)
    assert {row["release_title"] for row in found} == {ITEM[0]}
    assert "3,200 oak saplings" in found[0]["quote"]
    assert 3200 in [figure["value"] for figure in found[0]["figures"]]
    return found


def test_with_the_embedded_broker_and_a_killed_worker(tmp_path: Path, ministry: Ministry) -> None:
    with instance(tmp_path / "data") as made:
        made.manage("migrate", "-v0")
        record(made, tmp_path)
        made.start("celery", "-A", "config", "beat", "--loglevel", "info")
        worker = made.start("celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "info")
        found = watch_and_wait(made, ministry)

        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        ministry.publish(
            "Severn Valley oak saplings reach 4,100",
            "There are now 4,100 oak saplings planted along the Severn Valley railway, ministers said.",
            "2025-06-04",
        )
        made.start("celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "info")
        after = eventually(
            "a suggestion after the worker was killed",
            lambda: more if len(more := made.evidence(commitment="TREE-1")) > len(found) else [],
            within=150,
            every=2,
        )
        assert len({(row["release_url"], row["quote"]) for row in after}) == len(after)


@pytest.mark.postgres
@pytest.mark.redis
def test_with_the_commands_of_the_compose_file(
    tmp_path: Path, ministry: Ministry, postgres_url: str, redis_url: str
) -> None:
    """Each service of docker-compose.yml by its very command, against real PostgreSQL and Redis."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    port = str(free_port())
    addresses = {
        "postgres://pledgewatch:${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}@postgres:5432/pledgewatch": postgres_url,
        "redis://redis:6379/0": redis_url,
        "${SECRET_KEY:?set SECRET_KEY to a long random text}": "a secret of this test and of nothing else at all",
    }
    environment = {name: addresses.get(value, value) for name, value in services["web"]["environment"].items()}
    assert not [value for value in environment.values() if ":?" in value], "a required setting is not given"
    environment = {name: _default(value) for name, value in environment.items()}
    for name in ("web", "worker", "beat", "migrate"):
        assert services[name]["environment"] == services["web"]["environment"]
        assert services[name]["user"] != "root"

    def command(service: str) -> list[str]:
        return shlex.split(services[service]["command"].replace("0.0.0.0:8000", f"127.0.0.1:{port}"))

    def healthy(service: str) -> None:
        kind, *check = services[service]["healthcheck"]["test"]
        here = [
            part.replace("//web:8000", f"//127.0.0.1:{port}")
            .replace("127.0.0.1:8000", f"127.0.0.1:{port}")
            .replace("$$", "$")
            for part in check
        ]
        probe = made.start(*here) if kind == "CMD" else made.start("bash", "-c", here[0])
        assert probe.wait(30) == 0, f"{service} is not healthy"

    with instance(tmp_path / "data", **environment, HOSTNAME=os.uname().nodename) as made:
        assert made.start(*command("migrate")).wait(60) == 0
        record(made, tmp_path)
        for service in ("web", "worker", "beat"):
            made.start(*command(service))
        found = watch_and_wait(made, ministry)
        for service in ("web", "worker", "beat"):
            healthy(service)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            assert json.load(answer)["checks"] == {"database": "ok", "broker": "ok", "audit": "ok", "schedule": "ok"}
        assert len(found) == 1
        assert made.manage("poll", "woodland-news").returncode == 0
        assert len(made.evidence()) == 1


def _default(value: str) -> str:
    """What compose puts for `${NAME:-default}`."""
    if value.startswith("${") and ":-" in value:
        return value[2:-1].split(":-", 1)[1]
    return value


def test_the_compose_file_holds_no_secret_and_checks_every_service() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for name, service in compose["services"].items():
        if name != "migrate":
            assert service["healthcheck"]["test"], f"{name} has no health check"
        assert service.get("user") not in {"root", "0"}
        for setting, value in service.get("environment", {}).items():
            if "PASSWORD" in setting or "SECRET" in setting:
                assert value.startswith("${"), f"{setting} of {name} is written into the file"
    assert PYTHON
