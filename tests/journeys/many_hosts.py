"""Many publishers on loopback, a process of its own that knows nothing of the watch and keeps its own log.

    python many_hosts.py FOLDER PORT HOSTS

Host k is 127.0.1.k (and so on), and /feed/N on any of them is feed N. FOLDER/control.json says how things are:
`items` is how many items each feed holds, `slow` which feeds take `seconds` to answer. FOLDER/log.jsonl gets a
line when a request has begun and one when it was answered in whole or cut off by the other side.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from functools import partial
from pathlib import Path

WORDS = ("harbour", "lantern", "orchard", "meadow", "gravel", "copper", "willow", "ferry", "quarry", "saddle")


def address(number: int) -> str:
    """The address of host `number`, from 0."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def feed(number: int, items: int) -> bytes:
    days = [f"2025-01-{1 + item % 28:02d}T09:00:00Z" for item in range(items)]
    entries = "".join(
        f"<entry><id>tag:example.org,2025:{number}/{item}</id><title>{sentence(number, item, 6)}</title>"
        f'<link href="https://publisher-{number}.example.org/{item}"/>'
        f"<published>{days[item]}</published><updated>{days[item]}</updated>"
        f'<content type="text">{sentence(number, item, 80)}</content></entry>'
        for item in reversed(range(items))
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{number}</title>{entries}</feed>'.encode()


def sentence(number: int, item: int, words: int) -> str:
    """Words that no two items have alike."""
    dice = random.Random(f"{number} {item} {words}")
    return " ".join([f"{dice.choice(WORDS)}{dice.randrange(1000)}" for _ in range(words)])


class World:
    def __init__(self, folder: Path) -> None:
        self.control = folder / "control.json"
        self.log = (folder / "log.jsonl").open("a", buffering=1)
        self.requests = 0

    def write(self, event: str, request: int, **more: object) -> None:
        self.log.write(json.dumps({"event": event, "request": request, "at": time.time(), **more}) + "\n")

    async def serve(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            self.requests += 1
            request = self.requests
            self.write("began", request, host=host, path=path)
            control = json.loads(self.control.read_text())
            number = int(path.rsplit("/", 1)[1])
            if number in control["slow"]:
                left = asyncio.ensure_future(reader.read(1))
                done, _ = await asyncio.wait({left}, timeout=control["seconds"])
                left.cancel()
                if done:
                    self.write("cut", request)
                    return
            etag = f'"{number}-{control["items"]}"'
            if f"if-none-match: {etag}" in head.lower():
                answer = f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
            else:
                body = feed(number, control["items"])
                answer = f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            self.write("answered", request)
            writer.write(answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


async def main(folder: str, port: str, hosts: str) -> None:
    world = World(Path(folder))
    for number in range(int(hosts)):
        host = address(number)
        await asyncio.start_server(partial(world.serve, host), host, int(port))
    (Path(folder) / "ready").touch()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
