"""Where a release says a promise otherwise than it is recorded, staff see both and may record a new definition."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import decisions, linking
from commitments.bringing import import_rows
from commitments.linking import goalposts
from commitments.linking.said_otherwise import Recorded, said_otherwise
from commitments.models import Commitment, Evidence, Goalpost
from tests.commitments import make

PUBLISHED = dt.date(2026, 6, 1)
OFFICERS = Recorded(
    words="Recruit 13,000 neighbourhood officers by the end of 2028, 3,000 of them by spring 2027.",
    value=Decimal(13000),
    unit="officers",
    metric="neighbourhood officers",
    baseline=Decimal(17000),
    earliest=dt.date(2028, 12, 31),
    latest=dt.date(2028, 12, 31),
    milestones=(dt.date(2027, 5, 31),),
)


def aspects(passage: str, relation: str = "restates") -> dict[str, str]:
    return {said.aspect: said.words for said in said_otherwise(passage, relation, PUBLISHED, OFFICERS)}


@pytest.mark.parametrize(
    ("passage", "relation", "expected"),
    [
        ("The government will recruit 10,000 neighbourhood officers.", "restates", {"number": "10,000 officers"}),
        ("We will put 15,000 more neighbourhood officers on the beat.", "announces", {"number": "15,000 officers"}),
        ("The government will recruit 13,000 police personnel.", "restates", {"unit": "13,000 personnel"}),
        ("We will recruit 13,000 officers by the end of 2030.", "restates", {"date": "by the end of 2030"}),
        ("The last of the officers will not be in post until 2030.", "slips", {"date": "until 2030"}),
        (
            "From a baseline of 16,000 officers we will recruit 13,000 officers.",
            "restates",
            {"baseline": "16,000 officers"},
        ),
    ],
)
def test_a_promise_said_otherwise(passage: str, relation: str, expected: dict[str, str]) -> None:
    assert aspects(passage, relation) == expected


@pytest.mark.parametrize(
    ("passage", "relation"),
    [
        pytest.param("The government will recruit 13,000 neighbourhood officers.", "restates", id="as recorded"),
        pytest.param("So far 10,000 neighbourhood officers have been recruited.", "restates", id="what was done"),
        pytest.param("There are 10,000 neighbourhood officers in post.", "restates", id="what there is"),
        pytest.param("We will recruit 10,000 neighbourhood officers.", "progress", id="told as progress"),
        pytest.param("We will recruit 10,000 neighbourhood officers.", "context", id="told as context"),
        pytest.param("We will recruit 3,000 neighbourhood officers by spring 2027.", "restates", id="its own step"),
        pytest.param("We will recruit 10,000 of the 13,000 officers in cities.", "restates", id="a part of it"),
        pytest.param("We will spend £10,000 on neighbourhood officers.", "restates", id="money"),
        pytest.param("We will train 10,000 prison officers.", "restates", id="other officers"),
        pytest.param("We will recruit 12 officers in Truro.", "restates", id="a few of them"),
        pytest.param("We will recruit 13,000 officers by the end of 2028.", "restates", id="the same day"),
        pytest.param("We will recruit 13,000 officers in 2028.", "restates", id="the year of that day"),
        pytest.param("We will recruit 13,000 officers over the next five years.", "restates", id="counted from today"),
        pytest.param("The officers were to be in post by the end of March.", "slips", id="a day that was missed"),
        pytest.param("The minister told us on 9 June that officers will come later.", "slips", id="when it was said"),
        pytest.param("Officers will be in post by spring 2027.", "slips", id="a date before the last"),
        pytest.param("", "slips", id="nothing"),
    ],
)
def test_what_is_no_moved_goalpost(passage: str, relation: str) -> None:
    assert aspects(passage, relation) == {}


def test_of_a_promise_without_a_number_or_day_nothing_is_moved() -> None:
    bare = Recorded(words="Recruit officers.")
    assert said_otherwise("We will recruit 10,000 officers by 2030.", "slips", PUBLISHED, bare) == []


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user("ada"))
    return client


def moved(text: str = "The officers will be in post by the end of 2030.", relation: str = "slips") -> Goalpost:
    owner = make.commitment("Recruit officers", deadline_text="by the end of 2028", due=dt.date(2028, 12, 31))
    make.target(owner, "neighbourhood officers", "officers", 13000)
    piece = make.evidence(owner, make.release(text, published=PUBLISHED), relation=relation)
    goalposts.look([piece])
    return piece.goalposts.get()


@pytest.mark.django_db
def test_a_new_release_is_compared_when_it_is_linked() -> None:
    import_rows([{**make.ORCHARDS, "deadline_text": "by the end of 2026"}])
    text = "The planting of 40,000 apple and pear trees in public orchards has been delayed until the end of 2030."
    release = make.release(text, title="Orchard trees delayed", published=dt.date(2025, 6, 1))

    (piece,) = linking.link(release.latest_revision)

    assert piece.relation == "slips"
    (found,) = piece.goalposts.all()
    assert (found.aspect, found.latest) == ("date", dt.date(2030, 12, 31))
    assert goalposts.look([piece]) is not None
    assert piece.goalposts.count() == 1, "once, however often it is looked at"


def test_both_are_shown_side_by_side_and_the_new_one_becomes_a_definition(staff: Client, client: Client) -> None:
    found = moved()
    owner = found.evidence.commitment
    page = staff.get(reverse("admin:commitments_goalpost_change", args=[found.pk])).content.decode()
    assert "“by the end of 2028”, by 31 December 2028" in page
    assert "“by the end of 2030”, by 31 December 2030" in page
    form = f"{reverse('admin:commitments_definition_add')}?commitment={owner.pk}&goalpost={found.pk}"
    assert form.replace("&", "&amp;") in page
    assert "another date" in staff.get(reverse("admin:commitments_commitment_change", args=[owner.pk])).content.decode()

    initial = staff.get(form).context["adminform"].form.initial
    assert (initial["kind"], initial["deadline_text"]) == ("date_change", "by the end of 2030")
    values = {key: value for key, value in initial.items() if value is not None}
    assert staff.post(form, {**values, "explanation_given": "false"}).status_code == 302

    found.refresh_from_db()
    definition = owner.definition_on(timezone.localdate())
    assert (found.state, found.became, found.decided_by.username) == ("recorded", definition, "ada")
    assert definition.deadline_latest == dt.date(2030, 12, 31)
    assert definition.source_revision == found.evidence.revision
    assert int(definition.target.value) == 13000, "what was not said otherwise stays"
    public = " ".join(client.get(owner.get_absolute_url()).content.decode().split())
    assert "The date was moved." in public
    assert "They did not say why." in public


@pytest.mark.parametrize(
    ("text", "kind", "field", "value"),
    [
        ("We will recruit 10,000 neighbourhood officers.", "narrowing", "value", 10000),
        ("We will recruit 15,000 neighbourhood officers.", "widening", "value", 15000),
        ("We will recruit 13,000 police personnel.", "restated_measure", "unit", "personnel"),
    ],
)
def test_what_kind_of_change_it_is_is_proposed(staff: Client, text: str, kind: str, field: str, value: Any) -> None:
    found = moved(text, "restates")
    address = reverse("admin:commitments_definition_add")
    where = {"commitment": found.evidence.commitment_id, "goalpost": found.pk}
    initial = staff.get(address, where).context["adminform"].form.initial
    assert initial["kind"] == kind
    assert initial[field] == value
    assert initial["quote"] == text


def test_what_is_no_moved_goalpost_is_dismissed_once(staff: Client) -> None:
    found = moved()
    dismiss = reverse("admin:commitments_goalpost_dismiss", args=[found.pk])
    assert "the goalpost has not moved" in staff.post(dismiss, follow=True).content.decode()
    assert "Nothing was changed" in staff.post(dismiss, follow=True).content.decode()
    found.refresh_from_db()
    assert (found.state, found.decided_by.username) == ("dismissed", "ada")
    assert not Goalpost.objects.waiting().exists()


@pytest.mark.django_db
def test_a_rejected_passage_moves_nothing() -> None:
    found = moved()
    decisions.reject(found.evidence, make.deed(), "About other officers.")
    assert not Goalpost.objects.waiting().exists()


@pytest.mark.django_db
def test_a_passage_kept_before_is_compared_when_it_is_accepted_or_put_right() -> None:
    found = moved()
    piece = found.evidence
    found.delete()
    decisions.accept(piece, make.deed())
    assert Goalpost.objects.waiting().get().evidence == piece

    Goalpost.objects.all().delete()
    decisions.correct(piece, make.deed(), relation="context", tier=piece.tier, restated={})
    assert not Goalpost.objects.exists()
    decisions.correct(piece, make.deed(), relation="slips", tier=piece.tier, restated={})
    assert Goalpost.objects.waiting().get().evidence == piece


@pytest.mark.django_db
def test_a_release_older_than_the_definition_moves_nothing() -> None:
    owner = make.commitment("Recruit officers", made_on=PUBLISHED, due=dt.date(2028, 12, 31))
    text = "The officers will be in post by the end of 2030."
    piece = make.evidence(owner, make.release(text, published=PUBLISHED), relation="slips")
    assert goalposts.look([piece]) == []


@pytest.mark.django_db
def test_looking_asks_as_much_of_many_as_of_few(django_assert_num_queries: Any) -> None:
    pieces = [moved().evidence for _ in range(4)]
    for some in (pieces[:1], pieces):
        Goalpost.objects.all().delete()
        with django_assert_num_queries(4):
            assert len(goalposts.look(some)) == len(some)


def test_who_may_not_change_them_may_not_dismiss_them(client: Client, db: None) -> None:
    found = moved()
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    address = reverse("admin:commitments_goalpost_change", args=[found.pk])
    page = client.get(address).content.decode()
    assert "As recorded" in page
    assert "Record as a new definition" not in page
    assert client.post(reverse("admin:commitments_goalpost_dismiss", args=[found.pk])).status_code == 403
    assert client.post(address).status_code == 403
    assert Commitment.objects.count() == Evidence.objects.count() == 1
