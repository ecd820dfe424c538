"""Which countries a text speaks of. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

#: Names of countries, of their people and of what stands in one only, a country a line with its English name first.
#: Those that are also common English words are left out.
_NAMES = """
afghanistan afghan afghans
albania albanian albanians
algeria algerian
america american americans usa washington california texas florida congress pentagon chicago
argentina argentine argentinian
australia australian australians canberra queensland victoria's nsw sydney melbourne brisbane adelaide tasmania
austria austrian vienna
bangladesh bangladeshi
belgium belgian brussels
bolivia bolivian
bosnia bosnian
brazil brazilian
britain british britons uk gb whitehall westminster
bulgaria bulgarian
cambodia cambodian
canada canadian canadians ottawa ontario quebec alberta toronto montreal vancouver manitoba saskatchewan
chile chilean
china chinese beijing
colombia colombian
croatia croatian
cuba cuban
cyprus cypriot
czechia czech
denmark danish danes copenhagen
egypt egyptian cairo
england english london manchester birmingham liverpool leeds sheffield bristol newcastle nottingham leicester \
coventry bradford plymouth southampton portsmouth brighton norwich cornwall devon kent essex sussex surrey yorkshire \
lancashire merseyside cumbria northumberland teesside tyneside midlands
eritrea eritrean
estonia estonian
ethiopia ethiopian
finland finnish helsinki
france french paris calais dunkirk lyon marseille
germany german germans berlin bundestag bundesrat munich hamburg frankfurt
ghana ghanaian
greece greek athens
hungary hungarian budapest
iceland icelandic
india indian indians delhi mumbai sabha
indonesia indonesian jakarta
iran iranian iranians tehran
iraq iraqi iraqis baghdad
ireland irish dublin taoiseach oireachtas galway limerick
israel israeli israelis
italy italian rome milan
jamaica jamaican
japan japanese tokyo
jordanian
kazakhstan kazakh
kenya kenyan nairobi
korea korean seoul
kosovo kosovan
kuwait kuwaiti
latvia latvian
lebanon lebanese
libya libyan
lithuania lithuanian
luxembourg
malaysia malaysian
maltese
mexico mexican
moldova moldovan
morocco moroccan
myanmar burmese
nepal nepalese
netherlands dutch hague amsterdam rotterdam
nigeria nigerian nigerians
northernireland stormont belfast derry
norway norwegian oslo
pakistan pakistani islamabad
palestine palestinian palestinians gaza
peru peruvian
philippines filipino manila
poland warsaw
portugal portuguese lisbon
qatar qatari
romania romanian bucharest
russia russian russians moscow
rwanda rwandan kigali
saudi
scotland scottish scots edinburgh holyrood glasgow aberdeen dundee inverness
senegal senegalese
serbia serbian belgrade
singapore singaporean
slovakia slovak
slovenia slovenian
somalia somali
spain spanish madrid barcelona
srilanka lankan
sudan sudanese
sweden swedish stockholm
switzerland swiss
syria syrian syrians damascus
taiwan taiwanese
tanzania tanzanian
thailand thai bangkok
tunisia tunisian
turkey turkish ankara istanbul
uae emirati dubai
uganda ugandan
ukraine ukrainian ukrainians kyiv
uruguay
venezuela venezuelan
vietnam vietnamese hanoi
wales welsh cardiff senedd swansea wrexham
yemen yemeni
zambia zambian
zealand zealanders wellington auckland
zimbabwe zimbabwean
"""


def _countries() -> dict[str, str]:
    known: dict[str, str] = {}
    for group in _NAMES.strip().splitlines():
        named = group.split()
        known.update((name, named[0]) for name in named)
    return known


_COUNTRIES = _countries()
_JOINED = {
    re.compile(r"\bSri Lanka\b"): "Srilanka",
    re.compile(r"\bNorthern Ireland\b"): "Northernireland",
    re.compile(r"\bUnited States\b|\bU\.S\.(?:A\.)?|\bUS\b"): "USA",
    re.compile(r"\bUnited Kingdom\b|\bU\.K\."): "UK",
    re.compile(r"\bNew South Wales\b"): "NSW",
    re.compile(r"\bNew England\b"): "America",
}
_CAPITALISED = re.compile(r"\b[A-Z][A-Za-z]+(?:'s)?\b")

#: The parts of the United Kingdom and what names the whole.
HOME = frozenset({"england", "britain", "scotland", "wales", "northernireland"})
PARTS = frozenset({"scotland", "wales", "northernireland"})
_EURO = frozenset(
    re.findall(
        r"\w+",
        "austria belgium croatia cyprus estonia finland france germany greece ireland italy latvia lithuania "
        "luxembourg netherlands portugal slovakia slovenia spain",
    )
)
_DOLLAR = frozenset({"america", "australia", "canada", "singapore", "zealand"})
#: A country is an administration's home if its promises name it at least so often beside the one that they name most.
NAMED_AT_HOME = 0.5


def countries(text: str) -> dict[str, int]:
    """How often each country is named, by its English name in small letters."""
    for pattern, plain in _JOINED.items():
        text = pattern.sub(plain, text)
    found: dict[str, int] = {}
    for match in _CAPITALISED.finditer(text):
        word = match.group().lower()
        country = _COUNTRIES.get(word) or _COUNTRIES.get(word.removesuffix("'s"))
        if country:
            found[country] = found.get(country, 0) + 1
    return found


def homes(promises: Iterable[tuple[str, frozenset[str], int]]) -> Mapping[str, frozenset[str]]:
    """The countries that each administration governs, given the countries that so many of its promises name.

    The home of a promise is seldom said in it; those made beside it tell.
    """
    named: dict[str, Counter[str]] = {}
    for administration, found, count in promises:
        named.setdefault(administration, Counter()).update(dict.fromkeys(found, count))
    return {
        administration: frozenset(
            country for country, count in counts.items() if count >= NAMED_AT_HOME * max(counts.values())
        )
        for administration, counts in named.items()
    }


def fits(home: frozenset[str], country: str) -> bool:
    """Whether what is said of a country may be said of this home: of itself, of a part of it or of the whole."""
    return country in home or (country in HOME and "britain" in home)


def is_elsewhere(home: frozenset[str], country: str) -> bool:
    """Whether a country is another one. Of a part of the kingdom, the whole is not; where there is no home, nothing."""
    return bool(home) and not fits(home, country) and not (country == "britain" and bool(home & HOME))


def is_part(home: frozenset[str], country: str) -> bool:
    """Whether a country is a part of this home that has a government of its own, and is not the home itself."""
    return country in PARTS and country not in home and bool(home & HOME)


def currency(home: frozenset[str]) -> str:
    """The sign of the money that is used there, or nothing where that is not known."""
    if home & HOME:
        return "£"
    return "€" if home & _EURO else "$" if home & _DOLLAR else ""
