"""Sessions in the database, asked for by keys that we could have given out and by nothing else."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as InTheDatabase


class SessionStore(InTheDatabase):
    def _validate_session_key(self, key: str | None) -> bool:
        """A quoted cookie can hold any character, and PostgreSQL answers a NUL with an error."""
        is_long_enough: bool = super()._validate_session_key(key)  # type: ignore[misc]
        return is_long_enough and key is not None and key.isascii() and key.isalnum()
