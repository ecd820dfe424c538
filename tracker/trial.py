"""A look at a source before it is watched: can it be, and what would be taken from it? Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker import mailboxes
from tracker.asking import Asker
from tracker.blocking import why_blocked
from tracker.fetching import FetchError, Response
from tracker.fetching.guard import checked_address
from tracker.looking import read, status_sentence
from tracker.models import Source
from tracker.sources import Entry, KindNotAvailable, NotUnderstood, SourceEnded, Vanished, kind_of
from tracker.sources.discovery import FoundFeed, feeds_named_by
from tracker.taking import whole

#: Of the feeds that a page names, so many are tried until one can be read.
MOST_TRIED = 3
#: Of a mailbox, so many of the newest mails are looked at.
MAILS_TRIED = 20


class TrialFailed(Exception):
    """The source cannot be watched so. `str(error)` says why, in a sentence or two."""


@dataclass
class Trial:
    """What a look has shown: the items, the first of them whole if it could be had, or why not in `problem`.

    `feeds` are those that the address named, the one taken first, where it was that of a web page.
    """

    entries: list[Entry]
    feeds: list[FoundFeed] = field(default_factory=list)
    problem: str = ""

    @property
    def found(self) -> str:
        """What became of the address of a web page, as a sentence. Empty for one that can be watched itself."""
        if not self.feeds:
            return ""
        count = "one feed" if len(self.feeds) == 1 else f"{len(self.feeds)} feeds"
        return f"The address is that of a web page. It names {count}; {self.feeds[0].url} is taken."


def check(source: Source) -> None:
    """Raise TrialFailed for a kind, an address or options that cannot be used. Nothing is asked for."""
    if not isinstance(source.options, dict):
        raise TrialFailed('Options are a JSON object, such as {"select": "main"}.')
    try:
        kind = kind_of(source.kind)
        kind.check_options(source.options)
        if source.kind != Source.Kind.MAILBOX:
            checked_address(source.url)
        kind.address(source)
    except (KindNotAvailable, NotUnderstood, FetchError) as error:
        raise TrialFailed(str(error)) from error


def look(source: Source) -> Trial:
    """Look at `source`, which need not be saved. One at a web page is given the address of its feed.

    Raises TrialFailed.
    """
    check(source)
    if source.kind == Source.Kind.MAILBOX:
        return _look_into_mailbox(source)
    asker = Asker(source.kind)
    response = _answer(source, asker)
    try:
        trial = Trial(read(source, response))
    except NotUnderstood as error:
        trial = _at_a_feed_of(source, response, error, asker)
    except (SourceEnded, FetchError) as error:
        raise TrialFailed(str(error)) from error
    trial.problem = _first_in_whole(source, trial.entries, asker)
    return trial


def _look_into_mailbox(source: Source) -> Trial:
    try:
        entries, problem = mailboxes.newest(source, MAILS_TRIED)
    except FetchError as error:
        raise TrialFailed(str(error)) from error
    return Trial(entries, problem=problem)


def _answer(source: Source, asker: Asker) -> Response:
    kind = kind_of(source.kind)
    try:
        response = asker.ask_source(kind.address(source), kind.ACCEPT)
    except FetchError as error:
        raise TrialFailed(str(error)) from error
    if blocked := why_blocked(response):
        raise TrialFailed(blocked)
    if response.status != 200:
        raise TrialFailed(status_sentence(response.status))
    if not response.body.strip():
        raise TrialFailed("The answer is empty.")
    return response


def _at_a_feed_of(source: Source, page: Response, error: NotUnderstood, asker: Asker) -> Trial:
    """Try the feeds that `page` names, where `source` is to be a feed and is not."""
    if source.kind != Source.Kind.FEED:
        raise TrialFailed(str(error)) from error
    feeds = feeds_named_by(page.body, page.content_type, page.final_url)
    if not feeds:
        raise TrialFailed(f"{error} It names no feed either.") from error
    problems = []
    for feed in feeds[:MOST_TRIED]:
        source.url = feed.url
        try:
            entries = read(source, _answer(source, asker))
        except (TrialFailed, NotUnderstood, SourceEnded) as problem:
            problems.append(f"{feed.url}: {problem}")
        else:
            return Trial(entries, [feed, *(other for other in feeds if other != feed)])
    raise TrialFailed(f"The address is that of a web page, and no feed that it names can be read. {' '.join(problems)}")


def _first_in_whole(source: Source, entries: list[Entry], asker: Asker) -> str:
    """Put the whole of the first entry in its place if it is an extract. Why that can't be had, as a sentence."""
    if not entries or entries[0].complete:
        return ""
    try:
        entries[0] = whole(source, entries[0], asker)
    except (FetchError, NotUnderstood, Vanished) as error:
        return f"The whole of “{entries[0].title}” could not be read. {error}"
    return ""
