"""The handbook's pictures are taken by working through the demonstration, from nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .instance import ROOT, free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def test_every_picture_is_taken_anew(chromium: str, tmp_path: Path) -> None:
    script = ROOT / "docs" / "handbook" / "screenshots.py"
    done = subprocess.run(
        [sys.executable, script, "--into", tmp_path, "--port", str(free_port())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=350,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    taken = {path.name: path.stat().st_size for path in tmp_path.glob("*.png")}
    assert set(taken) == {path.name for path in (ROOT / "docs" / "handbook" / "images").glob("*.png")}
    assert all(10_000 < size < 150_000 for size in taken.values()), taken
