"""What one digest says: one subscriber's share of the record, in one window. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from commitments.digests.lines import ChangeLine, DueLine, EvidenceLine, Passage, SilentLine, WordingLine
from commitments.digests.record import Record
from commitments.digests.timeline import Standing, Timeline
from commitments.models import Status
from commitments.pages import phrases

#: Somebody who wants to know gets a note after so long without a mail.
QUIET = dt.timedelta(days=30)
#: A subject names so many kinds of news.
MOST_KINDS = 3


@dataclass(frozen=True)
class Window:
    """What a digest is made from: the record as of `until`, and what was written down since `after`.

    Deadlines are reckoned for `date`; what was due or silent already on `date_before` is not new. That is the day of
    the subscriber's digest before, None where there was none: then all that is overdue or due soon is new to them.
    Silence is news only where it has become so long since.
    """

    date: dt.date
    date_before: dt.date | None
    after: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class Content:
    """What one subscriber is told. What is new is apart from what goes on.

    `is_first` if nothing was told before. `quiet_since` is set where nothing has happened for so long that a note is
    due that says so.
    """

    date: dt.date
    is_first: bool
    newly_overdue: tuple[DueLine, ...] = ()
    newly_due_soon: tuple[DueLine, ...] = ()
    newly_silent: tuple[SilentLine, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    corrections: tuple[ChangeLine | WordingLine, ...] = ()
    wordings: tuple[WordingLine, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()
    still_overdue: tuple[DueLine, ...] = ()
    still_due_soon: tuple[DueLine, ...] = ()
    still_silent: tuple[SilentLine, ...] = ()
    quiet_since: dt.date | None = None

    @property
    def has_news(self) -> bool:
        """What goes on is no news by itself."""
        return any(
            (
                *(self.newly_overdue, self.newly_due_soon, self.newly_silent),
                *(self.changes, self.corrections, self.wordings, self.evidence),
            )
        )

    @property
    def is_worth_a_mail(self) -> bool:
        return self.has_news or self.quiet_since is not None

    @property
    def subject(self) -> str:
        """What happened, in one line: "1 commitment newly overdue (3 in all), 2 due soon, 1 status changed".

        Where only one thing did, it is named.
        """
        news = [kind for kind in self._news() if kind.lines]
        if not news:
            return f"Nothing new since {phrases.day(self.quiet_since)}" if self.quiet_since else "Nothing new"
        said = ", ".join([news[0].said_first, *(kind.said for kind in news[1:MOST_KINDS])])
        if len(news) > MOST_KINDS:
            said += " and more"
        named = [line.of.title for kind in news for line in kind.lines]
        return f"{said}: {named[0]}" if len(named) == 1 else said

    def _news(self) -> tuple[_Kind, ...]:
        """Each kind of news in the words of a subject, worst first."""
        newly = "" if self.is_first else "newly "
        overdue = len(self.newly_overdue)
        in_all = f" ({overdue + len(self.still_overdue):,} in all)" if self.still_overdue else ""
        passages = sum(len(line.passages) for line in self.evidence)
        return (
            _Kind(self.newly_overdue, f"{overdue:,}", f"{newly}overdue{in_all}", is_of_commitments=True),
            _Kind(self.newly_due_soon, f"{len(self.newly_due_soon):,}", "due soon", is_of_commitments=True),
            _Kind(self.corrections, _count(len(self.corrections), "correction")),
            _Kind(self.changes, _count(len(self.changes), "status", "statuses"), "changed"),
            _Kind(self.wordings, _count(len(self.wordings), "promise"), "reworded"),
            _Kind(self.evidence, _count(passages, "new passage")),
            _Kind(self.newly_silent, f"{len(self.newly_silent):,}", "newly silent", is_of_commitments=True),
        )


@dataclass(frozen=True)
class _Kind:
    """One kind of news: its lines, how many they are, and what is said of them."""

    lines: tuple[DueLine | SilentLine | ChangeLine | WordingLine | EvidenceLine, ...]
    number: str
    happened: str = ""
    is_of_commitments: bool = False

    @property
    def said(self) -> str:
        return f"{self.number} {self.happened}".strip()

    @property
    def said_first(self) -> str:
        """A subject says once what is counted."""
        return f"{_count(len(self.lines), 'commitment')} {self.happened}" if self.is_of_commitments else self.said


def content(record: Record, covered: frozenset[int], window: Window, last_heard: dt.date | None = None) -> Content:
    """What is told of the commitments `covered`, given by key (`Record.covered`).

    `last_heard` is the day of the last mail of a subscriber who wants a note when nothing happens; None for others.
    """
    alike = (covered, window.date, window.date_before, record.alike(window.after, window.until))
    if alike not in record.shared:
        record.shared[alike] = _content(record, covered, window)
    found: Content = record.shared[alike]
    if last_heard is not None and not found.has_news and window.date - last_heard >= QUIET:
        return replace(found, quiet_since=last_heard)
    return found


def _content(record: Record, covered: frozenset[int], window: Window) -> Content:
    now = record.standings(window.date, window.until)
    before = {} if window.date_before is None else record.standings(window.date_before, window.after)
    lists: dict[str, list[DueLine | SilentLine]] = defaultdict(list)
    for key in covered & now.keys():
        standing = now[key]
        for group in standing.groups:
            timeline = record.timelines[key]
            if group == "silent":
                is_new = window.date_before is not None and not timeline.was_silent(window.date_before)
            else:
                is_new = key not in before or group not in before[key].groups
            if group == "silent" and not is_new and len(standing.groups) > 1:
                continue  # it is named already, as overdue or due soon
            line = _line(timeline, standing, group, window.date)
            lists[f"{'newly' if is_new else 'still'}_{group}"].append(line)
    events = [event for event in record.events_in(window.after, window.until) if event.of.commitment_id in covered]
    ours = [event for event in events if isinstance(event, ChangeLine | WordingLine) and event.is_correction]
    return Content(
        date=window.date,
        is_first=window.date_before is None,
        changes=tuple(event for event in events if isinstance(event, ChangeLine) and not event.is_correction),
        corrections=tuple(ours),
        wordings=tuple(event for event in events if isinstance(event, WordingLine) and not event.is_correction),
        evidence=_by_commitment(event for event in events if isinstance(event, Passage)),
        **{name: tuple(sorted(lines, key=_longest_first)) for name, lines in lists.items()},  # type: ignore[arg-type]
    )


def _line(timeline: Timeline, standing: Standing, group: str, on: dt.date) -> DueLine | SilentLine:
    status = Status(standing.status).label
    if group == "silent":
        return SilentLine(timeline.of, status, timeline.heard_on or timeline.made_on, timeline.heard_on is not None)
    # Without a day that it is due by, nothing is overdue or due soon.
    due_by = standing.deadline.due_by or on
    return DueLine(timeline.of, status, due_by, standing.deadline.text, abs((on - due_by).days))


def _longest_first(line: DueLine | SilentLine) -> tuple[dt.date, int]:
    day = line.due_by if isinstance(line, DueLine) else line.since
    return day or dt.date.min, line.of.commitment_id


def _by_commitment(passages: Iterable[Passage]) -> tuple[EvidenceLine, ...]:
    """Of each the newest first, what says it again last."""
    grouped: dict[int, list[Passage]] = defaultdict(list)
    for passage in reversed(list(passages)):
        grouped[passage.of.commitment_id].append(passage)
    return tuple(
        EvidenceLine(
            found[0].of,
            tuple(sorted(found, key=lambda passage: passage.says_again)),
            sum(passage.says_again for passage in found),
        )
        for found in grouped.values()
    )


def _count(count: int, one: str, many: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {many or one + 's'}"
