"""A newcomer's first hour: one command from nothing to a record with evidence, stopped, started, used."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import lxml.html
import pytest
import requests

from .instance import ROOT, Instance, Ministry, eventually, free_port, instance
from .test_the_schedule import COMMITMENT, ITEM

pytestmark = pytest.mark.timeout(900)


def fresh_copy(folder: Path) -> Path:
    """What a clone would hold: the tracked files and those about to be."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so what a clone would hold is not known")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def processes_in(folder: Path) -> list[str]:
    """Command lines of the processes whose working folder is the copy."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if Path(os.readlink(entry / "cwd")) == folder and int(entry.name) != os.getpid():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:  # it has ended meanwhile, or is not ours to see
                continue
    return found


def sign_in(base: str, password: str) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{base}/admin/login/", timeout=20)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    answer = session.post(
        f"{base}/admin/login/",
        data={"csrfmiddlewaretoken": token[1], "username": "staff", "password": password, "next": "/admin/"},
        timeout=20,
    )
    assert "/admin/login/" not in answer.url, "could not sign in"
    return session


def accept_all(session: requests.Session, base: str, keys: list[int]) -> None:
    queue = f"{base}/admin/commitments/evidence/review/"
    for key in keys:
        card = lxml.html.fromstring(session.get(queue, params={"first": key}, timeout=20).text)
        (form,) = (form for form in card.forms if f"/{key}/accept/" in (form.action or ""))
        answer = session.post(f"{base}{form.action}", data=form.form_values(), timeout=60)
        assert "Accepted for" in answer.text


def run_until_ready(made: Instance, copy: Path, port: int) -> subprocess.Popen[bytes]:
    process = made.start("make", "run", f"PORT={port}", cwd=copy)
    eventually("installation", lambda: (copy / ".venv" / "runtime.stamp").exists(), within=400)
    eventually("/readyz", lambda: ready(port), within=90)
    return process


def interrupt(process: subprocess.Popen[bytes], copy: Path) -> None:
    """Ctrl-C in a terminal: SIGINT to the whole process group."""
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    process.wait(10)
    eventually("every process has ended", lambda: not processes_in(copy), within=10 - (time.monotonic() - started))


def test_from_nothing_to_evidence_and_on_again(tmp_path: Path, ministry: Ministry) -> None:
    copy, home = fresh_copy(tmp_path / "clone"), tmp_path / "home"
    home.mkdir()
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    demo_port = str(free_port())
    with instance(copy / "var", HOME=str(home), DEMO_PORT=demo_port) as made:
        made.environment.pop("FETCH_HOST_PAUSE_SECONDS")
        process = run_until_ready(made, copy, port)
        returns = eventually(
            "suggestions for the returns commitment",
            lambda: (
                {
                    value: row
                    for row in made.evidence(commitment=RETURNS)
                    for value in [figure["value"] for figure in row["figures"]]
                    if value in {9400, 13500, 16400}
                }.keys()
                == {9400, 13500, 16400}
            ),
            within=90,
            every=1,
        )
        assert returns
        session = sign_in(base, (copy / "var" / "first_staff_password").read_text())
        keys = [int(key) for key in made.manage("shell", "-v0", "-c", KEYS).stdout.split()]
        accept_all(session, base, keys)
        page = requests.get(f"{base}/commitments/{slug(made)}/", timeout=20).text
        for value in ("9,400", "13,500", "16,400"):
            link = re.search(rf'<a [^>]*href="(/releases/[^"]+)"[^>]*>[^<]*{value}', page)
            assert link, f"{value} is no link on the page"
            passage = requests.get(base + link[1].split("#")[0], timeout=20).text
            assert value in re.sub(r"<[^>]+>", "", passage)
        assert made.manage("shell", "-v0", "-c", POINTS).stdout.split() == ["9400", "13500", "16400"]
        assert "demonstration" in page.lower()
        before = counts(made)

        interrupt(process, copy)
        process = run_until_ready(made, copy, port)
        time.sleep(5)
        assert counts(made) == before, "stopping and starting lost or doubled something"

        path = tmp_path / "mine.jsonl"
        path.write_text(json.dumps(COMMITMENT))
        made.manage("import_commitments", str(path))
        ministry.publish(*ITEM)
        made.manage("add_source", "feed", ministry.url, "--name", "Woodland news", "--interval", "1")
        eventually("one's own source linked", lambda: made.evidence(commitment="TREE-1"), within=120, every=2)

        interrupt(process, copy)


RETURNS = "DEMO-001"
KEYS = f"""
from commitments.models import Evidence
print(*Evidence.objects.filter(commitment__reference="{RETURNS}").values_list("pk", flat=True))
"""
POINTS = f"""
from commitments.models import Measurement
of_returns = dict(series__commitments__reference="{RETURNS}", series__metric="people returned")
points = Measurement.objects.shown().filter(**of_returns)
print(*[int(point.value) for point in points.order_by("published_on")])
"""
COUNTS = """
from commitments.models import Commitment, Evidence, Measurement
from tracker.models import Release, Revision, Source
print(*[model.objects.count() for model in (Commitment, Evidence, Measurement, Release, Revision, Source)])
"""


def counts(made: Instance) -> str:
    return made.manage("shell", "-v0", "-c", COUNTS).stdout


def slug(made: Instance) -> str:
    code = f'from commitments.models import Commitment; print(Commitment.objects.get(reference="{RETURNS}").slug)'
    return made.manage("shell", "-v0", "-c", code).stdout.strip()


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path, ministry: Ministry) -> None:
    taken = str(ministry.server.server_port)
    with instance(tmp_path / "data", PORT=taken) as made:
        done = subprocess.run(
            ["python", "-m", "config.launch"],
            cwd=ROOT,
            env=made.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        f"Port {taken} cannot be used (Address already in use). Choose another: make run PORT={int(taken) + 100}"
    ]
