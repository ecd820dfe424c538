"""Addresses of feeds."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import path, re_path

from . import atom, calendar, views
from .sitemaps import SITEMAPS

urlpatterns = [
    path("changes/", views.show_what_changed, name="what-changed"),
    path("feeds/changes.atom", atom.changes_of_all, name="feed-changes"),
    re_path(
        r"^feeds/(?P<kind>department|area|administration)/(?P<slug>[-\w]+)/changes\.atom$",
        atom.changes_of,
        name="feed-changes-of",
    ),
    path("commitments/<slug:slug>/changes.atom", atom.changes_of, {"kind": "commitment"}, name="commitment-feed"),
    path("feeds/deadlines.ics", calendar.deadlines, name="feed-deadlines"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"}, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.sitemap, {"sitemaps": SITEMAPS}, name="sitemap-section"),
]
