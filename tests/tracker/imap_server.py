"""A mailbox on loopback: enough of IMAP4rev1 over TLS, with a certificate of its own, and a list of what was asked."""

from __future__ import annotations

import re
import shutil
import socketserver
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

USER, PASSWORD = "news@example.org", "correct horse"


@dataclass
class Folder:
    """The mails of INBOX by their numbers, which are read, and how the server behaves."""

    mails: dict[int, bytes] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    uid_validity: int = 7
    asked: list[str] = field(default_factory=list)
    drip: bool = False
    says_huge: bool = False
    breaks_off_at: int = 0

    def put(self, body: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = body
        return uid


class _Handler(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.folder = self.server.folder
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.folder.asked.append(re.sub(r"^LOGIN .*", "LOGIN", rest))
            if self.folder.drip:
                while True:  # a sign of life now and then, and never an answer
                    self.say("* OK still here")
                    time.sleep(0.2)
            if not self.answer(tag, rest):
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def answer(self, tag: str, rest: str) -> bool:
        command, _, given = rest.partition(" ")
        match command.upper():
            case "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            case "LOGIN":
                if given != f'{USER} "{PASSWORD}"':
                    self.say(f"{tag} NO wrong: {given}")
                    return True
            case "SELECT" | "EXAMINE":
                if given.strip('"') != "INBOX":
                    self.say(f"{tag} NO no such folder")
                    return True
                self.say(f"* {len(self.folder.mails)} EXISTS")
                self.say(f"* OK [UIDVALIDITY {self.folder.uid_validity}] valid")
                writes = "READ-WRITE" if command.upper() == "SELECT" else "READ-ONLY"
                self.say(f"{tag} OK [{writes}] done")
                return True
            case "UID":
                if not self.by_uid(given):
                    return False
            case "LOGOUT":
                self.say("* BYE")
                self.say(f"{tag} OK bye")
                return False
            case _:
                self.say(f"{tag} BAD {command}")
                return True
        self.say(f"{tag} OK done")
        return True

    def by_uid(self, given: str) -> bool:
        command, _, rest = given.partition(" ")
        uids = sorted(self.folder.mails)
        if command == "SEARCH":
            if rest == "UNSEEN":
                self.say(f"* SEARCH {' '.join(str(uid) for uid in uids if uid not in self.folder.read)}".rstrip())
                return True
            first = int(rest.removeprefix("UID ").partition(":")[0])
            # As RFC 3501 has it: n:* names the last mail even if its number is smaller.
            found = [uid for uid in uids if uid >= first] or uids[-1:]
            self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())
            return True
        wanted = [int(uid) for uid in rest.partition(" ")[0].split(",")]
        for number, uid in enumerate(uids, start=1):
            if uid not in wanted:
                continue
            body = self.folder.mails[uid]
            if command == "STORE":
                self.folder.read.add(uid)
            elif "HEADER.FIELDS" in rest:
                lines = re.split(rb"\r?\n(?![ \t])", body.partition(b"\r\n\r\n")[0])
                kept = [line for line in lines if line.lower().startswith((b"from:", b"authentication-results:"))]
                self.literal(f"{number} FETCH (UID {uid} RFC822.SIZE {len(body)} BODY[HEADER.FIELDS (FROM)]", kept)
            elif uid == self.folder.breaks_off_at:
                return False
            elif self.folder.says_huge:
                self.say(f"* {number} FETCH (UID {uid} BODY[] {{900000000}}")
            else:
                self.literal(f"{number} FETCH (UID {uid} BODY[]", [body])
        return True

    def literal(self, before: str, lines: list[bytes]) -> None:
        content = b"\r\n".join(lines)
        self.wfile.write(f"* {before} {{{len(content)}}}\r\n".encode() + content + b")\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    folder: Folder

    def __init__(self, certificate: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.folder = Folder()
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def get_request(self) -> tuple[ssl.SSLSocket, object]:
        connection, peer = super().get_request()
        return self.context.wrap_socket(connection, server_side=True), peer  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what some tests are about."""

    @property
    def url(self) -> str:
        return f"imaps://{USER}@localhost:{self.server_address[1]}/INBOX"


def make_certificate(folder: Path) -> Path:
    """A certificate for localhost that is its own authority, with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = folder / "localhost.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", str(path), "-out", str(folder / "cert.pem"), "-days", "3", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    with path.open("ab") as file:
        file.write((folder / "cert.pem").read_bytes())
    return path
