"""Pages on which staff bring a document that no source brings, and put right what they brought."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from tracker.deposits import (
    MAX_FILE_BYTES,
    MAX_PASTED_CHARACTERS,
    AtAddress,
    Deposited,
    DepositRefused,
    Document,
    Pasted,
    Received,
    Told,
    Uploaded,
    correct,
    deposit,
)
from tracker.models import Appearance, Provenance, Release, Source, Voice
from tracker.reading.by_content import WHAT_IS_READ

ADDRESS_LENGTH = 2000
_BROUGHT = [choice for choice in Provenance.Way.choices if choice[0] != Provenance.Way.ADDRESS]


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _WhoseForm(forms.Form):
    """Whose a document is and when it was published."""

    title = forms.CharField(max_length=500)
    published_on = forms.DateField(
        label="Published on", required=False, widget=_Day, help_text="Leave empty if that is not known."
    )
    publisher = forms.CharField(
        max_length=200, help_text="Whose words these are: the department, paper or person. Shown as its source."
    )
    voice = forms.ChoiceField(label="Whose account", choices=Voice.choices, initial=Voice.OFFICIAL)

    def told(self) -> Told:
        given = self.cleaned_data
        return Told(
            title=given.get("title", ""),
            publisher=given["publisher"],
            voice=given["voice"],
            published_on=given.get("published_on"),
            received=self.received(),
        )

    def received(self) -> Received:
        given = self.cleaned_data
        return Received(given["way"], given["received_by"], given["received_on"], given["provenance_note"])


class _ReceivedForm(_WhoseForm):
    """And how it came. All of it is public."""

    way = forms.ChoiceField(label="What it is", choices=_BROUGHT)
    received_by = forms.CharField(
        label="Received by", max_length=200, help_text="A name, or “our newsroom”. Everyone can read it."
    )
    received_on = forms.DateField(label="Received on", widget=_Day)
    provenance_note = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as the number of the request, or the programme. Everyone can read it.",
    )
    url = forms.CharField(
        label="Its address",
        required=False,
        max_length=ADDRESS_LENGTH,
        help_text="If it stands on the web too. It is not fetched from there.",
    )


class PastedForm(_ReceivedForm):
    text = forms.CharField(
        label="Its words",
        strip=False,
        max_length=MAX_PASTED_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="All of them as they stand, with a blank line between paragraphs.",
    )
    field_order = ("title", "text")

    def document(self) -> Document:
        return Pasted(self.cleaned_data["text"], self.cleaned_data["url"])


class UploadedForm(_ReceivedForm):
    title = forms.CharField(max_length=500, required=False, help_text="Leave empty to take a saved page's own.")
    file = forms.FileField(
        allow_empty_file=True,
        help_text=f"{WHAT_IS_READ[0].upper()}{WHAT_IS_READ[1:]}, of {MAX_FILE_BYTES // 1024**2} MiB at most.",
    )
    field_order = ("file", "title")

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_FILE_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_FILE_BYTES // 1024**2} MiB.")
        return file

    def document(self) -> Document:
        file: UploadedFile = self.cleaned_data["file"]
        return Uploaded(file.read(), file.name or "", self.cleaned_data["url"])


class AddressForm(_WhoseForm):
    url = forms.CharField(
        label="Address", max_length=ADDRESS_LENGTH, help_text="Of the page or file itself. It is fetched at once."
    )
    title = forms.CharField(max_length=500, required=False, help_text="Leave empty to take the page's own.")
    field_order = ("url", "title")

    def document(self) -> Document:
        return AtAddress(self.cleaned_data["url"].strip())

    def received(self) -> Received:
        return Received(Provenance.Way.ADDRESS)


FORMS: dict[str, type[PastedForm | UploadedForm | AddressForm]] = {
    "text": PastedForm,
    "file": UploadedForm,
    "address": AddressForm,
}
LABELS = {"text": "Paste its words", "file": "Upload a file", "address": "Fetch it from its address"}


class DepositPages(admin.ModelAdmin):
    """Adds to the releases: bringing one, and putting right what was brought."""

    change_list_template = "admin/tracker/release/change_list.html"
    change_form_template = "admin/tracker/release/change_form.html"

    def has_deposit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.add_release")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("by-hand/<str:way>/", view(self.deposit), name="tracker_release_deposit"),
            path("<int:pk>/put-right/<str:way>/", view(self.put_right), name="tracker_release_put_right"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        told = {"may_deposit": self.has_deposit_permission(request), **(extra_context or {})}
        return super().changelist_view(request, told)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        release = kwargs.get("obj")
        if release is not None and self.has_deposit_permission(request):
            context["by_hand"] = _by_hand(release)
        return super().render_change_form(request, context, *args, **kwargs)

    def deposit(self, request: HttpRequest, way: str) -> HttpResponse:
        """Takes in a document, and leads to it, or to `next` with the release's key behind it."""
        form = self._form(request, way)
        if form.is_valid():
            try:
                brought = deposit(form.document(), form.told(), timezone.now())
            except DepositRefused as error:
                form.add_error(None, str(error))
            else:
                self._say(request, brought)
                return HttpResponseRedirect(self._onward(request, brought.release))
        onward = request.GET.get("next", "")
        context = {
            "title": "Add a document by hand",
            "ways": [(key, label, key == way) for key, label in LABELS.items()],
            "onward": f"?{urlencode({'next': onward})}" if onward else "",
        }
        return self._page(request, form, context)

    def put_right(self, request: HttpRequest, pk: int, way: str) -> HttpResponse:
        """Takes in a better text or file of what was brought by hand."""
        release = get_object_or_404(Release, pk=pk)
        here = _by_hand(release)
        if here is None or way == "address":
            raise Http404("It was not pasted or uploaded.")
        form = self._form(request, way, initial=_as_told(release, here))
        form.fields["why"] = forms.CharField(
            label="What you put right", max_length=500, help_text="Everyone can read it beside the new version."
        )
        if form.is_valid():
            try:
                brought = correct(here, form.document(), form.told(), form.cleaned_data["why"], timezone.now())
            except DepositRefused as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, brought.release, f"Put right by hand: {form.cleaned_data['why']}")
                self.message_user(request, "It is put right. What it said before is kept as an earlier version.")
                return HttpResponseRedirect(reverse("admin:tracker_release_change", args=[pk]))
        return self._page(request, form, {"title": "Put right what was added by hand", "release": release})

    def _form(self, request: HttpRequest, way: str, initial: dict[str, Any] | None = None) -> Any:
        if not self.has_deposit_permission(request):
            raise PermissionDenied
        if way not in FORMS:
            raise Http404(f"There is no way “{way}” of bringing a document.")
        return FORMS[way](request.POST or None, request.FILES or None, initial=initial)

    def _page(self, request: HttpRequest, form: forms.Form, more: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.model._meta, "form": form, **more}
        return TemplateResponse(request, "admin/tracker/release/deposit.html", context)

    def _say(self, request: HttpRequest, brought: Deposited) -> None:
        release = brought.release
        if brought.is_new:
            self.log_addition(request, release, "Added by hand.")
            self.message_user(request, f"“{release.title}” is added. What it bears on is looked for now.")
        else:
            self.message_user(request, f"“{release.title}” was known already, so that nothing was added twice.")
        if brought.problem:
            self.message_user(request, brought.problem, messages.WARNING)

    def _onward(self, request: HttpRequest, release: Release) -> str:
        onward = request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
            return f"{onward}{'&' if '?' in onward else '?'}{urlencode({'release': release.pk})}"
        return reverse("admin:tracker_release_change", args=[release.pk])


def _by_hand(release: Release) -> Appearance | None:
    """Where `release` was pasted or uploaded, if it was. What was fetched has its words from its address."""
    here = release.appearances.filter(source__kind=Source.Kind.DESK, is_copy=False).exclude(guid="")
    return here.select_related("source").first()


def _as_told(release: Release, here: Appearance) -> dict[str, Any]:
    latest = here.revisions.order_by("-number").first()
    came = here.provenance.first()
    published: dt.date | None = timezone.localdate(release.published_at) if release.published_is_known else None
    return {
        "title": here.title,
        "text": latest.text if latest else "",
        "url": here.url,
        "publisher": here.source.publisher,
        "voice": here.source.voice,
        "published_on": published,
        "way": came.way if came else "",
        "received_by": came.received_by if came else "",
        "received_on": came.received_on if came else None,
        "provenance_note": came.note if came else "",
    }
