"""The record in Django's admin. Decisions go through `commitments.decisions`, whatever the page."""

from django.conf import settings
from django.contrib import admin

from . import (
    accounts,
    audit,
    bringing,
    commitment,
    correction,
    definition,
    department,
    erasure,
    evidence,
    expectation,
    goalpost,
    linking,
    measurement,
    merging,
    outbox,
    own_words,
    people,
    possible,
    status,
    subscription,
    tables,
    webhook,
    withholding,
)

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = f"{settings.SITE_NAME} staff"
admin.site.index_title = "Keeping the record"

__all__ = [
    "accounts",
    "audit",
    "bringing",
    "commitment",
    "correction",
    "definition",
    "department",
    "erasure",
    "evidence",
    "expectation",
    "goalpost",
    "linking",
    "measurement",
    "merging",
    "outbox",
    "own_words",
    "people",
    "possible",
    "status",
    "subscription",
    "tables",
    "webhook",
    "withholding",
]
