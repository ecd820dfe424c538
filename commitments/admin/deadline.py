"""How the words of a deadline read, said while they are typed; without JavaScript, by a button."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone

from commitments import deadlines
from commitments.models import Commitment, Definition
from commitments.pages import phrases

#: The button that sends a form only to be told how its deadline reads.
ONLY_READ = "_read"


class DeadlineWords(AdminTextInputWidget):
    """The words of a deadline, with room beside them for how they read."""

    template_name = "admin/commitments/deadline_words.html"
    reading = ""

    class Media:
        js = ("commitments/deadline.js",)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        address = reverse_lazy("admin:commitments_commitment_deadline")
        return {**context, "only_read": ONLY_READ, "reading": self.reading, "address": address}


class ReadingForm(forms.ModelForm):
    """A form with a deadline in words. Sent only to be told how they read, it is never valid: nothing is saved."""

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_only_read

    @property
    def is_only_read(self) -> bool:
        return ONLY_READ in self.data

    def show_reading(self, words: str, said_on: dt.date) -> None:
        self.fields["deadline_text"].widget.reading = sentence(words, said_on) if words else ""


def sentence(words: str, said_on: dt.date) -> str:
    """How words of a day read: the interval, how it was come by, and what it hangs on."""
    parsed = deadlines.parse(words, said_on)
    said = reading(
        Definition(
            deadline_text=words,
            deadline_earliest=parsed.earliest,
            deadline_latest=parsed.latest,
            deadline_derivation=parsed.derivation,
        )
    )
    if parsed.latest is not None and phrases.day(parsed.latest) not in said:
        said += f" That is {phrases.interval(parsed.earliest, parsed.latest)}."
    if parsed.event:
        said += f" It hangs on {parsed.event}, which has no date yet."
    if parsed.not_before:
        said += f" It is to begin on {phrases.day(parsed.not_before)}, not before."
    return said


def reading(definition: Definition) -> str:
    """How the words of a deadline were read, as a sentence for the person who typed them."""
    if not definition.deadline_text and definition.deadline_latest is None:
        return "No deadline is recorded."
    if definition.deadline_derivation.startswith("“"):
        return f"The deadline {definition.deadline_derivation}."
    interval = phrases.interval(definition.deadline_earliest, definition.deadline_latest)
    words = f"The deadline “{definition.deadline_text}” was read as {interval or 'no date'}"
    return f"{words}: {definition.deadline_derivation}" if definition.deadline_derivation else f"{words}."


def show(model_admin: admin.ModelAdmin, request: HttpRequest) -> HttpResponse:
    """How `?words=` read, said on `?said_on=` (else when `?commitment=` was made, else today), as plain text.

    With `?now=`, the key of a commitment whose deadline has these words now, they keep the reading that they have.
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    words = request.GET.get("words", "").strip()
    now = _commitment(request.GET.get("now", ""))
    current = now.definition_on(timezone.localdate()) if now else None
    if current is not None and words and current.deadline_text == words:
        answer = f"As it is now. {reading(current)}"
    else:
        answer = sentence(words, _said_on(request)) if words else ""
    return HttpResponse(answer, content_type="text/plain; charset=utf-8")


def _said_on(request: HttpRequest) -> dt.date:
    try:
        said_on = forms.DateField(required=False).clean(request.GET.get("said_on", ""))
    except forms.ValidationError:
        said_on = None  # half typed
    made = _commitment(request.GET.get("commitment", ""))
    return said_on or (made.made_on if made else None) or timezone.localdate()


def _commitment(key: str) -> Commitment | None:
    return Commitment.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 16 else None
