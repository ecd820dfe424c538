"""A record with something of everything, and an address of every kind of public page of it."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.utils import timezone

from commitments import corrections, decisions
from commitments.digests import links, signup
from commitments.models import (
    Definition,
    Department,
    Measurement,
    Milestone,
    NextEvidence,
    OwnWords,
    PolicyArea,
    Question,
    Reply,
)

from . import make


def write() -> dict[str, str]:
    """Write the record. Paths by what stands there."""
    editor = make.user()
    owed = {
        "department": Department.objects.create(name="Ministry of Forests", slug="forests"),
        "policy_area": PolicyArea.objects.create(name="Nature & climate", slug="nature"),
    }
    today = timezone.localdate()
    made = make.commitment("Plant trees", due=today - dt.timedelta(days=2), demonstration=True, **owed)
    series = make.target(made, "trees planted", "trees", 20000, baseline_value=0, baseline_date=dt.date(2024, 7, 5))
    Measurement.objects.create(series=series, value=10000, high=12000, qualifier="between", published_on="2025-01-09")
    Measurement.objects.create(series=series, value=9000, qualifier="more than", published_on="2024-12-30")
    OwnWords.objects.create(subject="privacy", text="We keep mail addresses.\n\nSee https://example.org/privacy.")
    for day, value in ((1, 9400), (20, 16400)):
        text = f"In all {value:,} trees stand.\n\nMore will follow."
        release = make.release(text, title=f"{value:,} trees", published=dt.date(2025, 1, day))
        figure = make.figure(value, series, start=7, end=12)
        decisions.accept(make.evidence(made, release, text.split("\n")[0], figures=[figure]), make.deed(editor))
    make.revise(release, "In all 16,400 trees stand & grow.\n\nMore <will> follow.\n\nSoon.")
    again = make.release("Trees, as we said, are good.", title="Again")
    decisions.accept(make.evidence(made, again, relation="restates"), make.deed(editor))
    for number in range(12):
        check = make.release(f"Check {number} of <trees>.", at=make.source("Auditors", voice="independent"))
        decisions.accept(make.evidence(made, check, relation="contradicts"), make.deed(editor))
    change = decisions.change_status(made, "off_track", editor, "Too few.\nFar too few.", dt.date(2025, 2, 1))
    Reply.objects.create(
        status_change=change, who="The Ministry", received_on=today, words="We disagree.", recorded_by=editor
    )
    Definition.objects.create(
        commitment=made,
        kind="date_change",
        statement="Plant trees by autumn.",
        quote="They will be planted by autumn.",
        effective_from=dt.date(2025, 3, 1),
        deadline_text="by autumn",
        deadline_earliest=today,
        deadline_latest=today + dt.timedelta(days=60),
    )
    Milestone.objects.create(commitment=made, title="Dig", deadline_text="in spring")
    NextEvidence.objects.create(commitment=made, what="Forestry statistics", deadline_text="in June")
    for answer in ({}, {"answer": "In autumn.", "answered_on": dt.date(2025, 5, 1)}):
        Question.objects.create(
            commitment=made, asked_of="The Ministry", asked_on=dt.date(2025, 4, 1), question="When?", **answer
        )
    asked = corrections.receive(made, "It is 9,500.", "", "", "192.0.2.1")
    corrections.decide(asked, make.deed(editor), upheld=True, answer="Yes.", changed="It said 9,400; it is 9,500.")
    withheld = make.release("Not for the public.", title="Withheld")
    decisions.accept(make.evidence(made, withheld), make.deed(editor))
    decisions.withhold(withheld, "release", "By order of a court.", "A letter.", make.deed(editor))
    same = make.commitment("Plant the trees", demonstration=True)
    decisions.merge(same, made, make.deed(editor), "The same promise.")
    bare = make.commitment("Mend the bridge", due=today + dt.timedelta(days=2))
    reader = signup.add_confirmed("jo@example.org", "weekly", "all", "search:trees")
    at, about = made.get_absolute_url(), release.get_absolute_url()
    return {
        "home": "/",
        "list": "/commitments/",
        "list, filtered": "/commitments/?q=trees&timing=due",
        "list, all filters": "/commitments/?q=trees&department=forests&area=nature&status=off_track&sort=title",
        "list, nothing found": "/commitments/?q=nothing&department=none",
        "list, a slip": "/commitments/?q=treees",
        "search": "/search/",
        "search, passages": "/search/?q=trees",
        "search, releases": "/search/?q=trees&in=releases",
        "search, nothing found": "/search/?q=zebra",
        "commitment": at,
        "commitment without anything": bare.get_absolute_url(),
        "evidence": f"{at}evidence/",
        "evidence, one side": f"{at}evidence/?said=independent",
        "version": f"{at}versions/1/",
        "before the merge": f"{same.get_absolute_url()}before-the-merge/",
        "embed": f"{at}embed/",
        "embed, dark": f"{at}embed/?theme=dark",
        "release": about,
        "revision": f"{about}revisions/1/",
        "what a revision changed": f"{about}revisions/2/changes/",
        "the same side by side": f"{about}revisions/2/changes/?view=side-by-side",
        "release withheld": withheld.get_absolute_url(),
        "compare": "/compare/",
        "changes": "/changes/",
        "changes, unknown place": "/changes/?before=x",
        "sources": "/sources/",
        "methodology": "/methodology/",
        "about": "/about/",
        "own words": "/about/privacy/",
        "corrections": "/corrections/",
        "correct": f"{at}correct/",
        "correct, sent": f"{at}correct/?sent",
        "correct a release": f"{about}correct/",
        "subscribe": "/subscribe/",
        "subscribe to a search": "/subscribe/?scope=search:trees",
        "subscription, asked for": "/subscribe/settings/",
        "subscription": urlsplit(links.manage_url(reader)).path,
        "unsubscribe": urlsplit(links.unsubscribe_url(reader)).path,
        "data": "/data/",
        "api": "/api/v1/docs/",
        "nowhere": "/nowhere/",
    }
