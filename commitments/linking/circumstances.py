"""What stands around a passage and is known of a commitment, put together to judge the one by the other. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from commitments.linking.document import Document
from commitments.linking.profile import Profile
from commitments.linking.relation_features import Circumstances

#: Passages of the same paragraph that are read with one, as steps from it.
AROUND = (-1, 1, 2)
AMONG_FIRST = 3

_LAW = re.compile(
    r"\b(?:law|bill|act|ban|offence|legislat\w+|criminalis\w+|outlaw|statut\w+|illegal|abolish|scrap|repeal|orders?|duty"
    r"|rights?|protection)\b",
    re.IGNORECASE,
)

_ENDS = re.compile(
    r"\b(?:end|ends|ending|scrap\w*|abolish\w*|stop|stops|stopping|repeal\w*|ban|bans|banning|close|closing|remove|removing"
    r"|outlaw\w*|cancel\w*|axe|phase)\b",
    re.IGNORECASE,
)


def circumstances(
    release: Document, number: int, profile: Profile, said_before: bool, rows: Sequence[Mapping[str, Any]]
) -> Circumstances:
    """What is known beside a passage with these figures, of whose commitment an earlier release spoke or not."""
    passage = release.passages[number]
    points = [row for row in rows if row["series"] is not None]
    around = [
        release.passages[other].text
        for other in (number + step for step in AROUND)
        if 0 <= other < len(release.passages) and release.passages[other].paragraph == passage.paragraph
    ]
    titled = max(len(profile.title), 1)
    in_title = " ".join(profile.labels.get(stem, stem) for stem in profile.title)
    return Circumstances(
        voice=release.voice,
        published=release.published,
        made_on=profile.made_on,
        left_office=profile.left_office,
        said_before=said_before,
        new_figure=any(not row["restated"] for row in points),
        aims_to_lower=profile.aims_to_lower,
        matched=release.stems[number] & profile.weights.keys(),
        deadline=profile.deadline_latest,
        target=profile.target,
        promised=profile.quantities,
        has_figures=bool(rows),
        restated_figure=any(row["restated"] for row in points),
        makes_law=bool(_LAW.search(in_title)),
        aims_to_end=bool(_ENDS.search(in_title)),
        title=release.title,
        title_coverage=len(release.title_stems & profile.title) / titled,
        coverage=len(release.stems[number] & profile.title) / titled,
        around="\n".join(around),
        speaker=passage.speaker,
        is_among_first=number < AMONG_FIRST,
    )
