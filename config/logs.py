"""What a line of the log looks like: what somebody sent can neither begin a line of its own nor steer a terminal."""

from __future__ import annotations

import logging
import re

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class OneLine(logging.Formatter):
    """Each message on one line; the lines of a traceback are indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.correlation_id = getattr(record, "correlation_id", None) or "-"  # of no request and no task
        record.message = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], record.message)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        lines = super().formatException(ei).splitlines()  # type: ignore[arg-type]
        return "\n".join(f"  {_CONTROL.sub('', line)}" for line in lines)
