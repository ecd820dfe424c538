"""Passages that promise something which is not on record: found, shown, recorded, recognised and dismissed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from commitments import decisions, linking
from commitments.bringing import import_rows
from commitments.linking import promises
from commitments.linking.document import document
from commitments.models import AuditEntry, Commitment, Evidence, PossibleCommitment
from tests.commitments import make
from tests.commitments.test_commitment_from_a_passage import filled_in
from tracker.removal import remove_source

PUBLISHED = dt.date(2025, 1, 9)
BRITAIN = frozenset({"britain", "england"})
PROMISE = "The ministry will recruit 900 lock keepers by the end of 2027."


def promised(text: str, voice: str = "official", home: frozenset[str] = BRITAIN) -> list[str]:
    release = document("A release", text, PUBLISHED, voice)
    return [release.passages[one.passage].text for one in promises.promises(release, PUBLISHED, home)]


@pytest.mark.parametrize(
    "text",
    [
        PROMISE,
        "In 2026 we will introduce a law on the repair of locks.",
        "From April 2025, the fee for a berth will fall to £30.",
        "The Government has pledged to halve the number of closed locks within a decade.",
        "Some £5 million will be spent on lock gates next year.",
        "The department plans to open every lock by the end of the Parliament.",
        "A canal strategy is to be published in spring 2025.",
    ],
)
def test_what_is_to_be_done_by_a_time_is_a_promise(text: str) -> None:
    assert promised(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The ministry will recruit more lock keepers.", id="no date"),
        pytest.param("The ministry recruited 900 lock keepers in 2024.", id="done"),
        pytest.param(
            "In November it was said that the ministry would recruit 900 lock keepers in 2026.", id="reported"
        ),
        pytest.param("Boaters will need a licence from 8 January 2026.", id="what others must do"),
        pytest.param("Breaking a lock will be punishable by up to five years in prison.", id="a length of time"),
        pytest.param("We will reply within 15 working days.", id="ordinary course"),
        pytest.param("If it rains, some locks could be closed by 2027.", id="unsure"),
        pytest.param("The Minister will visit a lock tomorrow.", id="a visit"),
        pytest.param("The ministry will open 900 locks by the end of 2019.", id="a day gone by"),
        pytest.param(
            "Since July, the government has:\n\n- committed £150 million to be spent over 2 years", id="a list of deeds"
        ),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_promise_that_could_be_checked(text: str) -> None:
    assert promised(text) == []


def test_only_the_governments_own_words_count() -> None:
    said = "“We will recruit 900 lock keepers by the end of 2027.”"
    assert promised(PROMISE, voice="media") == []
    assert promised(f"The Canal Minister Ann Gray said:\n\n{said}", voice="media") == [said]
    assert promised(f"The shadow canal minister Ann Gray said:\n\n{said}", voice="media") == []
    assert promised(f"Ann Gray, chief executive of Boaters’ Aid, said:\n\n{said}") == []


def test_another_countrys_promises_are_none_of_ours() -> None:
    text = f"Canada announced it in Ottawa. {PROMISE} Canadian canals will gain."
    assert promised(text) == []
    assert promised(text, home=frozenset({"canada"})) == [PROMISE]
    assert promised(text, home=frozenset()) == [PROMISE], "where it is not known whose record it is, all are read"


def test_who_acts_is_told_without_an_auxiliary_verb_too() -> None:
    release = document("A release", "The department plans to open every lock by 2029.", PUBLISHED, "official")
    assert [one.actor for one in promises.promises(release, PUBLISHED, BRITAIN)] == ["The department"]


def test_it_says_what_it_read_and_why() -> None:
    release = document("A release", PROMISE, PUBLISHED, "official")
    (read,) = promises.promises(release, PUBLISHED, BRITAIN)
    assert (read.actor, read.action, read.number) == ("The ministry", "recruit", "900 lock keepers recruited")
    assert (read.deadline.text, read.deadline.latest) == ("by the end of 2027", dt.date(2027, 12, 31))
    assert read.reasons == [
        "It says what will be done: “will recruit”.",
        "Who is to do it: The ministry.",
        "Gives a number: 900 lock keepers recruited.",
    ]


@given(st.text(alphabet="We wilplanto by2027£,.:\n-“”'’ will to be 15 %May", max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    for said in promised(text):
        assert said in text


# Where releases are linked.


def link(text: str, **fields: Any) -> list[PossibleCommitment]:
    release = make.release(text, **fields)
    linking.link(release.latest_revision)
    return list(PossibleCommitment.objects.filter(release=release).best_first())


@pytest.mark.django_db
def test_a_new_release_is_looked_through_when_it_is_linked() -> None:
    text = f"Locks matter. {PROMISE} Boats are lovely."
    (possible,) = link(text, at=make.source(voice="official"))
    assert possible.quote == text[possible.start : possible.end] == PROMISE
    assert possible.state == "waiting"
    assert possible.deadline_latest == dt.date(2027, 12, 31)


@pytest.mark.django_db
def test_what_is_on_record_is_no_new_commitment() -> None:
    import_rows([{**make.ORCHARDS, "deadline_text": "by the end of 2026"}])
    said = "The government will plant 40,000 apple and pear trees in public orchards by the end of 2026."
    text = f"{said}\n\nBoats are another matter, and canals are old.\n\n{PROMISE}"
    (possible,) = link(text, title="Orchard trees", at=make.source(voice="official"))
    assert possible.quote == PROMISE
    assert Evidence.objects.get().quote == said


@pytest.mark.django_db
def test_of_one_release_a_few_wait_and_later_revisions_add_none() -> None:
    deeds = ("recruit 900 keepers", "mend 40 gates", "build 3 bridges", "survey 70 tunnels", "paint 8 wharves")
    text = " ".join(f"The ministry will {deed} by the end of 2027." for deed in deeds)
    possible = link(text, at=make.source(voice="official"))
    assert len(possible) == promises.MOST_OF_A_RELEASE
    revision = make.revise(possible[0].release, f"{text} The department will open 900 moorings by the end of 2027.")
    linking.link(revision)
    linking.link(revision)
    assert PossibleCommitment.objects.count() == promises.MOST_OF_A_RELEASE


@pytest.mark.django_db
def test_what_was_dismissed_does_not_come_back_in_the_same_words() -> None:
    (possible,) = link(PROMISE, at=make.source(voice="official"))
    possible.decide("dismissed", make.user().pk, possible.found_at, "Too small to keep.")
    assert link(f"Again.  {PROMISE}", at=make.source(voice="official")) == []
    assert not PossibleCommitment.objects.waiting().exists()


@pytest.mark.django_db
def test_one_that_is_linked_to_a_commitment_since_waits_no_more() -> None:
    (possible,) = link(PROMISE, at=make.source(voice="official"))
    piece = make.evidence(make.commitment("Recruit lock keepers"), possible.release, PROMISE)
    assert not PossibleCommitment.objects.waiting().exists()
    Evidence.objects.filter(pk=piece.pk).update(
        state="rejected", reject_reason="Other keepers.", decided_at=possible.found_at
    )
    assert PossibleCommitment.objects.waiting().get() == possible


@pytest.mark.django_db
def test_one_goes_with_the_source_of_its_release() -> None:
    (possible,) = link(PROMISE, at=make.source(voice="official"))
    remove_source(possible.revision.appearance.source, keep=[])
    assert not PossibleCommitment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"state": "dismissed"}, {"state": "recorded"}, {"reason": "x"}, {"score": 2}])
def test_the_database_refuses_what_cannot_be(wrong: dict[str, Any]) -> None:
    possible = make.possible(make.release(PROMISE))
    with pytest.raises(IntegrityError), transaction.atomic():
        PossibleCommitment.objects.filter(pk=possible.pk).update(**wrong)


# Where staff decide.


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user("ada"))
    return client


def page_of(possible: PossibleCommitment) -> str:
    return reverse("admin:commitments_possiblecommitment_change", args=[possible.pk])


def post(staff: Client, possible: PossibleCommitment, what: str, **sent: str) -> str:
    address = reverse(f"admin:commitments_possiblecommitment_{what}", args=[possible.pk])
    return staff.post(address, sent, follow=True).content.decode()


def test_its_page_shows_the_passage_what_was_read_and_what_looks_like_it(staff: Client) -> None:
    import_rows([{**make.ORCHARDS, "deadline_text": "by the end of 2026"}])
    linking.link_pending()
    text = "Trees are good. The council of ministers will plant 700 pear trees in schools by the end of 2027."
    page = staff.get(page_of(make.possible(make.release(text), text.partition(". ")[2]))).content.decode()
    assert "Trees are good. <mark>The council" in page
    assert "“by the end of 2027” is read as 31 December 2027" in page
    assert "Plant 40,000 orchard trees" in page
    assert "It is this one: T-2" in page


def test_the_list_has_the_best_first(staff: Client) -> None:
    for score, thing in ((0.6, "locks"), (0.9, "weirs")):
        make.possible(make.release(f"We will open {thing} by the end of 2027."), score=score)
    page = staff.get(f"{reverse('admin:commitments_possiblecommitment_changelist')}?needs=possible").content.decode()
    assert page.index("open weirs") < page.index("open locks")


def test_recording_it_fills_the_form_and_makes_the_passage_its_first_evidence(staff: Client) -> None:
    possible = make.possible(make.release(PROMISE, title="Locks"))
    other = make.possible(make.release("We will open weirs by the end of 2027."), score=0.6)
    page = staff.get(page_of(possible)).content.decode()
    address = re.search(r'href="([^"]*)">Record it', page)
    assert address
    sent = filled_in(staff.get(address[1]))
    assert sent["made_on"] == PUBLISHED
    assert sent["definitions-0-quote"] == PROMISE
    assert sent["definitions-0-deadline_text"] == "by the end of 2027"
    sent = {**sent, "reference": "T-900", "title": "Recruit 900 lock keepers", "_save": "Save"}
    answer = staff.post(address[1], sent, follow=True)
    made = Commitment.objects.get(reference="T-900")
    possible.refresh_from_db()
    assert (possible.state, possible.commitment, possible.decided_by.username) == ("recorded", made, "ada")
    piece = made.evidence.get()
    assert (piece.state, piece.relation, piece.quote) == ("accepted", "announces", PROMISE)
    assert made.first_definition.source_revision == possible.revision
    assert answer.redirect_chain[-1][0] == page_of(other), "on to the next"


def test_one_that_is_on_record_waits_there_as_a_suggestion(staff: Client) -> None:
    possible, owner = make.possible(make.release(PROMISE)), make.commitment("Recruit lock keepers")
    assert "No commitment has the reference “T-none”" in post(staff, possible, "recognise", commitment="T-none")
    assert f"waits as a suggestion for {owner.reference}" in post(
        staff, possible, "recognise", commitment=owner.reference
    )
    possible.refresh_from_db()
    assert (possible.state, possible.commitment) == ("known", owner)
    assert (owner.evidence.get().state, owner.evidence.get().quote) == ("suggested", PROMISE)


def test_dismissing_needs_a_reason_and_happens_once(staff: Client) -> None:
    possible = make.possible(make.release(PROMISE))
    assert "Say why" in post(staff, possible, "dismiss", reason=" ")
    assert "will not come back" in post(staff, possible, "dismiss", usual="2")
    possible.refresh_from_db()
    assert (possible.state, possible.reason, possible.decided_by.username) == ("dismissed", "Too small to keep.", "ada")
    assert "Nothing was changed" in post(staff, possible, "dismiss", reason="Something else.")
    possible.refresh_from_db()
    assert possible.reason == "Too small to keep."
    assert "Too small to keep." in staff.get(page_of(possible)).content.decode()
    assert AuditEntry.objects.filter(model="commitments.possiblecommitment").exists()


def test_a_dismissal_is_taken_back(staff: Client) -> None:
    possible = make.possible(make.release(PROMISE))
    post(staff, possible, "dismiss", usual="2")
    assert "It waits again." in post(staff, possible, "reopen")
    assert PossibleCommitment.objects.waiting().get() == possible
    assert "It waits already." in post(staff, possible, "reopen")


def test_that_it_is_one_on_record_is_taken_back_until_the_passage_is_decided_on(staff: Client) -> None:
    possible, owner = make.possible(make.release(PROMISE)), make.commitment("Recruit lock keepers")
    post(staff, possible, "recognise", commitment=owner.reference)
    assert "It waits again." in post(staff, possible, "reopen")
    assert PossibleCommitment.objects.waiting().get() == possible
    piece = owner.evidence.get()
    assert (piece.state, piece.teaches) == ("rejected", False), "nobody has said that it does not belong there"

    post(staff, possible, "recognise", commitment=owner.reference)
    decisions.accept(owner.evidence.get(), make.deed("ben"))
    assert f"decide on it at {owner.reference}" in post(staff, possible, "reopen")
    possible.refresh_from_db()
    assert possible.state == "known"


def test_one_that_became_a_commitment_is_not_taken_back(staff: Client) -> None:
    possible, made = make.possible(make.release(PROMISE)), make.commitment("Recruit lock keepers")
    decisions.record_possible(possible, made, make.deed())
    assert "was made from it" in post(staff, possible, "reopen")
    assert "Take it back" not in staff.get(page_of(possible)).content.decode()


def test_where_a_colleague_was_first_the_commitment_is_kept_without_the_passage(staff: Client) -> None:
    possible = make.possible(make.release(PROMISE))
    address = f"{reverse('admin:commitments_commitment_add')}?possible={possible.pk}"
    sent = filled_in(staff.get(address))
    possible.decide("dismissed", make.user("ben").pk, possible.found_at, "Too small to keep.")
    answer = staff.post(address, {**sent, "reference": "T-900", "title": "Keepers", "_save": "Save"}, follow=True)
    assert "without the passage: Somebody has decided" in " ".join(str(one) for one in answer.context["messages"])
    assert not Commitment.objects.get(reference="T-900").evidence.exists()


def test_a_viewer_reads_and_decides_nothing(client: Client, db: None) -> None:
    possible = make.possible(make.release(PROMISE))
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(viewer)
    page = client.get(page_of(possible)).content.decode()
    assert "What was read in it" in page
    assert "Record it" not in page
    assert "It is this one" not in page
    dismiss = reverse("admin:commitments_possiblecommitment_dismiss", args=[possible.pk])
    assert client.post(dismiss, {"usual": "1"}).status_code == 403
    assert client.post(page_of(possible)).status_code == 403
