"""The form by which somebody subscribes."""

from __future__ import annotations

from django import forms

from commitments.digests import scope, signup
from commitments.models import Subscriber


class SubscribeForm(forms.Form):
    email = forms.CharField(
        label="Mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    frequency = forms.ChoiceField(
        label="How often",
        choices=[("daily", "Daily, when something is overdue or due soon"), ("weekly", "Weekly, on Mondays")],
        widget=forms.RadioSelect,
        initial=Subscriber.Frequency.WEEKLY,
    )
    scope = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        try:
            return signup.address(self.cleaned_data["email"])
        except signup.MalformedAddress as error:
            raise forms.ValidationError(f"{error} It should look like name@example.org.") from error

    def clean_scope(self) -> str:
        try:
            return str(scope.find(self.cleaned_data["scope"] or scope.ALL)[0])
        except scope.UnknownScope as error:
            raise forms.ValidationError(str(error)) from error
