"""Departments: corrected in their form; renamed, and handed over to others, from a day on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from commitments import departments
from commitments.admin.people import NamedAdmin
from commitments.models import Commitment, Department
from commitments.pages import phrases

#: Beyond this a split asks of each commitment too much at once: the rest goes to the first of the successors.
MOST_ASKED_OF = 200


class RenameForm(forms.Form):
    name = forms.CharField(label="Its new name", max_length=200)
    on = forms.DateField(label="From", widget=AdminDateWidget, help_text="The day from which it is called so.")


class HandOverForm(forms.Form):
    to = forms.ModelMultipleChoiceField(
        label="Who takes over",
        queryset=Department.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="One for a merger; several for a split. Add a new department first if it is not here.",
    )
    on = forms.DateField(label="From", widget=AdminDateWidget, help_text="The day from which they owe it.")

    def __init__(self, department: Department, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Department.objects.filter(successions=None).exclude(pk=department.pk)
        self.fields["to"].queryset = others  # type: ignore[attr-defined]


class SplitForm(forms.Form):
    """For each commitment, which of several successors owes it."""

    def __init__(self, owed: list[Commitment], to: list[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed, self.to = owed, to
        for one in owed:
            self.fields[f"commitment_{one.pk}"] = forms.ChoiceField(
                label=str(one), choices=[(str(each.pk), each.name) for each in to]
            )

    def chosen(self) -> dict[int, Department]:
        by_key = {str(one.pk): one for one in self.to}
        return {one.pk: by_key[self.cleaned_data[f"commitment_{one.pk}"]] for one in self.owed}


@admin.register(Department)
class DepartmentAdmin(NamedAdmin):
    change_form_template = "admin/commitments/department/change_form.html"
    readonly_fields = ["called_before", "taken_over_by"]

    @admin.display(description="called before", empty_value="nothing else")
    def called_before(self, department: Department) -> str | None:
        names = [f"{one.name} until {phrases.day(one.until)}" for one in department.former_names.all()]
        return "; ".join(names) or None

    @admin.display(description="taken over by", empty_value="nobody")
    def taken_over_by(self, department: Department) -> str | None:
        successions = department.successions.select_related("successor")
        return "; ".join(f"{one.successor} from {phrases.day(one.on)}" for one in successions) or None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "name" in form.base_fields:
            form.base_fields["name"].help_text = "To put a slip right. Where it was renamed, use “Rename”."
        return form

    def get_urls(self) -> list[URLPattern]:
        def at(what: str, view: Any) -> URLPattern:
            wrapped = self.admin_site.admin_view(partial(view, self))
            found: URLPattern = path(f"<int:key>/{what}/", wrapped, name=f"commitments_department_{what}")
            return found

        return [at("rename", rename), at("hand_over", hand_over), *super().get_urls()]


def rename(model_admin: DepartmentAdmin, request: HttpRequest, key: int) -> HttpResponse:
    department = _changeable(model_admin, request, key)
    form = RenameForm(request.POST or None)
    if form.is_valid():
        try:
            departments.rename(department, form.cleaned_data["name"], form.cleaned_data["on"])
        except departments.DepartmentRefused as error:
            form.add_error(None, str(error))
        else:
            return _done(model_admin, request, department, f"It is called “{department}” from that day on.")
    return _page(model_admin, request, department, "Rename", form, "Rename it")


def hand_over(model_admin: DepartmentAdmin, request: HttpRequest, key: int) -> HttpResponse:
    """First to whom; then, for a split, which commitment goes where."""
    department = _changeable(model_admin, request, key)
    whom = HandOverForm(department, request.GET or None)
    if not whom.is_valid():
        return _page(model_admin, request, department, "Hand over", whom, "Go on", method="get")
    to = list(whom.cleaned_data["to"])
    owed = list(department.commitments.order_by("reference")[:MOST_ASKED_OF]) if len(to) > 1 else []
    form = SplitForm(owed, to, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            count = departments.hand_over(department, to, whom.cleaned_data["on"], form.chosen())
        except departments.DepartmentRefused as error:
            form.add_error(None, str(error))
        else:
            return _done(model_admin, request, department, f"{count} commitments are owed by others from that day on.")
    names = ", ".join(one.name for one in to)
    said = f"{department} ends on {phrases.day(whom.cleaned_data['on'])}. {names} "
    said += f"{'take' if len(to) > 1 else 'takes'} over {department.commitments.count()} commitments."
    return _page(model_admin, request, department, "Hand over", form, "Hand over", said=said)


def _changeable(model_admin: DepartmentAdmin, request: HttpRequest, key: int) -> Department:
    department = get_object_or_404(Department, pk=key)
    if not model_admin.has_change_permission(request, department):
        raise PermissionDenied
    return department


def _done(model_admin: DepartmentAdmin, request: HttpRequest, department: Department, said: str) -> HttpResponse:
    model_admin.log_change(request, department, said)
    model_admin.message_user(request, said)
    return HttpResponseRedirect(reverse("admin:commitments_department_change", args=[department.pk]))


def _page(
    model_admin: DepartmentAdmin,
    request: HttpRequest,
    department: Department,
    what: str,
    form: forms.Form,
    button: str,
    method: str = "post",
    said: str = "",
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{what}: {department}",
        "opts": model_admin.opts,
        "department": department,
        "what": what,
        "form": form,
        "button": button,
        "method": method,
        "said": said,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/commitments/department/act.html", context)
