"""Parts of the house for Django: the commands that know all rooms, and the admin of this product's staff."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class House(AppConfig):
    name = "config"
    verbose_name = "The house"


class StaffAdmin(AdminConfig):
    default_site = "commitments.staff_site.StaffSite"
