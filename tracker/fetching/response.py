"""What came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Response:
    """An answer, whatever its status. `body` is decoded from its transfer form and only kept for status 200
    and 410.

    `permanent_redirect_to` is the address at the end of the permanent redirects that lead away from `url`,
    or empty.
    """

    status: int
    url: str
    final_url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    permanent_redirect_to: str = ""

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "")
