"""`make run`: prepare the data folder, then run web, worker, beat and the demonstration together.

Ctrl-C, or SIGTERM, stops all of them.
"""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import sys
from pathlib import Path

from honcho.manager import Manager

HOST = "127.0.0.1"


def main() -> None:
    port = _port("PORT", 8000)
    demonstration = os.environ.get("DEMO", "1") not in {"0", "no", "false", ""}
    demo_port = _port("DEMO_PORT", port + 1)
    for name, number in [("PORT", port), *([("DEMO_PORT", demo_port)] if demonstration else [])]:
        _refuse_if_taken(name, number)

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("BASE_URL", f"http://{HOST}:{port}")
    if demonstration:
        os.environ["DEMO_PORT"] = str(demo_port)
        os.environ.setdefault("FETCH_ALLOW_NETWORKS", "127.0.0.0/8")
    sign_in = _prepare()

    python = shlex.quote(sys.executable)
    manager = Manager()
    processes = {
        "web": f"{python} -m gunicorn config.wsgi --bind {HOST}:{port} --workers 2 --log-level warning",
        "worker": f"{python} -m celery --quiet -A config worker --pool threads --concurrency 4 --loglevel warning",
        "beat": f"{python} -m celery --quiet -A config beat --loglevel warning",
    }
    if demonstration:
        processes["demo"] = f"{python} manage.py demo --port {demo_port}"
    for name, command in processes.items():
        # `exec`, so that stopping the process stops the program and not only the shell around it.
        manager.add_process(name, f"exec {command}", quiet=False, env=dict(os.environ), cwd=str(Path.cwd()))
    _say_where(port, demo_port if demonstration else None, sign_in)
    manager.loop()
    sys.exit(manager.returncode)


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        sys.exit(f"{name} must be a port number between 1 and 65535, not {text!r}.")
    return int(text)


def _refuse_if_taken(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another: make run {name}={port + 100}")


def _prepare() -> str:
    """Database, static files and a first staff account. Returns how to sign in."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)

    from django.conf import settings
    from django.contrib.auth import get_user_model

    from commitments.audit.acting import acting

    users = get_user_model().objects
    note = Path(settings.DATA_DIR) / "first_staff_password"
    if not users.exists():
        password = secrets.token_urlsafe(12)
        with open(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(password)
        with acting("make run"):
            users.create_superuser("staff", password=password)
    if note.exists() and users.filter(username="staff").exists():
        return f"user “staff”, password “{note.read_text()}” (kept in {note} until you change it and delete the file)"
    return "the staff accounts that you have made"


def _say_where(port: int, demo_port: int | None, sign_in: str) -> None:
    from django.conf import settings

    lines = [
        "",
        f"  The public record   http://{HOST}:{port}/",
        f"  Staff               http://{HOST}:{port}/{settings.ADMIN_PATH}/",
        f"  Sign in with        {sign_in}",
    ]
    if demo_port is not None:
        lines.append(f"  Demonstration feed  http://{HOST}:{demo_port}/feed.atom")
        lines.append("  This is a demonstration record; `make run DEMO=0` starts an empty one of your own.")
    lines += ["  Ready when          " + f"http://{HOST}:{port}/readyz answers 200; Ctrl-C stops everything.", ""]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
