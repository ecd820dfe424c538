"""Who keeps this record: what its owner says, and what they have not said yet."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from commitments.models import OwnWords

#: What readers look for on each page.
ASKED: dict[str, str] = {
    OwnWords.Subject.PUBLISHER: "who answers for what stands here, in which legal form, and where",
    OwnWords.Subject.FUNDING: "who pays, how much, and what they may and may not decide",
    OwnWords.Subject.CONFLICTS: "which ties those who judge have to parties, governments and those they judge",
    OwnWords.Subject.PRIVACY: "which data of readers you keep, why, for how long, and how to have them removed",
    OwnWords.Subject.ACCESSIBILITY: "who cannot use which part of it yet, and whom to tell about a barrier",
    OwnWords.Subject.CONTACT: "how to reach you, and by when you answer",
}


@dataclass(frozen=True)
class Missing:
    """A page that is not written yet, for staff."""

    subject: str
    label: str
    asked: str


@dataclass(frozen=True)
class AboutPage:
    written: list[OwnWords]
    missing: list[Missing]
    second_editor: bool


def about_page() -> AboutPage:
    found = {words.subject: words for words in OwnWords.objects.all()}
    return AboutPage(
        written=[found[key] for key in ASKED if key in found],
        missing=[Missing(key, OwnWords.Subject(key).label, asked) for key, asked in ASKED.items() if key not in found],
        second_editor=settings.SECOND_EDITOR,
    )


def written() -> list[tuple[str, str]]:
    """Subject and label of the pages that there are, in their order; for the foot of every page."""
    subjects = set(OwnWords.objects.values_list("subject", flat=True))
    return [(key, OwnWords.Subject(key).label) for key in ASKED if key in subjects]
