"""Settings are documented, checked at start, and strict in production."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def check(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_every_setting_that_is_read_is_in_the_table_and_the_other_way_round() -> None:
    source = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|_number|_json_object|_networks)\(\s*"([A-Z_]+)"', source))
    table = (ROOT / "docs" / "settings.md").read_text()
    assert read == set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))


def test_nothing_needs_to_be_set_on_one_machine(tmp_path: Path) -> None:
    assert check(tmp_path).returncode == 0
    secret = tmp_path / "secret_key"
    assert len(secret.read_text()) > 50
    assert secret.stat().st_mode & 0o077 == 0
    first = secret.read_text()
    check(tmp_path)
    assert secret.read_text() == first


def test_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    done = check(
        tmp_path,
        "--deploy",
        "--fail-level",
        "WARNING",
        DATABASE_URL="postgres://someone@127.0.0.1/nothing",
        SECRET_KEY="a-long-text-that-is-not-secret-but-long-enough-for-the-check-2468",
        BASE_URL="https://pledges.example.org",
    )
    assert done.returncode == 0, done.stderr
    assert "WARNINGS" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"BASE_URL": "pledges.example.org"}, "BASE_URL must be an address such as https://"),
        ({"FETCH_ALLOW_NETWORKS": "localhost"}, "Write networks as 127.0.0.0/8"),
        ({"ADMIN_ALLOW_NETWORKS": "the office"}, "ADMIN_ALLOW_NETWORKS: 'the office' does not appear to be"),
        ({"ADMIN_PATH": "../admin"}, "ADMIN_PATH must be a path of letters"),
        ({"DATABASE_URL": "bogus"}, "DATABASE_URL must be like postgres://"),
        ({"EMAIL_URL": "bogus"}, "EMAIL_URL must be an address such as smtp://"),
        ({"DIGEST_HOUR": "seven"}, "DIGEST_HOUR"),
        ({"ALERTS_TO": "nobody"}, "ALERTS_TO: 'nobody' is no mail address"),
        ({"FETCH_TURNS_URL": "amqp://host"}, "FETCH_TURNS_URL must be like redis://"),
        ({"POLL_LEASE_SECONDS": "1"}, "POLL_LEASE_SECONDS must be a number from 10"),
        ({"MAILBOX_PASSWORDS": "secret"}, "MAILBOX_PASSWORDS must be a JSON object such as"),
        ({"SNAPSHOTS_STORAGE_OPTIONS": "[1]"}, "SNAPSHOTS_STORAGE_OPTIONS must be a JSON object"),
    ],
)
def test_a_wrong_setting_says_what_to_do(tmp_path: Path, environment: dict[str, str], words: str) -> None:
    done = check(tmp_path, **environment)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert words in done.stderr.strip().splitlines()[-1]


def test_many_machines_are_asked_for_one_secret(tmp_path: Path) -> None:
    deployed = {"DATABASE_URL": "postgres://someone@127.0.0.1/nothing", "BASE_URL": "https://pledges.example.org"}
    assert check(tmp_path, **deployed).returncode == 0
    assert "Set SECRET_KEY to a long random text" in check(tmp_path, "--deploy", **deployed).stderr


def test_a_database_without_tables_says_what_to_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "poll"],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "The database is not prepared yet: run `manage.py migrate` first."
