"""Lists of sources come in from feed readers and go out to them, and nothing is doubled."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tracker.models import Source
from tracker.opml import NotOpml, Outline, add, plan, read_opml, write_opml

NOW = dt.datetime(2025, 1, 20, 12, 0, tzinfo=dt.UTC)
LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="Home Office">
    <outline type="rss" text="News" title="News" xmlUrl="https://ho.example.org/news.atom" htmlUrl="https://ho.example.org/"/>
    <outline text="Deeper"><outline text="Statistics" xmlurl="https://ho.example.org/stats.rss"/></outline>
  </outline>
  <outline title="Without text" xmlUrl="https://example.org/feed"/>
  <outline type="link" text="A bookmark" url="https://example.org/"/>
  <outline text="An empty folder"/>
</body></opml>"""

pytestmark = pytest.mark.django_db


def outline(**attributes: str) -> bytes:
    root = etree.Element("opml", {"version": "2.0"})
    etree.SubElement(
        etree.SubElement(root, "body"), "outline", {"text": "One", "xmlUrl": "https://example.org/f"} | attributes
    )
    return etree.tostring(root)


def ours(**attributes: str) -> bytes:
    return outline(**{f"{{urn:pledgewatch:watch}}{name}": value for name, value in attributes.items()})


def verdicts(body: bytes | str, **options: Any) -> list[tuple[str, str]]:
    body = body.encode() if isinstance(body, str) else body
    return [(each.outline.name, str(each.verdict)) for each in plan(read_opml(body), NOW, **options)]


def take(body: bytes | str) -> list[Source]:
    return add(plan(read_opml(body.encode() if isinstance(body, str) else body), NOW))


class TestReading:
    def test_feeds_in_folders_at_any_depth(self) -> None:
        assert read_opml(LIST.encode()) == [
            Outline("News", "https://ho.example.org/news.atom", publisher="Home Office"),
            Outline("Statistics", "https://ho.example.org/stats.rss", publisher="Deeper"),
            Outline("Without text", "https://example.org/feed"),
        ]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
    def test_in_any_encoding(self, encoding: str) -> None:
        text = LIST.replace("UTF-8", encoding).replace("Home Office", "Ministère")
        assert read_opml(text.encode(encoding))[0].publisher == "Ministère"

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"", "not XML that can be read"),
            (b"rubbish", "not XML that can be read"),
            (b"<rss><body/></rss>", "is XML, but no OPML"),
            (b"<opml><head/></opml>", "is XML, but no OPML"),
            (b"<opml><body>" + b"<outline>" * 5000, "not XML that can be read"),
            (
                b'<!DOCTYPE opml [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><body>&e;</body></opml>',
                "declares a document type",
            ),
            (
                '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY e "ha">]><opml><body/></opml>'.encode("utf-16"),
                "declares a document type",
            ),
            (b"<opml><body>&e;</body></opml>", "not XML that can be read"),
            (b"<opml><body>" + b'<outline xmlUrl="http://e.org/"/>' * 5001 + b"</body></opml>", "names 5001 sources"),
            (b" " * (1024 * 1024 + 1), "larger than 1 MiB"),
        ],
    )
    def test_what_is_no_list_is_refused_in_words(self, body: bytes, words: str) -> None:
        with pytest.raises(NotOpml, match=words):
            read_opml(body)

    @given(body=st.binary(max_size=200))
    def test_any_bytes_are_no_list_or_refused(self, body: bytes) -> None:
        with suppress(NotOpml):
            assert read_opml(b"<opml><body>" + body + b"</body></opml>") == []


class TestAdding:
    def test_new_sources_are_watched_from_now_on(self) -> None:
        take(LIST)
        source = Source.objects.get(slug="news")
        assert (source.name, source.publisher, source.kind, source.voice) == ("News", "Home Office", "feed", "official")
        assert (source.state, source.next_due_at) == ("active", NOW)

    def test_again_adds_nothing(self) -> None:
        assert (len(take(LIST)), len(take(LIST))) == (3, 0)
        assert {verdict for _, verdict in verdicts(LIST)} == {"known"}

    def test_the_same_address_otherwise_written_is_known(self) -> None:
        take(outline(xmlUrl="https://example.org/f"))
        assert verdicts(outline(text="Two", xmlUrl="http://EXAMPLE.org/f?utm_source=list")) == [("Two", "known")]

    def test_twice_in_one_list(self) -> None:
        body = b'<opml><body><outline text="A" xmlUrl="https://e.org/f"/><outline text="B" xmlUrl="https://e.org/f"/></body></opml>'
        assert verdicts(body) == [("A", "new"), ("B", "known")]

    def test_names_that_are_alike_get_slugs_of_their_own(self) -> None:
        feeds = "".join(f'<outline text="News" xmlUrl="https://e.org/{number}"/>' for number in range(3))
        slugs = [source.slug for source in take(f"<opml><body>{feeds}</body></opml>")]
        assert slugs == ["news", "news-2", "news-3"]

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (outline(xmlUrl="ftp://example.org/f"), "does not begin with http"),
            (outline(xmlUrl="https://user:secret@example.org/f"), "user name or password"),
            (outline(xmlUrl="https://example.org/" + "f" * 2000), "longer than 2000"),
            (ours(kind="rumour"), "no kind of source “rumour”"),
            (ours(voice="rumour"), "no voice “rumour”"),
            (ours(interval="0"), "An interval is a number of minutes"),
            (ours(interval="²"), "An interval is a number of minutes"),
            (ours(options="{"), "options are not JSON"),
            (ours(options="[1]"), "options are no JSON object"),
            (ours(options='{"colour": "red"}'), "no option “colour”"),
        ],
    )
    def test_what_cannot_be_watched_is_named_with_the_reason(self, body: bytes, reason: str) -> None:
        (planned,) = plan(read_opml(body), NOW)
        assert planned.verdict == "refused"
        assert reason in planned.reason
        assert add([planned]) == []

    def test_a_hostile_name_is_only_text(self) -> None:
        (source,) = take(outline(text="<script>alert(1)</script>\u202e " + "x" * 500))
        assert len(source.name) <= 200
        source.full_clean()


class TestThereAndBack:
    def test_all_that_a_source_is_comes_back(self) -> None:
        common = {"state": "active", "next_due_at": NOW}
        feed = Source.objects.create(slug="a", name="Ä & <b>", kind="feed", url="https://e.org/a?x=1&y=2", **common)
        other = Source.objects.create(
            slug="b",
            name="B",
            kind="parliament",
            url="https://questions-statements-api.parliament.uk/api/writtenstatements/statements",
            publisher="Parliament",
            voice="parliament",
            fixed_interval_minutes=90,
            **{**common, "state": "paused"},
        )
        body = write_opml([other, feed], "Sources", NOW)
        told = ("name", "kind", "url", "publisher", "voice", "options", "fixed_interval_minutes", "state")
        before = [{name: getattr(source, name) for name in told} for source in (feed, other)]
        Source.objects.all().delete()
        back = take(body)
        assert [{name: getattr(source, name) for name in told} for source in back] == before

    def test_a_feed_reader_sees_only_feeds(self) -> None:
        Source.objects.create(slug="a", name="A", kind="page", url="https://example.org/page")
        (outline,) = etree.fromstring(write_opml(Source.objects.all(), "Sources", NOW)).iter("outline")
        assert (outline.get("xmlUrl"), outline.get("type"), outline.get("url")) == (
            None,
            "link",
            "https://example.org/page",
        )


class TestCommands:
    def test_in_and_out(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "list.opml"
        path.write_text(LIST)
        call_command("import_opml", str(path), "--dry-run")
        assert not Source.objects.exists()
        assert capsys.readouterr().out.splitlines()[-1] == "3 would be added, 0 watched already."
        call_command("import_opml", str(path), "--no-folders", "--voice", "media")
        assert set(Source.objects.values_list("publisher", "voice")) == {("", "media")}
        capsys.readouterr()
        call_command("export_opml")
        path.write_text(capsys.readouterr().out)
        call_command("import_opml", str(path), "--json")
        told = json.loads(capsys.readouterr().out)
        assert [each["verdict"] for each in told["outlines"]] == ["known"] * 3

    def test_what_is_refused_does_not_keep_the_others_out_and_is_an_error(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "list.opml"
        path.write_text(LIST.replace("https://example.org/feed", "file:///etc/passwd"))
        with pytest.raises(CommandError, match="1 of 3 sources in the file cannot be taken"):
            call_command("import_opml", str(path))
        assert Source.objects.count() == 2
        assert "refused   Without text  The address 'file:///etc/passwd' does not begin" in capsys.readouterr().out

    def test_a_file_that_is_not_there(self) -> None:
        with pytest.raises(CommandError, match=r"nowhere.opml cannot be read: No such file"):
            call_command("import_opml", "nowhere.opml")

    def test_what_is_ended_is_exported_only_when_asked_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        Source.objects.create(slug="a", name="Ended one", kind="feed", url="https://e.org/a", state="ended")
        call_command("export_opml")
        assert "Ended one" not in capsys.readouterr().out
        call_command("export_opml", "--all", "--json")
        assert json.loads(capsys.readouterr().out)["name"] == "Ended one"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_user("staff", is_staff=True, is_superuser=True))
    return client


class TestAdmin:
    PAGE = "/admin/tracker/source/import-opml/"

    def upload(self, client: Client, body: str = LIST) -> Any:
        file = SimpleUploadedFile("list.opml", body.encode())
        return client.post(self.PAGE, {"file": file, "voice": "official", "folders": "on"})

    def test_a_file_is_shown_before_anything_is_added(self, staff: Client) -> None:
        take(outline(xmlUrl="https://example.org/feed"))
        page = self.upload(staff)
        words = page.content.decode()
        assert "3 in the file, 2 of them new" in words
        assert "It is watched as “One”." in words
        assert Source.objects.count() == 1
        fields = {name: page.context["form"].cleaned_data[name] for name in ("content", "voice")}
        done = staff.post(self.PAGE, {**fields, "folders": "on", "add": "Add 2 sources"}, follow=True)
        assert "2 sources were added." in done.content.decode()
        assert Source.objects.count() == 3

    def test_added_twice_by_an_impatient_hand(self, staff: Client) -> None:
        content = self.upload(staff).context["form"].cleaned_data["content"]
        for _ in range(2):
            staff.post(self.PAGE, {"content": content, "voice": "official", "add": "Add"})
        assert Source.objects.count() == 3

    @pytest.mark.parametrize(("body", "words"), [("rubbish", "not XML that can be read"), ("", "empty")])
    def test_a_wrong_file_says_so(self, staff: Client, body: str, words: str) -> None:
        assert words in self.upload(staff, body).content.decode()

    def test_content_that_was_tampered_with(self, staff: Client) -> None:
        page = staff.post(self.PAGE, {"content": "é", "voice": "official", "add": "Add"})
        assert "Choose the file again." in page.content.decode()

    def test_names_from_the_file_are_escaped(self, staff: Client) -> None:
        assert "<img" not in self.upload(staff, outline(text="<img src=x>").decode()).content.decode()

    def test_the_list_leads_to_both_and_the_export_is_a_file(self, staff: Client) -> None:
        take(LIST)
        page = staff.get(reverse("admin:tracker_source_changelist")).content.decode()
        assert self.PAGE in page
        answer = staff.get(reverse("admin:tracker_source_export_opml"))
        assert answer["Content-Disposition"] == 'attachment; filename="sources.opml"'
        assert len(read_opml(answer.content)) == 3

    @pytest.mark.parametrize(("codename", "statuses"), [("view_source", (403, 200)), ("add_source", (200, 403))])
    def test_who_may(self, client: Client, codename: str, statuses: tuple[int, int]) -> None:
        user = User.objects.create_user("someone", is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename=codename))
        client.force_login(user)
        asked = (client.get(self.PAGE).status_code, client.get("/admin/tracker/source/export-opml/").status_code)
        assert asked == statuses
