"""A sender killed at each boundary in turn: what the mail server has got is what docs/digests.md says."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.commitments.mailbox import Mailbox

from .instance import PYTHON, ROOT

#: Mails that the server took, by where the sender died. Between the last letter and the answer being written down
#: nobody can know: it comes once more, under the same name.
TAKEN = {
    "claimed": 1,
    "worded": 1,
    "marked": 1,
    "half-sent": 1,
    "sent": 2,
    "answered": 2,
    "recorded": 1,
}


def test_a_mail_comes_twice_only_if_it_was_taken_and_not_recorded(tmp_path: Path) -> None:
    box = Mailbox()
    box.start()
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL"}}
    done = subprocess.run(
        [PYTHON, "-m", "tests.journeys.dying_sender", str(box.port)],
        env={**environment, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "ERROR", "MAILS_PER_DOMAIN_A_MINUTE": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    box.stop()

    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["state"] for row in rows} == {"sent"}
    assert {row["to"].partition("@")[0]: len(box.to(row["to"])) for row in rows} == TAKEN
    for row in rows:
        assert len({mail["Message-ID"] for mail in box.to(row["to"])}) == 1
