"""The forms of those who subscribe, and of those who manage what they subscribed to."""

from __future__ import annotations

from typing import Any

from django import forms

from commitments.digests import choices, managing, scope, signup
from commitments.models import Subscriber


class AddressForm(forms.Form):
    email = forms.CharField(
        label="Mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        try:
            return signup.address(self.cleaned_data["email"])
        except signup.MalformedAddress as error:
            raise forms.ValidationError(f"{error} It should look like name@example.org.") from error


class WhatForm(forms.Form):
    """What is subscribed to, in `scope` once it is clean. `wanted` is a scope to begin with; "" is everything."""

    scope = forms.CharField(label="What", max_length=250, required=False, widget=forms.Select)
    words = forms.CharField(label="Words to search for", max_length=200, required=False)

    def __init__(self, *arguments: Any, wanted: str = "", **named: Any) -> None:
        kind, _, words = wanted.partition(":")
        started = {"scope": choices.FOR_WORDS, "words": words} if kind == scope.SEARCH else {"scope": wanted}
        named["initial"] = {**named.get("initial", {}), **started}
        super().__init__(*arguments, **named)
        self.fields["scope"].widget.choices = choices.scopes(str(self["scope"].value() or ""))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen, words = cleaned.get("scope") or scope.ALL, cleaned.get("words", "").strip()
        if chosen == choices.FOR_WORDS:
            if not words:
                self.add_error("words", "Write what to search for.")
                return cleaned
            chosen = f"{scope.SEARCH}:{words}"
        elif words:
            self.add_error("scope", "Choose “What a search finds”, or leave the words out.")
        try:
            cleaned["scope"] = str(scope.find(chosen)[0])
        except scope.UnknownScope as error:
            self.add_error("words" if words else "scope", str(error))
        return cleaned


class HowForm(forms.Form):
    frequency = forms.ChoiceField(
        label="How often", choices=choices.FREQUENCIES, widget=forms.RadioSelect, initial=Subscriber.Frequency.WEEKLY
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="In which a day begins and ends for you.",
        choices=choices.time_zones,
        required=False,
    )


class SubscribeForm(HowForm, WhatForm, AddressForm):
    field_order = ["email", "scope", "words", "frequency", "time_zone"]


class SettingsForm(HowForm):
    quiet_note = forms.BooleanField(label="Send me a short note once a month when nothing has happened", required=False)


class PauseForm(forms.Form):
    weeks = forms.TypedChoiceField(
        label="For how long",
        choices=[
            ("", "Until I resume"),
            (1, "1 week"),
            *((weeks, f"{weeks} weeks") for weeks in (2, 4, 8, 12, 26, 52)),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )


class AddForm(WhatForm):
    """One more subscription, of not too many."""

    def __init__(self, *arguments: Any, subscriber: Subscriber, **named: Any) -> None:
        self._subscriber = subscriber
        super().__init__(*arguments, **named)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._subscriber.subscriptions.count() >= managing.MOST_SUBSCRIPTIONS:
            self.add_error("scope", f"Nobody can have more than {managing.MOST_SUBSCRIPTIONS} subscriptions.")
        return cleaned
