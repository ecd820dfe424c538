"""A person at the admin's pages for files: brings one, says its columns, decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from commitments import tasks
from commitments.models import Import, ImportRow


def page(which: Import, step: str = "change") -> str:
    return reverse(f"admin:commitments_import_{step}", args=[which.pk])


def outcomes(which: Import) -> dict[str, int]:
    """How many rows there are of each outcome, those left out of which there are none."""
    counts = {key: which.rows.filter(outcome=key).count() for key in ImportRow.Outcome.values}
    return {key: count for key, count in counts.items() if count}


@dataclass
class Editor:
    client: Client
    person: User

    @classmethod
    def signed_in(cls, client: Client) -> Editor:
        person = User.objects.create(username="edith", is_staff=True)
        person.groups.add(Group.objects.get(name="Editor"))
        client.force_login(person)
        return cls(client, person)

    def bring(self, name: str, body: bytes | str, kind: str = "commitments") -> Import:
        file = SimpleUploadedFile(name, body.encode() if isinstance(body, str) else body)
        answer: Any = self.client.post(reverse("admin:commitments_import_add"), {"kind": kind, "file": file})
        assert answer.status_code == 302, answer.content.decode()
        return Import.objects.get(pk=int(answer.url.split("/")[-3]))

    def say(self, which: Import, said: dict[str, str] | None = None, **more: str) -> Import:
        """Say which column is which, beyond what is suggested, and wait until the rows are checked."""
        mapping = {**which.mapping, **(said or {})}
        columns = {f"column-{place}": mapping[name] for place, name in enumerate(which.columns)}
        return self._step(which, "columns", {**columns, **more})

    def decide(self, which: Import, **more: str) -> Import:
        return self._step(which, "decide", more)

    def brought(self, name: str, body: bytes | str, kind: str = "commitments", **more: str) -> Import:
        """All of it at once, where nothing is to be said."""
        return self.decide(self.say(self.bring(name, body, kind), **more))

    def undo(self, which: Import) -> str:
        """What the page says then."""
        html: str = self.client.post(page(which, "undo"), follow=True).content.decode()
        which.refresh_from_db()
        return html

    def taken_away(self, kind: str, form: str = "csv") -> bytes:
        body: bytes = self.client.get(reverse("admin:commitments_import_export", args=[kind, form])).content
        return body

    def _step(self, which: Import, step: str, sent: dict[str, str]) -> Import:
        self.client.post(page(which, step), sent)
        tasks.go_on_with_imports()
        which.refresh_from_db()
        return which
