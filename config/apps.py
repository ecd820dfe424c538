"""Django's admin with the site of this product's staff."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class StaffAdmin(AdminConfig):
    default_site = "commitments.staff_site.StaffSite"
