"""Addresses never break: what was renamed, and what an old key has signed, still leads where it led."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.digests import about, links, record, scope, signup
from commitments.digests.coverage import Searches, of
from commitments.models import Administration, Commitment, Department, FormerSlug, PolicyArea, Subscription
from tests.commitments import make

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent


def rename(thing: Any, slug: str) -> None:
    found = type(thing).objects.get(pk=thing.pk)
    found.slug = slug
    found.full_clean()
    found.save()


def leads_to(client: Client, slug: str) -> tuple[int, str]:
    answer = client.get(f"/commitments/{slug}/")
    return answer.status_code, answer.headers.get("Location", "")


def test_every_address_that_a_commitment_ever_had_leads_to_it(client: Client) -> None:
    commitment = make.commitment("Plant trees")
    for slug in ("plant-oaks", "plant-elms", "plant-limes"):
        rename(commitment, slug)
    for old in ("plant-trees", "plant-oaks", "plant-elms"):
        assert leads_to(client, old) == (301, "/commitments/plant-limes/")
    assert leads_to(client, "plant-limes") == (200, "")


def test_a_commitment_can_come_back_to_an_address_of_before(client: Client) -> None:
    commitment = make.commitment("Plant trees")
    rename(commitment, "plant-oaks")
    rename(commitment, "plant-trees")
    assert leads_to(client, "plant-trees") == (200, "")
    assert leads_to(client, "plant-oaks") == (301, "/commitments/plant-trees/")


def test_the_old_address_of_a_draft_tells_nobody_that_it_is_there(client: Client) -> None:
    commitment = make.commitment("Plant trees", publication="draft")
    rename(commitment, "plant-oaks")
    assert leads_to(client, "plant-trees")[0] == leads_to(client, "never-there")[0] == 404


def test_an_address_of_before_is_not_given_to_another(client: Client) -> None:
    rename(make.commitment("Plant trees"), "plant-oaks")
    other = make.commitment("Plant trees")
    assert other.slug == "plant-trees-2"
    with pytest.raises(ValidationError, match=r"was the address of “T-.* and still leads there"):
        rename(other, "plant-trees")


def test_an_editor_who_gives_a_new_address_keeps_the_old_one_working(client: Client) -> None:
    commitment = make.commitment("Plant trees")
    client.force_login(make.user())
    page = reverse("admin:commitments_commitment_change", args=[commitment.pk])
    form = client.get(page).context["adminform"].form
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: value for name, value in given.items() if value not in (None, [], "")}
    for prefix in ("milestones", "expected_evidence", "questions"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = client.post(page, {**data, "slug": "plant-oaks"})
    assert answer.status_code == 302, answer.context["errors"]
    client.logout()
    assert leads_to(client, "plant-trees") == (301, "/commitments/plant-oaks/")


@pytest.mark.parametrize(
    ("model", "field", "parameter"),
    [
        (Department, "department", "department"),
        (PolicyArea, "policy_area", "area"),
        (Administration, "administration", "administration"),
    ],
)
def test_a_list_that_was_narrowed_down_by_an_old_name_is_found_under_the_new_one(
    client: Client, model: Any, field: str, parameter: str
) -> None:
    thing = model.objects.create(name="Home Office", slug="home-office")
    make.commitment("Plant trees", **{field: thing})
    rename(thing, "interior")
    answer = client.get("/commitments/", {parameter: "home-office", "sort": "title"})
    assert answer.status_code == 301
    page = client.get("/commitments/" + answer.headers["Location"])
    assert [line.commitment.title for line in page.context["register"].lines] == ["Plant trees"]
    assert page.context["register"].sort == "title"
    assert client.get("/commitments/", {parameter: "never-there"}).status_code == 200


def test_a_subscription_outlasts_a_new_address_and_so_does_the_link_that_confirms_it(client: Client) -> None:
    commitment = make.commitment("Plant trees", due=timezone.localdate() - dt.timedelta(days=3))
    department = Department.objects.create(name="Home Office", slug="home-office")
    Commitment.objects.filter(pk=commitment.pk).update(department=department)
    signup.add_confirmed("a@example.org", "daily", "commitment:plant-trees")
    signup.add_confirmed("b@example.org", "daily", "department:home-office")
    asked = signup._created("c@example.org", "daily", ["commitment:plant-trees"])
    old = links.confirm_url(links.Request(asked.pk, "daily", ("commitment:plant-trees",), timezone.now()))
    rename(commitment, "plant-oaks")
    rename(department, "interior")
    assert client.post(old.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert about.told(commitment, timezone.now()).subscribers == 3
    read = record.read(timezone.now())
    for subscription in Subscription.objects.all():
        assert commitment.pk in read.covered(of(scope.parse(subscription.scope), Searches(timezone.localdate())))
    assert str(scope.find("commitment:plant-trees")[0]) == "commitment:plant-oaks"


def test_what_is_gone_leads_nowhere(client: Client) -> None:
    department = Department.objects.create(name="Home Office", slug="home-office")
    rename(department, "interior")
    Department.objects.all().delete()
    assert FormerSlug.objects.count() == 1
    assert client.get("/commitments/", {"department": "home-office"}).status_code == 200
    Department.objects.create(name="Home Office", slug="home-office").full_clean()


# Keys.


def test_a_link_to_unsubscribe_in_an_old_mail_outlasts_a_new_key(client: Client, settings: Any) -> None:
    subscriber = signup.add_confirmed("jo@example.org", "daily", "all")
    old_key, link = settings.SECRET_KEY, links.unsubscribe_url(subscriber).removeprefix("http://127.0.0.1:8000")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long enough for all of this", [old_key]
    assert client.post(link).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == "unsubscribed"
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(link).status_code == 404, "a key that got out is taken out, and with it what it signed"


def test_old_keys_come_from_the_environment(tmp_path: Path) -> None:
    """A process of its own signs with the old key, another reads with the new one."""

    def run(code: str, **keys: str) -> str:
        environment = {**os.environ, "DATA_DIR": str(tmp_path), **keys}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    sign = "from commitments.digests import links; from commitments.models import Subscriber; "
    link = run(sign + "print(links.unsubscribe_url(Subscriber(pk=7)))", SECRET_KEY="the first key of all")
    read = sign + f"print(links.read_unsubscribe({link.rstrip('/').rpartition('/')[2]!r}))"
    assert run(read, SECRET_KEY="the third", SECRET_KEY_FALLBACKS="the second,the first key of all") == "7"
