"""Public addresses. They are promised to last: change by adding."""

from django.urls import include, path

from commitments.views import record, watch

urlpatterns = [
    path("", record.show_home, name="home"),
    path("commitments/", record.list_commitments, name="commitments"),
    path("commitments/<slug:slug>/", record.show_commitment, name="commitment"),
    path("commitments/<slug:slug>/before-the-merge/", record.show_before_merge, name="before_merge"),
    path("releases/<int:release_id>/", watch.show_release, name="release"),
    path("releases/<int:release_id>/revisions/<int:number>/", watch.show_release, name="revision"),
    path("releases/<int:release_id>/revisions/<int:number>/changes/", watch.show_changes, name="changes"),
    path("sources/", watch.show_sources, name="sources"),
    path("", include("commitments.digests.urls")),
    path("methodology/", record.show_methodology, name="methodology"),
]
