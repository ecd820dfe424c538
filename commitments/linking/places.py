"""Which countries a text speaks of. Pure."""

from __future__ import annotations

import re

#: Names of countries and of their people, by country. Those that are also common English words are left out.
_NAMES = """
afghanistan afghan afghans|albania albanian albanians|algeria algerian|argentina argentine argentinian
australia australian australians canberra queensland victoria's nsw|austria austrian vienna|bangladesh bangladeshi
belgium belgian brussels|bolivia bolivian|bosnia bosnian|brazil brazilian|bulgaria bulgarian|cambodia cambodian
canada canadian canadians ottawa ontario quebec alberta|chile chilean|china chinese beijing|colombia colombian
croatia croatian|cuba cuban|cyprus cypriot|czechia czech|denmark danish danes copenhagen|egypt egyptian cairo
eritrea eritrean|estonia estonian|ethiopia ethiopian|finland finnish helsinki|france french paris calais dunkirk
germany german germans berlin|ghana ghanaian|greece greek athens|hungary hungarian budapest|iceland icelandic
india indian indians delhi|indonesia indonesian jakarta|iran iranian iranians tehran|iraq iraqi iraqis baghdad
israel israeli israelis|italy italian rome|jamaica jamaican|japan japanese tokyo|jordanian|kazakhstan kazakh
kenya kenyan nairobi|korea korean seoul|kosovo kosovan|kuwait kuwaiti|latvia latvian|lebanon lebanese|libya libyan
lithuania lithuanian|luxembourg|malaysia malaysian|maltese|mexico mexican|moldova moldovan|morocco moroccan
myanmar burmese|nepal nepalese|netherlands dutch hague|zealand zealanders wellington|nigeria nigerian nigerians
norway norwegian oslo|pakistan pakistani islamabad|palestine palestinian palestinians gaza|peru peruvian
philippines filipino manila|poland warsaw|portugal portuguese lisbon|qatar qatari|romania romanian bucharest
russia russian russians moscow|rwanda rwandan kigali|saudi|senegal senegalese|serbia serbian belgrade|singapore
singaporean|slovakia slovak|slovenia slovenian|somalia somali|spain spanish madrid|srilanka lankan|sudan sudanese
sweden swedish stockholm|switzerland swiss|syria syrian syrians damascus|taiwan taiwanese|tanzania tanzanian
thailand thai bangkok|tunisia tunisian|turkey turkish ankara istanbul|uganda ugandan|ukraine ukrainian ukrainians kyiv
uae emirati dubai|america american americans usa washington federal california texas florida congress|uruguay
venezuela venezuelan|vietnam vietnamese hanoi|yemen yemeni|zambia zambian|zimbabwe zimbabwean
ireland irish dublin taoiseach|scotland scottish scots edinburgh holyrood|wales welsh cardiff senedd
northernireland stormont belfast|england english|britain british britons uk gb
"""


def _countries() -> dict[str, str]:
    known: dict[str, str] = {}
    for group in _NAMES.replace("\n", "|").split("|"):
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
