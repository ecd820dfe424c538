"""A person who works through the queue by keyboard alone, and remembers what each key was meant to do."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from commitments.admin.reviewing import USUAL_REASONS
from commitments.models import Commitment, Decision, Evidence, Measurement

#: Long enough for the page to take a key for one about the card that it shows.
READING_MS = 270
#: Notes when a key goes down, and when the card that it led to has been painted.
WATCH = """
window.fromKeyToCard = [];
let pressed = 0;
addEventListener("keydown", () => { pressed = performance.now(); }, true);
new MutationObserver(() => {
  const since = pressed;
  requestAnimationFrame(() => setTimeout(() => window.fromKeyToCard.push(performance.now() - since)));
}).observe(document.getElementById("review"), { childList: true });
"""


@dataclass
class Meant:
    """How a piece of evidence is to stand in the end. `points` are the numbers recorded from it."""

    state: str
    reason: str = ""
    relation: str = ""
    points: list[int] | None = None


@dataclass
class ScriptedReviewer:
    """Decides what the page shows, one deed after the other; `meant` says by key what must be in the database."""

    page: Page
    meant: dict[int, Meant] = field(default_factory=dict)
    decided: int = 0

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.evaluate(WATCH)
        self.page.wait_for_timeout(READING_MS)

    def work(self, decisions: int) -> None:
        """Until so many decisions are made, in turn of every kind."""
        deeds: Iterator[Callable[[], None]] = itertools.cycle(
            [
                *[self.accept] * 3,
                self.reject_for_a_usual_reason,
                self.say_that_a_figure_was_said_before,
                self.accept,
                self.put_a_number_right,
                self.reject_in_own_words,
                self.accept_and_undo_and_reject,
                self.accept,
                self.change_the_relation,
                self.move_by_words,
                self.pass_by,
                self.leave_a_figure_out,
                self.reject_for_a_usual_reason,
                self.reject_and_undo_and_accept,
                self.split,
            ]
        )
        while self.decided < decisions:
            next(deeds)()

    def times(self) -> list[float]:
        """Milliseconds from each key to the card that it led to."""
        return list(self.page.evaluate("window.fromKeyToCard"))

    # What the page shows.

    def shown(self) -> Evidence:
        address = self.page.get_attribute(".decide-details", "action") or ""
        found = re.search(r"/review/(\d+)/", address)
        assert found, "no card is shown"
        return Evidence.objects.select_related("commitment").get(pk=found[1])

    def press(self, *keys: str) -> None:
        """Keys of which the last brings another card."""
        cards = self.page.evaluate("window.fromKeyToCard.length")
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_function("count => window.fromKeyToCard.length > count", arg=cards)
        self.page.wait_for_timeout(READING_MS)

    def _mean(self, piece: Evidence, state: str, **more: Any) -> None:
        self.meant[piece.pk] = Meant(state, **more)
        self.decided += 1

    # What a person does.

    def accept(self) -> None:
        piece = self.shown()
        self.press("a")
        self._mean(piece, "accepted", relation=piece.relation, points=[one["value"] for one in piece.figures])

    def reject_for_a_usual_reason(self) -> None:
        piece, number = self.shown(), self.decided % len(USUAL_REASONS) + 1
        self.press(str(number))
        self._mean(piece, "rejected", reason=USUAL_REASONS[number - 1], points=[])

    def reject_in_own_words(self) -> None:
        piece = self.shown()
        self.page.keyboard.press("r")
        self.page.keyboard.type("Jam, 1 au sujet d'autre chose")  # keys of the page, and none of them acts
        self.press("Enter")
        self._mean(piece, "rejected", reason="Jam, 1 au sujet d'autre chose", points=[])

    def say_that_a_figure_was_said_before(self) -> None:
        piece = self.shown()
        self.press("f", "s", "Escape", "a")
        self._mean(piece, "accepted", points=[])

    def leave_a_figure_out(self) -> None:
        piece = self.shown()
        self.press("f", "l", "Escape", "a")
        self._mean(piece, "accepted", points=[])

    def put_a_number_right(self) -> None:
        piece = self.shown()
        for key in ("f", "Tab", "Control+a"):
            self.page.keyboard.press(key)
        self.page.keyboard.type("77777")
        self.press("Enter")
        self._mean(piece, "accepted", points=[77777])

    def change_the_relation(self) -> None:
        piece = self.shown()
        self.page.keyboard.press("l")
        self.page.keyboard.type("reports d")
        self.press("Escape", "a")
        self._mean(piece, "accepted", relation="slips")

    def accept_and_undo_and_reject(self) -> None:
        piece = self.shown()
        self.press("a")
        self.press("u")
        assert self.shown() == piece
        self.press("1")
        self._mean(piece, "rejected", reason=USUAL_REASONS[0], points=[])

    def reject_and_undo_and_accept(self) -> None:
        piece = self.shown()
        self.press("2")
        self.press("u")
        assert self.shown() == piece
        self.accept()

    def pass_by(self) -> None:
        piece = self.shown()
        self.press("j")
        self.meant[piece.pk] = Meant("suggested")

    def move_by_words(self) -> None:
        piece, other = self.shown(), self._another()
        self.page.keyboard.press("m")
        self.page.keyboard.type(other.title)
        self.page.wait_for_selector("#found [role=option][aria-selected=true]")
        self.page.keyboard.press("Enter")
        assert self.page.input_value("#to") == other.reference
        self.press("Enter")
        self._mean(piece, "rejected", reason=f"It is about {other.reference}.", points=[])
        self._accept_there(piece, other)

    def split(self) -> None:
        piece, other = self.shown(), self._another()
        self.page.keyboard.press("s")
        self.page.keyboard.type(other.reference)
        self.page.wait_for_timeout(READING_MS)
        self.press("Enter")
        self._accept_there(piece, other)
        assert self.shown() == piece
        self.accept()

    def _another(self) -> Commitment:
        """A commitment that has nothing of the release on the card."""
        there = Evidence.objects.filter(release=self.shown().release_id).values("commitment")
        found = Commitment.objects.exclude(pk__in=there).exclude(evidence__in=list(self.meant)).order_by("-pk").first()
        assert found
        return found

    def _accept_there(self, piece: Evidence, other: Commitment) -> None:
        there = self.shown()
        assert (there.commitment, there.quote) == (other, piece.quote)
        self.press("a")
        self._mean(there, "accepted")

    # What came of it.

    def differences(self) -> list[str]:
        """Where the database is not what was meant; empty if it is."""
        found = []
        pieces = Evidence.objects.in_bulk(self.meant)
        for key, meant in self.meant.items():
            piece = pieces[key]
            points = sorted(
                int(value)
                for value in Measurement.objects.filter(evidence=key, withdrawn_at=None).values_list("value", flat=True)
            )
            checks = [
                ("state", meant.state, piece.state),
                ("reason", meant.reason, piece.reject_reason),
                ("relation", meant.relation or piece.relation, piece.relation),
                ("points", points if meant.points is None else sorted(meant.points), points),
            ]
            found += [f"{piece}: {name} {got!r}, meant {wanted!r}" for name, wanted, got in checks if wanted != got]
        others = Decision.objects.exclude(evidence__in=self.meant).count()
        return [*found, *([f"{others} decisions on what was not shown"] if others else [])]
