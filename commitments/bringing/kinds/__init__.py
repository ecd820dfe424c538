"""The kinds of rows that can be brought and taken away: each a module with what `planning.Kind` asks for."""

from __future__ import annotations

from commitments.bringing.kinds.commitment import Commitments
from commitments.bringing.planning import Kind

KINDS: dict[str, type[Kind]] = {kind.key: kind for kind in (Commitments,)}
