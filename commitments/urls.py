"""Public addresses. They are promised to last: change by adding."""

from django.urls import include, path

from commitments.views import about, correcting, embed, record, watch

urlpatterns = [
    path("", record.show_home, name="home"),
    path("compare/", record.show_comparison, name="compare"),
    path("commitments/", record.list_commitments, name="commitments"),
    path("commitments/<slug:slug>/", record.show_commitment, name="commitment"),
    path("commitments/<slug:slug>/before-the-merge/", record.show_before_merge, name="before_merge"),
    path("commitments/<slug:slug>/embed/", embed.show_embed, name="embed"),
    path("commitments/<slug:slug>/embed.svg", embed.show_embed_image, name="embed_image"),
    path("commitments/<slug:slug>/share.png", embed.show_share_image, name="share_image"),
    path("commitments/<slug:slug>/evidence/", record.show_evidence, name="evidence"),
    path("commitments/<slug:slug>/versions/<int:number>/", record.show_version, name="version"),
    path("search/", record.search, name="search"),
    path("commitments/<slug:slug>/correct/", correcting.correct_commitment, name="correct_commitment"),
    path("releases/<int:release_id>/correct/", correcting.correct_release, name="correct_release"),
    path("corrections/", correcting.show_corrections, name="corrections"),
    path("releases/<int:release_id>/", watch.show_release, name="release"),
    path("releases/<int:release_id>/revisions/<int:number>/", watch.show_release, name="revision"),
    path("releases/<int:release_id>/revisions/<int:number>/changes/", watch.show_changes, name="changes"),
    path("sources/", watch.show_sources, name="sources"),
    path("", include("commitments.digests.urls")),
    path("about/", about.show_about, name="about"),
    path("about/<slug:subject>/", about.show_own_words, name="own_words"),
    path("", include("commitments.opendata.urls")),
    path("", include("commitments.feeds.urls")),
    path("methodology/", record.show_methodology, name="methodology"),
]
