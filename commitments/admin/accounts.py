"""Accounts: who is invited, in which role, and who has left. None is ever removed, so that decisions keep an author."""

from __future__ import annotations

from typing import Any

from axes.admin import AccessAttemptAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from commitments.admin.person import signed_in
from commitments.staff import invitations, two_factor
from commitments.staff.roles import ROLES
from tracker.admin.read_only import ReadOnlyAdmin

_ROLE_NAMES = [role.name for role in ROLES]


class _RoleForm(forms.ModelForm):
    """An account with its role, which is one of our groups."""

    role = forms.ModelChoiceField(
        Group.objects.filter(name__in=_ROLE_NAMES),
        to_field_name="name",
        required=False,
        empty_label="No role: may sign in and see nothing",
        help_text=" ".join(f"{role.name} {role.summary}." for role in ROLES)
        + " Each may do what the one before it may.",
    )

    def save_role(self) -> None:
        ours = Group.objects.filter(name__in=_ROLE_NAMES)
        role = self.cleaned_data["role"]
        had = set(self.instance.groups.filter(pk__in=ours))
        self.instance.groups.remove(*(had - {role}))
        if role and role not in had:
            self.instance.groups.add(role)


class InvitationForm(_RoleForm):
    class Meta:
        model = User
        fields = ["username", "email", "first_name", "last_name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].help_text = "They are sent a link by which they choose their password."

    def save(self, commit: bool = True) -> User:
        self.instance.is_staff = True
        self.instance.set_unusable_password()
        user: User = super().save(commit)
        return user


class AccountForm(_RoleForm, UserChangeForm):
    class Meta:
        model = User
        fields = ["username", "password", "email", "first_name", "last_name", "is_active", "is_superuser", "is_staff"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.instance.groups.filter(name__in=_ROLE_NAMES).first()
        self.initial["role"] = role and role.name


class _AccountFormOf(AccountForm):
    """The same, of the person who is signed in (`by`)."""

    by: User

    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and self.instance == self.by:
            raise ValidationError("You cannot disable your own account. Ask somebody else to.")
        return is_active


# Groups are the roles; what more somebody may do, a superuser gives them by single permissions.
admin.site.unregister([User, Group, AccessAttempt, AccessLog, AccessFailureLog, TOTPDevice, StaticDevice])


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Managers keep accounts; those of superusers, and who is one, are for superusers alone."""

    add_form_template = None
    form = AccountForm
    add_form = InvitationForm
    list_display = ["username", "name", "email", "role", "second_step", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined", "second_step"]
    actions = ["disable", "enable", "invite_again", "take_away_second_step"]
    add_fieldsets = [(None, {"fields": ["username", "email", "first_name", "last_name", "role"]})]

    # Who may do what.

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may: bool = super().has_change_permission(request, obj)
        return may and (signed_in(request).is_superuser or obj is None or not obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        return [
            (None, {"fields": ["username", "password", "email", "first_name", "last_name"]}),
            ("What they may do", {"fields": ["role", *self._for_superusers(request)]}),
            ("Signing in", {"fields": ["is_active", "second_step", "last_login", "date_joined"]}),
        ]

    def _for_superusers(self, request: HttpRequest) -> list[str]:
        return ["is_superuser", "is_staff", "user_permissions"] if signed_in(request).is_superuser else []

    def get_form(  # type: ignore[override]  # as UserAdmin has it
        self, request: HttpRequest, obj: User | None = None, **kwargs: Any
    ) -> Any:
        if obj is not None:
            kwargs["form"] = type("AccountForm", (_AccountFormOf,), {"by": signed_in(request)})
        form = super().get_form(request, obj, **kwargs)
        if "is_active" in form.base_fields:
            form.base_fields[
                "is_active"
            ].help_text = "Off when they have left: nobody signs in, and what they did stays."
        return form

    # What a row shows.

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        confirmed = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        accounts: QuerySet[User] = super().get_queryset(request)
        return accounts.prefetch_related("groups").annotate(has_second_step=Exists(confirmed))

    @admin.display(description="name", empty_value="")
    def name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="role")
    def role(self, user: User) -> str:
        if user.is_superuser:
            return "superuser"
        return ", ".join(group.name for group in user.groups.all()) or "none"

    @admin.display(description="two-factor sign-in", ordering="has_second_step")
    def second_step(self, user: Any) -> str:
        return "on" if user.has_second_step else "off"

    # What is done.

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        return super().add_view(request, form_url, {"title": "Invite somebody", **(extra_context or {})})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.save_role()
        if not change:
            self._invite(request, form.instance)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the list: there is no password to go on to."""
        return admin.ModelAdmin.response_add(self, request, obj, post_url_continue)

    @admin.action(description="Disable: they have left", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in self._theirs(request, queryset):
            if user == signed_in(request):
                self.message_user(request, "You cannot disable your own account.", messages.ERROR)
            else:
                self._set_active(request, user, False)

    @admin.action(description="Enable again", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in self._theirs(request, queryset):
            self._set_active(request, user, True)

    def _set_active(self, request: HttpRequest, user: User, is_active: bool) -> None:
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        done = "enabled" if is_active else "disabled"
        self.log_change(request, user, done)
        self.message_user(request, f"{user} is {done}.", messages.SUCCESS)

    @admin.action(description="Send a link to choose a password", permissions=["change"])
    def invite_again(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in self._theirs(request, queryset):
            self._invite(request, user)

    @admin.action(description="Take away two-factor sign-in (lost phone)", permissions=["change"])
    def take_away_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in self._theirs(request, queryset):
            two_factor.take_away(user)
            self.log_change(request, user, "two-factor sign-in taken away")
            self.message_user(request, f"{user} signs in by password alone until it is set up again.", messages.SUCCESS)

    def _theirs(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        """Those that this person may change; of the others it is said that they stay."""
        may = [user for user in queryset if self.has_change_permission(request, user)]
        for user in queryset:
            if user not in may:
                self.message_user(request, f"{user} is a superuser: only another one changes that.", messages.ERROR)
        return may

    def _invite(self, request: HttpRequest, user: User) -> None:
        if not (user.email and user.is_active):
            self.message_user(request, f"{user} has no mail address, or is disabled.", messages.ERROR)
            return
        try:
            invitations.send(user)
        except OSError as error:
            again = "When it works again, send the link from the list of accounts."
            self.message_user(request, f"The mail server did not take the mail ({error}). {again}", messages.ERROR)
        else:
            self.message_user(request, f"{user} was sent a link to choose a password.", messages.SUCCESS)


@admin.register(AccessAttempt)
class FailedSignInAdmin(ReadOnlyAdmin):
    """Sign-ins that failed. Whoever is locked out is let in again by removing theirs."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start", "user_agent"]
    search_fields = AccessAttemptAdmin.search_fields
    date_hierarchy = "attempt_time"
    fields = ["attempt_time", "username", "ip_address", "failures_since_start", "user_agent", "path_info"]

    def has_delete_permission(self, request: HttpRequest, obj: AccessAttempt | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)
