"""How far a long command has come: one line that is written over, where somebody looks on."""

from __future__ import annotations

from django.core.management.base import OutputWrapper


class Progress:
    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._last = ""

    def tell(self, said: str) -> None:
        if said != self._last and self._out.isatty():
            self._out.write(f"\r\x1b[K{said} …", ending="")
            self._out.flush()
        self._last = said

    def end(self) -> None:
        if self._last and self._out.isatty():
            self._out.write("\r\x1b[K", ending="")
