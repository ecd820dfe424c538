"""A sender that kills itself at each boundary in turn, and one that comes after it.

    python dying_sender.py PORT

For each boundary one subscriber is added. A child sends the day's digests and dies in the middle; once its claim has
run out another run goes on. Prints a line of JSON for each: the boundary, and what the row says in the end.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import smtplib
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from commitments.digests import claiming, deliver, outgoing, sending, signup, wording  # noqa: E402
from commitments.models import Digest  # noqa: E402
from tests.commitments import make  # noqa: E402

DAY = dt.date(2025, 6, 30)


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner: Any, name: str) -> None:
    """Die as soon as a function has returned something."""
    done = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = done(*args, **kwargs)
        die()
        return result

    setattr(owner, name, wrapped)


def in_the_body(part: float) -> None:
    """Die when so much of a mail's body has gone, and the server has had time to read it."""
    send = smtplib.SMTP.send

    def wrapped(self: smtplib.SMTP, what: Any) -> None:
        if isinstance(what, bytes) and what.endswith(b"\r\n.\r\n"):
            send(self, what[: int(len(what) * part)])
            time.sleep(0.2)
            die()
        send(self, what)

    smtplib.SMTP.send = wrapped  # type: ignore[method-assign, assignment]


BOUNDARIES: dict[str, Callable[[], None]] = {
    "claimed": lambda: after(claiming, "_claim"),
    "worded": lambda: after(wording.Builder, "freeze"),
    "marked": lambda: after(sending, "_mark"),
    "half sent": lambda: in_the_body(0.5),
    "sent": lambda: in_the_body(1),
    "answered": lambda: after(outgoing.MailServer, "send"),
    "recorded": lambda: after(sending, "_sent"),
}


def main(port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    call_command("migrate", verbosity=0)
    make.commitment("Plant trees", due=dt.date(2025, 6, 1))
    for boundary, prepare in BOUNDARIES.items():
        address = f"{boundary.replace(' ', '-')}@example.org"
        signup.add_confirmed(address, "daily", "all")
        connections.close_all()
        child = os.fork()
        if not child:
            prepare()
            deliver.send_for(DAY)
            os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"it did not die when it had {boundary}"
        deliver.send_for(DAY)
        deliver.send_for(DAY, clock=lambda: timezone.now() + 2 * settings.MAIL_CLAIM)
        row = Digest.objects.get(subscriber__email=address)
        print(json.dumps({"to": address, "state": row.state, "resends": row.resends}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
