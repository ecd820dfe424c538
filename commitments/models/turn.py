"""Work that one process at a time does for all."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q


class Turn(models.Model):
    """Whose turn it is at a piece of work. A turn that is not renewed ends by itself."""

    name = models.CharField(max_length=50, primary_key=True)
    token = models.UUIDField(default=uuid.uuid4)
    held_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.held_until:%H:%M:%S}"

    @classmethod
    def take(cls, name: str, token: uuid.UUID, now: dt.datetime, lasting: dt.timedelta) -> bool:
        """Take or renew the turn. False if another has it."""
        cls.objects.get_or_create(name=name, defaults={"held_until": now})
        ours_or_free = Q(token=token) | Q(held_until__lte=now)
        row = cls.objects.filter(ours_or_free, name=name)
        return bool(row.update(token=token, held_until=now + lasting))

    @classmethod
    def end(cls, name: str, token: uuid.UUID, now: dt.datetime) -> None:
        cls.objects.filter(name=name, token=token).update(held_until=now)
