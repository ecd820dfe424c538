"""What others say is wrong here, and what they answer to our verdicts."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tracker.models import Release

from .commitment import Commitment, is_public
from .definition import Definition
from .history import written
from .status import StatusChange


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    def waiting(self) -> Self:
        return self.filter(state=CorrectionRequest.State.WAITING)

    def upheld(self) -> Self:
        """What turned out to be wrong, of what the public may see."""
        public = Q(commitment=None) | is_public("commitment")
        return self.filter(public, state=CorrectionRequest.State.UPHELD)

    def to_be_answered(self) -> Self:
        """Decided, with an address that has had no answer yet."""
        return self.exclude(state=CorrectionRequest.State.WAITING).exclude(email="").filter(answered_at=None)


class CorrectionRequest(models.Model):
    """What somebody from outside says is wrong on a commitment's page or a release's, and what we made of it.

    `email` and `client_key` (a keyed hash of the network address) are emptied after a set time. `answer` goes to the
    sender; `changed` is public, and says what was put right.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        UPHELD = "upheld", "upheld"
        NOT_UPHELD = "not_upheld", "not upheld"

    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, related_name="correction_requests", null=True, blank=True
    )
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="correction_requests", null=True, blank=True
    )
    wrong = models.TextField("what is wrong")
    source = models.TextField("how one can tell", blank=True)
    email = models.EmailField("address for the answer", max_length=254, blank=True)
    client_key = models.CharField(max_length=64, blank=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    answer = models.TextField(blank=True, help_text="Goes to the sender, if there is an address.")
    changed = models.TextField("what was put right", blank=True, help_text="Shown to the public.")
    status_change = models.ForeignKey(
        StatusChange, on_delete=models.PROTECT, related_name="correction_requests", null=True, blank=True
    )
    definition = models.ForeignKey(
        Definition, on_delete=models.PROTECT, related_name="correction_requests", null=True, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decided_corrections", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField("answer sent", null=True, blank=True, editable=False)
    answer_error = models.TextField("why the answer was not sent", blank=True, editable=False)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "-received_at"], name="correction_waiting"),
            models.Index(fields=["client_key", "received_at"], name="correction_of_client"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(commitment__isnull=False, release=None) | Q(commitment=None, release__isnull=False),
                name="correction_is_about_one_thing",
            ),
            models.CheckConstraint(condition=~Q(wrong=""), name="correction_says_what_is_wrong"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | ~Q(state="waiting") & ~Q(answer="") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="correction_decided_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(state="upheld") & ~Q(changed="") | ~Q(state="upheld") & Q(changed=""),
                name="correction_upheld_says_what_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}, {written(timezone.localdate(self.received_at))}"

    @property
    def about(self) -> Commitment | Release:
        """What it is about."""
        return self.commitment or self.release  # type: ignore[return-value]  # there is always one

    @classmethod
    def forget(cls, addresses_before: dt.datetime, clients_before: dt.datetime) -> int:
        """Empty the addresses of what was received before then; how many were forgotten."""
        cls.objects.exclude(client_key="").filter(received_at__lt=clients_before).update(client_key="")
        return cls.objects.exclude(email="").filter(received_at__lt=addresses_before).update(email="")


class Reply(models.Model):
    """What a department or another body answers to a verdict, word for word, shown beside it."""

    status_change = models.ForeignKey(
        StatusChange, on_delete=models.CASCADE, related_name="replies", verbose_name="the verdict that it disputes"
    )
    who = models.CharField(max_length=200, help_text="As readers should see it: “Home Office press office”.")
    received_on = models.DateField()
    words = models.TextField(help_text="Word for word, as received.")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recorded_replies", editable=False
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["received_on", "pk"]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"{self.who}, {written(self.received_on)}"
