"""A mail server on loopback, a process of its own that knows nothing of the product and keeps its own log.

    python mail_server.py FOLDER PORT

How it treats a mail stands in the address that it is to: `later` is refused for now at first, `gone` for good,
`slow` has to wait, of `lost` the line is cut as soon as the mail was taken and of `cut` before, each at its first try.
FOLDER/log.jsonl gets a line for each mail that was taken, before that is said to whoever sent it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

SLOW_SECONDS = 0.3
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Handler:
    def __init__(self, folder: Path) -> None:
        self.log = (folder / "log.jsonl").open("a", buffering=1)
        self.tried: set[str] = set()

    def is_first(self, address: str) -> bool:
        first = address not in self.tried
        self.tried.add(address)
        return first

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 There is no such mailbox"
        if address.startswith("later") and self.is_first(address):
            return "451 4.7.1 Try again later"
        if address.startswith("cut") and self.is_first(address):
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (address,) = envelope.rcpt_tos
        if address.startswith("slow"):
            await asyncio.sleep(SLOW_SECONDS)
        name = _MESSAGE_ID.search(envelope.content)
        self.log.write(
            json.dumps({"to": address, "message_id": name[1].decode() if name else "", "at": time.time()}) + "\n"
        )
        if address.startswith("lost") and self.is_first(address):
            server.transport.abort()
        return "250 OK"


async def main(folder: Path, port: int) -> None:
    handler = Handler(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="mail.example"), "127.0.0.1", port)
    (folder / "ready").touch()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
