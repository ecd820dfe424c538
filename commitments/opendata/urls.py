"""Addresses of open data."""

from django.urls import path, re_path

from . import files, views

urlpatterns = [
    path("api/v1/", views.show_root, name="api-root"),
    path("api/v1/openapi.json", views.show_openapi, name="api-openapi"),
    path("api/v1/docs/", views.show_docs, name="api-docs"),
    # A reference may hold anything, and whatever else is asked for is answered as a problem.
    re_path(r"^api/v1/(?P<name>[^/]+)/$", views.list_things, name="api-list"),
    re_path(r"^api/v1/(?P<name>[^/]+)/(?P<key>[\s\S]+)/$", views.show_thing, name="api-thing"),
    path("data/", files.show_dictionary, name="data"),
    path("data/<slug:name>.csv", files.download, name="data-csv"),
]
