"""Does a host answer only to keep us out? Pure.

Some say so by their status. Others put a riddle or a "checking your browser" in front of what was asked for, often
with status 200, which would pass for a page with new text.
"""

from __future__ import annotations

import re

from tracker.fetching import Response
from tracker.reading.encoding import decoded

#: A password, payment, a ban, a proxy's password, and "for legal reasons".
KEPT_OUT_STATUSES = {401, 402, 403, 407, 451}
#: What services that stand in front of sites name their own answers by, in lower case.
_HEADERS = {"cf-mitigated": ("challenge",), "x-amzn-waf-action": ("captcha", "challenge"), "x-datadome": ("protected",)}
#: A page that stands in front of another says little itself.
_LARGEST_CHALLENGE_BYTES = 60_000
_A_PAGE = re.compile(rb"<(!doctype\s+html|html|head)[\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)
_TITLES = re.compile(
    r"""^\W*(
        just\ a\ moment | attention\ required | one\ moment,?\ please | please\ wait\ while
      | checking\ your\ browser
      | (access|request|connection)\ (to\ this\ page\ (has\ been\ )?)?(denied|blocked|rejected)
      | (security|bot|browser|robot)\ (check|verification|challenge) | ddos(-|\ )guard | pardon\ our\ interruption
      | (are\ you|you\ are|confirm\ you\ are|verify\ (that\ )?you\ are|not)\ (a\ |not\ a\ )?(robot|human|bot)
      | human\ verification | (complete\ the\ )?captcha | forbidden | you\ have\ been\ blocked | blocked
      | (403|401)\ (forbidden|unauthori[sz]ed|-) | unauthori[sz]ed
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
#: The programs that put the riddle. An ordinary page may carry one too, by a form at its foot.
_RIDDLES = re.compile(
    r"_Incapsula_Resource|captcha-delivery\.com|/cdn-cgi/challenge-platform/|px-captcha|perimeterx"
    r"|AwsWafIntegration|awswaf\.com/[^\"']*challenge|sucuri_cloudproxy|ddos-guard\.net|anubis_challenge",
    re.IGNORECASE,
)
_TEXT_OF_A_PAGE = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_FEW_WORDS = 150


def why_blocked(response: Response) -> str:
    """How the host keeps us out, as a sentence. Empty if it does not."""
    if any(response.headers.get(name, "").lower() in values for name, values in _HEADERS.items()):
        return "The host asks for proof that a person is there (a captcha or the like)."
    if response.status in KEPT_OUT_STATUSES:
        return f"The host does not let us in (HTTP {response.status})."
    if response.status == 200 and _is_challenge(response):
        return "The host answers with a check for robots (a captcha or the like) instead of what is at the address."
    return ""


def _is_challenge(response: Response) -> bool:
    if len(response.body) > _LARGEST_CHALLENGE_BYTES or not _looks_like_a_page(response.body):
        return False
    page = decoded(response.body, response.content_type)
    title = _TITLE.search(page)
    says_little = len(_TEXT_OF_A_PAGE.sub(" ", page).split()) <= _FEW_WORDS
    return says_little and bool((title and _TITLES.match(title[1].strip())) or _RIDDLES.search(page))


def _looks_like_a_page(body: bytes) -> bool:
    return _A_PAGE.search(body, 0, 1000) is not None
