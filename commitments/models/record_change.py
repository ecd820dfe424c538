"""What of the record has changed, for whoever keeps a copy of it in memory."""

from __future__ import annotations

from django.db import models


class RecordChange(models.Model):
    """That a commitment is not as it was; the key 0 stands for all of them. Written by the database (following.py).

    `moment` orders changes by when they began: the transaction's number on PostgreSQL, the row's own on SQLite.
    `mark` tells the row from another of the same key, where a rollback gave the key out again.
    """

    key = models.BigIntegerField()
    moment = models.BigIntegerField(db_index=True)
    mark = models.BigIntegerField()

    def __str__(self) -> str:
        return f"commitment {self.key}"
