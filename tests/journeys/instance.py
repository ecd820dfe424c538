"""A whole Pledgewatch as its own processes, and a ministry on loopback that publishes a feed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(what: str, check: Callable[[], Any], within: float, every: float = 0.5) -> Any:
    """Wait until `check` gives something true, and return it."""
    end = time.monotonic() + within
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(every)


class Instance:
    """Settings in an environment of its own; commands and long-running processes under them."""

    def __init__(self, data: Path, **environment: str) -> None:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME", "LANG", "TMPDIR", "PLEDGEWATCH_REQUIRE_ALL"}
        }
        self.environment = {
            **inherited,
            "PATH": f"{Path(PYTHON).parent}:{inherited['PATH']}",
            "DATA_DIR": str(data),
            "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
            "FETCH_HOST_PAUSE_SECONDS": "0",
            **environment,
        }
        self.log = data.with_suffix(".log")
        self.running: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
        )
        if check and done.returncode:
            raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done

    def evidence(self, **wanted: object) -> list[dict[str, Any]]:
        rows = [json.loads(line) for line in self.manage("export_evidence").stdout.splitlines()]
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def start(self, *command: str, cwd: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own; its output goes to the instance's log."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environment, cwd=cwd, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()


@contextmanager
def instance(data: Path, **environment: str) -> Iterator[Instance]:
    made = Instance(data, **environment)
    try:
        yield made
    except BaseException:
        if made.log.exists():
            sys.stderr.write(made.log.read_text(errors="replace")[-8000:])
        raise
    finally:
        made.stop()


class Ministry:
    """An Atom feed on loopback. `publish` adds an item; whoever polls next sees it."""

    def __init__(self) -> None:
        self.items: list[dict[str, str]] = []
        self.requests: list[dict[str, str]] = []
        ministry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                ministry.requests.append(dict(self.headers))
                body = ministry.atom().encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/atom+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.base}/feed.atom"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, title: str, text: str, published: str, slug: str = "") -> None:
        slug = slug or f"item-{len(self.items) + 1}"
        self.items.append({"title": title, "text": text, "published": published, "slug": slug})

    def atom(self) -> str:
        entries = "".join(
            f"<entry><id>{self.base}/{item['slug']}</id><title>{escape(item['title'])}</title>"
            f'<link href="{self.base}/{item["slug"]}"/>'
            f"<published>{item['published']}T09:30:00Z</published><updated>{item['published']}T09:30:00Z</updated>"
            f'<content type="html">{escape(_paragraphs(item["text"]))}</content></entry>'
            for item in reversed(self.items)
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>{self.base}/</id><title>Ministry</title><updated>2025-01-01T00:00:00Z</updated>{entries}</feed>"
        )

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
