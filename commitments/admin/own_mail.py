"""The page on which somebody of the staff says whether they want the morning mail, and sees what it would say."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from commitments.admin.person import signed_in
from commitments.digests import staff
from commitments.models import StaffDigestWish


@never_cache
def keep_own_mail(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """A POST with `wanted` switches it on, one without switches it off."""
    person = signed_in(request)
    if request.method == "POST":
        if "wanted" in request.POST:
            StaffDigestWish.objects.get_or_create(person=person)
            messages.success(request, "You will get a mail on mornings when something needs somebody.")
        else:
            StaffDigestWish.objects.filter(person=person).delete()
            messages.success(request, "You will get no more morning mails.")
        return HttpResponseRedirect(reverse("admin:own_mail"))
    context = {
        **site.each_context(request),
        "title": "Morning mail",
        "email": person.email,
        "is_wanted": StaffDigestWish.objects.filter(person=person).exists(),
        "mail": staff.rendered(person, timezone.localdate()),
    }
    return TemplateResponse(request, "admin/own_mail.html", context)
