"""Words of public affairs that mean nearly the same, so that a promise is known in other words. Pure."""

from __future__ import annotations

from functools import lru_cache

from commitments.linking import terms

#: One meaning a line. General words of government and policy, from every department; no names of schemes.
_GROUPS = """
bill act law legislation legislate legislative statute statutory
increase raise rise grow growth boost uplift expand expansion extra additional
reduce cut lower decrease fall drop shrink
half halve halving
double doubling twice
recruit hire recruitment employ appoint
fund funding money grant invest investment spend spending cash budget finance package
staff personnel workforce official caseworker employee
worker labour labourer
build construct construction building
launch start begin commence introduce establish create
open opening
close shut closure
ban outlaw prohibit illegal unlawful criminalise
crime offence criminal
pilot trial test trialled
inquiry enquiry investigation probe
review evaluate evaluation assessment assess
charge fee levy cost price
backlog queue waiting caseload undecided
decision decide determine
victim survivor
company firm business employer
boat dinghy vessel ship
car vehicle
child children pupil minor
young youth teenager
woman women female girl
old older elderly pensioner
house home housing dwelling
doctor physician gp
nurse nursing midwife
hospital ward
teacher teaching tutor
school classroom academy
university college campus
train rail railway
road motorway highway
bus coach
plane aircraft flight aviation
energy electricity power
emission carbon greenhouse
pollution sewage
river sea water
tree woodland forest
farm farmer agriculture
army soldier troop military
prison jail custody
prisoner inmate
court tribunal judge
sentence sentencing penalty punishment
fine penalty
police constable officer
migrant refugee immigrant
return remove removal deport deportation repatriate
border frontier
smuggle smuggler trafficking trafficker
gang network organised
abolish scrap replace axe
protect protection safeguard
inspect inspection visit
raid operation
benefit allowance welfare
wage pay salary
tax taxation
job employment vacancy
train training trained course
plan strategy roadmap programme
agreement deal pact treaty accord
partnership cooperation collaborate
agency body authority regulator
network system infrastructure
technology digital equipment kit device
camera video
data information statistics
advert advertising campaign publicity awareness
guidance code rules
power powers
region area local locality
council municipality
country nation
commission commissioner
report publish publication
respond response reply answer
delay postpone
complete finish deliver
target goal aim objective
"""

#: Words with the same beginning of so many letters are kin ("smuggler", "smuggling").
KIN_LETTERS = 6


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    known: dict[str, str] = {}
    for line in _GROUPS.strip().splitlines():
        words = line.split()
        for word in words:
            known.setdefault(terms.stem(word), words[0])
    known.pop("", None)
    return known


@lru_cache(maxsize=65536)
def meaning(stem: str) -> str:
    """What stands for all words that mean nearly the same; kin of a word where nothing better is known."""
    return _meanings().get(stem) or stem[:KIN_LETTERS]
