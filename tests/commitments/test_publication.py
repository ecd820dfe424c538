"""What is a draft, or waits for its time, is nowhere to be found by the public; staff can look at it beforehand."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import decisions
from commitments.digests import deliver, scope, signup
from commitments.models import Commitment
from tests.commitments import make

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
SECRET = "Close the lighthouse"
UNSEEN = [
    pytest.param({"publication": "draft"}, id="draft"),
    pytest.param({"publication": "scheduled", "publish_at": HOUR}, id="scheduled"),
]


def unseen(fields: dict[str, Any], title: str = SECRET, **more: Any) -> Commitment:
    at = fields.get("publish_at")
    due = timezone.localdate() - dt.timedelta(days=2)
    return make.commitment(title, due=due, **{**fields, **({"publish_at": timezone.now() + at} if at else {}), **more})


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make.user("ada"))
    return client


@pytest.mark.parametrize("fields", UNSEEN)
def test_no_public_door_leads_to_what_is_not_out(client: Client, fields: dict[str, Any]) -> None:
    public = make.commitment("Keep the harbour")
    hidden = unseen(fields, parent=public)
    part = make.commitment("Light the pier", parent=hidden)
    merged = make.commitment("Put out the light", merged_into=hidden)
    text = "The lighthouse will be closed."
    release = make.release(text)
    decisions.accept(make.evidence(hidden, release), make.deed())
    decisions.change_status(hidden, "in_progress", make.user(), "Its keeper was dismissed.", dt.date(2025, 1, 1))
    hidden.definitions.create(kind="date_change", statement="Later, then.", effective_from=dt.date(2025, 2, 1))

    addresses = ["/", "/commitments/", "/commitments/?q=lighthouse", "/commitments/?timing=overdue", "/sources/"]
    addresses += [public.get_absolute_url(), part.get_absolute_url(), "/methodology/"]
    for address in addresses:
        page = client.get(address).content.decode()
        for secret in (SECRET, hidden.slug, "keeper was dismissed", "Later, then."):
            assert secret not in page, address
    assert "0 of 2 commitments" in client.get("/commitments/?q=lighthouse").content.decode()
    assert client.get(hidden.get_absolute_url()).status_code == 404
    leading = client.get(merged.get_absolute_url())
    assert (leading.status_code, "Location" in leading) == (404, False)
    shown = client.get(release.get_absolute_url()).content.decode()
    assert "<mark" not in shown
    assert SECRET not in shown
    with pytest.raises(scope.UnknownScope):
        scope.find(f"commitment:{hidden.slug}")


@pytest.mark.parametrize("fields", UNSEEN)
def test_no_digest_tells_of_what_is_not_out(fields: dict[str, Any]) -> None:
    signup.add_confirmed("a@example.org", "daily", "all")
    make.commitment("Keep the harbour", due=timezone.localdate() - dt.timedelta(days=2))
    hidden = unseen(fields)
    decisions.change_status(hidden, "in_progress", make.user(), "Its keeper was dismissed.", dt.date(2025, 1, 1))

    deliver.send_for(timezone.localdate())

    (sent,) = mail.outbox
    assert "1 commitment overdue" in sent.subject
    assert SECRET not in sent.body
    assert "dismissed" not in sent.body


def test_what_is_scheduled_is_out_when_its_time_has_come_and_nobody_has_to_do_anything(client: Client) -> None:
    out = unseen({"publication": "scheduled", "publish_at": -HOUR})

    assert SECRET in client.get("/").content.decode()
    assert SECRET in client.get("/commitments/").content.decode()
    assert client.get(out.get_absolute_url()).status_code == 200
    assert list(Commitment.objects.published()) == [out]
    assert out.is_public


@pytest.mark.parametrize("fields", UNSEEN)
def test_staff_see_the_page_beforehand(staff: Client, client: Client, fields: dict[str, Any]) -> None:
    hidden = unseen(fields)
    address = reverse("admin:commitments_commitment_preview", args=[hidden.pk])

    page = staff.get(address)

    assert "A preview for staff" in page.content.decode()
    assert f"<h1>{SECRET}</h1>" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert client.get(address).status_code == 302, "others are asked to sign in"


def test_a_time_goes_with_scheduled_and_with_nothing_else() -> None:
    for fields in ({"publication": "scheduled"}, {"publication": "draft", "publish_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.commitment(**fields)


def test_the_admin_asks_for_the_time_and_forgets_one_that_means_nothing(staff: Client) -> None:
    made = make.commitment()
    address = reverse("admin:commitments_commitment_change", args=[made.pk])
    values = {key: value for key, value in staff.get(address).context["adminform"].form.initial.items() if value}
    values = {key: value for key, value in values.items() if not isinstance(value, list)}
    for prefix in ("milestones", "expected_evidence", "questions"):
        values |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}

    refused = staff.post(address, {**values, "publication": "scheduled"})
    assert "Say from when it is to be public" in refused.content.decode()

    at = {"publish_at_0": "2027-03-01", "publish_at_1": "09:30"}
    assert staff.post(address, {**values, "publication": "scheduled", **at}).status_code == 302
    made.refresh_from_db()
    assert timezone.localtime(made.publish_at).isoformat(timespec="minutes") == "2027-03-01T09:30+00:00"

    assert staff.post(address, {**values, "publication": "published", **at}).status_code == 302
    made.refresh_from_db()
    assert (made.publication, made.publish_at) == ("published", None)


def test_what_is_scheduled_leaves_and_comes_back_by_file(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"reference": "A-1", "title": SECRET, "statement": "Close it.", "publication": "scheduled"}
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({**row, "publish_at": "2027-03-01T09:30"}))
    call_command("import_commitments", str(file))
    capsys.readouterr()
    call_command("export_commitments")
    exported = capsys.readouterr().out
    assert json.loads(exported)["publish_at"] == "2027-03-01T09:30:00+00:00"

    file.write_text(exported)
    call_command("import_commitments", str(file), "--update", "--json")
    assert json.loads(capsys.readouterr().out)["unchanged"] == ["A-1"]

    file.write_text(json.dumps({"reference": "A-1", "title": SECRET, "statement": "Close it.", "publication": "draft"}))
    call_command("import_commitments", str(file), "--update")
    assert Commitment.objects.get().publish_at is None


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"publication": "scheduled"}, "publish_at: is empty"),
        ({"publish_at": "2027-03-01T09:30"}, "publication is not scheduled"),
        ({"publication": "scheduled", "publish_at": "soon"}, "is not a day and time"),
    ],
)
def test_a_file_that_does_not_say_when_is_refused(tmp_path: Any, columns: dict[str, str], said: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"reference": "A-1", "title": "T", "statement": "S.", **columns}))
    with pytest.raises(CommandError, match=said) as refused:
        call_command("import_commitments", str(file))
    assert "1 thing is wrong" in str(refused.value)
    assert not Commitment.objects.exists()
