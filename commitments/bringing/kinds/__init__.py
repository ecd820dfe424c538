"""The kinds of rows that can be brought and taken away: each a module with what `planning.Kind` asks for."""

from __future__ import annotations

from commitments.bringing.kinds.commitment import Commitments
from commitments.bringing.kinds.definition import Definitions
from commitments.bringing.kinds.evidence import EvidenceRows
from commitments.bringing.kinds.measurement import Measurements
from commitments.bringing.kinds.status import Statuses
from commitments.bringing.planning import Kind

_ALL: tuple[type[Kind], ...] = (Commitments, Statuses, Definitions, EvidenceRows, Measurements)
KINDS = {kind.key: kind for kind in _ALL}
