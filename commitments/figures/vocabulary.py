"""Word lists by which what a number counts is told from the words around it."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words at which a noun phrase ends.
STOP = _set(
    """
    of in on at by to for from with without within since after before during under over between among across into
    onto through throughout against about around per than as but or nor so yet if when while where which who whom
    whose that this these those the a an his her its our your their my he she it we you they them us me there here
    is are was were be been being am has have had having do does did will would shall should can could may might
    must not no including include includes plus via until up down out off also now already still just only even
    because although though unless despite every each both either neither compared alone last next today yesterday
    tomorrow worth ever how what why rose fell grew went came took made gave cut found sent saw won left remain
    remains remained means meant stands stood accepts rejects shows says
    """
)
# Numbers in words: no part of a noun phrase.
NUMBER_WORDS = _set(
    """
    one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty
    ninety hundred thousand million billion trillion dozen percentage cent
    """
)
# What stands for many and is no unit of theirs: “waiting lists have fallen to 7.4 million”.
COLLECTIVES = _set("lists list queues queue backlogs backlog waits caseloads caseload populations population totals")
# Full-time equivalents are not heads.
EQUIVALENTS = _set("equivalents equivalent fte ftes wte wtes")
LINKS = frozenset({"and", "&"})
DETERMINERS = _set(
    """
    of the a an its our their his her more fewer less additional extra new further other another such these those
    this total some all around about
    """
)
IRREGULAR_PLURALS = _set(
    """
    people staff children men women police personnel aircraft sheep fish data criteria teeth feet mice media crew
    troops gentlemen policemen firefighters servicemen servicewomen postmen salesmen lives wives
    """
)
# Words in -s that are no plurals.
NOT_PLURALS = _set(
    """
    this is was has its us as yes thus plus perhaps always across news besides towards afterwards overseas various
    previous serious dangerous religious illegal business process access progress success crisis analysis basis gas
    bus campus virus bonus status focus census surplus class mass pass press stress address loss less boss cross
    glass grass wireless homeless express illness witness harness fitness sickness homelessness ruthless unless
    continuous ambitious numerous generous famous precious anonymous indigenous hazardous virtuous infectious
    suspicious malicious logistics politics economics statistics physics athletics whereas james thames wales
    """
)
MONTHS = _set(
    """
    january february march april may june july august september october november december
    """
)
# Whoever is counted as a person and not for an office they hold.
PERSONS = _set(
    """
    people person persons individuals migrants immigrants emigrants refugees nationals citizens criminals offenders
    residents asylum-seekers seekers returnees arrivals foreigners entrants
    """
)
DONE_TO_PERSONS = _set(
    """
    removed returned deported arrested charged convicted recruited hired killed injured trained employed vaccinated
    treated detained resettled evacuated housed rescued granted
    """
)
# Participles that say nothing of what happened to a thing counted.
LIGHT_VERBS = _set(
    """
    made been given taken seen carried expected needed based used called said announced estimated designed aimed
    related linked aged had required compared including combined united limited increased reduced added revealed
    reported confirmed showed published provided pledged promised committed indeed involved agreed worked followed
    continued revised corrected
    """
)
# Verbs that carry a noun for money as their object: “takes total funding to”.
CARRYING_VERBS = _set(
    """
    take takes took bring brings brought give gives gave put puts get gets make makes see sees saw increase increases
    cut cuts
    """
)
# What a sum of money is called.
MONEY_NOUNS = _set(
    """
    funding investment boost grant grants fund budget fine fines fee fees cost costs price prices rise increase cut
    cuts spending package saving savings revenue revenues tax taxes debt pay wage wages contract contracts loan
    loans settlement allocation compensation damage damages profit profits losses loss deficit surplus shortfall
    uplift injection scheme programme project subsidy aid support cash money turnover sales exports imports trade
    reward charge bill bills salary salaries income penalty penalties deal borrowing value reserve payment payments
    bonus benefit benefits cap pot
    """
)
CHANGE_NOUNS = _set(
    """
    increase rise fall drop decline decrease reduction uplift boost cut growth jump surge improvement gain hike
    """
)
# Units of measure: what is counted follows after “of”.
MEASURES = _set(
    """
    tonnes tons kilograms kg kilos grams litres hectares acres miles kilometres km metres gigawatts gw megawatts mw
    terawatt-hours twh doses units pieces items pairs packs barrels gallons cubic square hundreds thousands millions
    """
)
# Signs of measures, written against the number, and the words for them.
SYMBOLS = {
    "GWh": "gigawatt-hours",
    "MWh": "megawatt-hours",
    "TWh": "terawatt-hours",
    "kWh": "kilowatt-hours",
    "GW": "gigawatts",
    "MW": "megawatts",
    "kW": "kilowatts",
    "Mt": "million tonnes",
    "kg": "kilograms",
    "km": "kilometres",
    "ha": "hectares",
    "Gbps": "gigabits per second",
    "Mbps": "megabits per second",
}
# Participles that verbs do not form with -ed, and verbs that are read for their participle.
PARTICIPLES = {
    "building": "built",
    "built": "built",
    "build": "built",
    "making": "made",
    "cutting": "cut",
    "putting": "deployed",
    "buying": "bought",
    "selling": "sold",
    "sending": "sent",
    "finding": "found",
    "bringing": "brought",
    "cut": "cut",
    "sold": "sold",
    "bought": "bought",
    "sent": "sent",
    "lost": "lost",
    "spent": "spent",
    "held": "held",
    "put": "deployed",
    "born": "born",
    "hired": "hired",
    "hire": "hired",
    "recruit": "recruited",
    "train": "trained",
    "plant": "planted",
    "create": "created",
    "open": "opened",
    "remove": "removed",
    "return": "returned",
    "ban": "banned",
    "deliver": "delivered",
    "close": "closed",
    "fund": "funded",
}
DURATIONS = {
    "second": "seconds",
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "night": "nights",
    "week": "weeks",
    "month": "months",
    "year": "years",
    "decade": "decades",
}
