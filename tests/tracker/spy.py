"""A server on loopback that writes down every byte it is sent, and answers with the bytes that it is given."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Asked:
    """One request as it came in. `began` and `ended` are monotonic seconds."""

    raw: bytes
    began: float
    ended: float = field(default=0.0)

    @property
    def path(self) -> str:
        return self.raw.split(b" ", 2)[1].decode("latin-1")

    @property
    def headers(self) -> dict[str, bytes]:
        lines = self.raw.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        pairs = [line.split(b": ", 1) for line in lines]
        assert len({name.lower() for name, _ in pairs}) == len(pairs), "a header was sent twice"
        return {name.decode().lower(): value for name, value in pairs}


Behaviour = Callable[[socket.socket], None]


def reply(body: bytes | str = b"", status: str = "200 OK", *headers: bytes | str) -> bytes:
    """A whole answer. `headers` are written as they are."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    head = b"\r\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return head + b"\r\n\r\n" + body


class Spy:
    """`answers[path]` are bytes, what to do with the connection, or a list of these, the last one standing."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.answers: dict[str, bytes | Behaviour | list[bytes | Behaviour]] = {}
        self.log: list[Asked] = []
        self.delay = 0.0
        self._server = socket.create_server((host, 0))
        self.host, self.port = self._server.getsockname()[:2]
        threading.Thread(target=self._listen, daemon=True).start()

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def asked(self, path: str) -> list[Asked]:
        return [asked for asked in self.log if asked.path == path]

    def overlaps(self) -> int:
        """How many requests began before the one before them had ended."""
        spans = sorted((asked.began, asked.ended) for asked in self.log)
        return sum(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans))

    def __enter__(self) -> Spy:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            raw = b""
            while b"\r\n\r\n" not in raw:
                part = connection.recv(65536)
                if not part:
                    return
                raw += part
            asked = Asked(raw, time.monotonic())
            self.log.append(asked)
            time.sleep(self.delay)
            answer = self.answers.get(asked.path, NOT_FOUND)
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            try:
                if isinstance(answer, bytes):
                    asked.ended = time.monotonic()
                    connection.sendall(answer)
                else:
                    answer(connection)
                    asked.ended = time.monotonic()
            except OSError:  # cut by the other side, as it should
                asked.ended = time.monotonic()
