"""The context of a place name: prepositions, head nouns, distances, "outside".

Patterns match folded words joined by single spaces, so they need not handle case, accents,
apostrophes or spacing; each looks at a few words only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.domain import PlaceLevel, PlaceRelation
from indexer.places.tokens import Token

DEFAULT_RADIUS_KM = 40.0  # between the centres of two comuni: half an hour by car
_MAX_RADIUS_KM = 500.0
_WINDOW = 11  # words examined before a name; the longest expression has about ten
_KM_PER_MILE = 1.609


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_ARTICLE = r"(?:il|lo|la|l|i|gli|le|the)"
_IN = (
    r"(?:in|nel|nello|nella|nell|nei|negli|nelle|at|across|throughout"
    r"|(?:in |across )?all (?:of|over))"
)
_TO = r"(?:a|ad|al|allo|alla|all|ai|agli|alle)"
_FROM = r"(?:da|dal|dallo|dalla|dall|dai|dagli|dalle|from)"
_OF = r"(?:di|d|del|dello|della|dell|dei|degli|delle|de|of)"
_OTHER = (
    r"(?:su|sul|sullo|sulla|sull|sui|sugli|sulle|per|con|col|with|presso|verso|attraverso|for|to|into"
    r"|within|inside)"
)
_AMONG = r"(?:tra|fra|between|among)"

_PROVINCE = (
    r"(?:provincia(?: autonoma)?|provinc(?:i?e|es)|prov|hinterland|circondario|cintura"
    r"|area metropolitana"
    r"|citta metropolitana|metropolitan area|metropolitan city)"
)
_COMUNE = r"(?:comune|citta|cittadina|capoluogo|city|town|municipality|centro di|centro storico)"
_REGION = r"(?:regione|regioni|regions?)"
_ZONE = r"(?:zona|zone|area|aree|parti|areas|district|surroundings|vicinity)"
_LAND = (
    r"(?:riviera|costa|costiera|appennino|pianura|bassa|campagna|campagne|collina|colline|montagna"
    r"|entroterra|territorio|territori|distretto|comprensorio|coast|countryside)"
)
_SEATED = (
    rf"(?:(?:(?:con|ha|hanno|avente|aventi|with|has|have) (?:{_ARTICLE} |una |un |a )?"
    r"(?:base|ufficio|uffici|office|offices)|(?:con |(?:che )?(?:ha|hanno) |avente |aventi )?"
    r"(?:la |una )?(?:sede|sedi))(?: legale| operativa| operative| principale| fisica)?"
    r"|situat[aeio]|basat[aeio]|ubicat[aeio]|localizzat[aeio]|based|located|headquartered|situated)"
)

_COMPASS = (
    r"(?:nord|sud|est|ovest|nord (?:est|ovest)|sud (?:est|ovest)|nordest|nordovest|sudest|sudovest)"
)
_ENGLISH_COMPASS = r"(?:north|south|east|west)"
_TENS = {
    "cinque": 5, "dieci": 10, "quindici": 15, "venti": 20, "trenta": 30, "quaranta": 40,
    "cinquanta": 50, "sessanta": 60, "settanta": 70, "ottanta": 80, "novanta": 90, "cento": 100,
    "cinquantina": 50, "ventina": 20, "trentina": 30, "quarantina": 40, "decina": 10,
    "ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}  # fmt: skip
_NUMBER = rf"(?P<number>\d{{1,4}}|{'|'.join(_TENS)})"
_UNIT = r"(?P<unit>km|kms|k m|chilometri|chilometro|kilometers|kilometres|kilometer|miles|mile)"
_ABOUT = r"(?:circa |massimo |al massimo |meno di |non piu di |about |max |una |un )*"
_DISTANCE = (
    rf"(?:(?:entro|nel|in|within|a|ad|nell arco|less than|fino a)"
    rf"(?: un| il| a)?(?: raggio)?(?: massimo)?(?: di)? )?{_ABOUT}{_NUMBER} ?{_UNIT}"
    rf"(?: di distanza| radius| di raggio| away)? (?:{_FROM}|{_OF}|{_TO}|around|intorno {_TO})"
)
# "A mezz'ora di macchina da Padova": the radius at which DEFAULT_RADIUS_KM is half an hour.
_MINUTES = {
    "un quarto d ora": 15, "mezz ora": 30, "mezzora": 30, "un ora": 60, "un ora e mezza": 90,
    "due ore": 120, "half an hour": 30, "an hour": 60, "one hour": 60, "two hours": 120,
}  # fmt: skip
_BY_CAR = r"(?:auto|macchina|viaggio|strada|treno|car|drive|train)"
_JOURNEY = (
    rf"(?:(?:a|ad|entro|in|within) )?{_ABOUT}"
    rf"(?P<journey>{'|'.join(_MINUTES)}|\d{{1,3}} (?:minuti|min|minutes|mins))"
    rf"(?: s)?(?: circa)?(?:(?: (?:di|in|by))? {_BY_CAR})*(?: away)? {_FROM}"
)
_CLOSE = _any(
    rf"(?:qui |molto |piu |abbastanza )?(?:vicin|vicinissim)[aoie] (?:{_TO}|{_FROM})",
    # As people type it; "nel vicino Veneto" is in it.
    r"(?:qui )?(?<! il )(?<!nel )(?<!del )(?<!dal )(?<! al )vicino",
    rf"non (?:troppo |molto )?(?:lontan[aoie]|distant[ei]) {_FROM}",
    rf"poco (?:lontan[aoie]|distant[ei]) {_FROM}",
    rf"(?:poco|appena) fuori(?: (?:{_FROM}|{_IN}))?",
    rf"(?:nelle |alle |in )?vicinanze {_OF}",
    rf"(?:nei |in )?pressi {_OF}",
    rf"(?:nei |i |dai )?dintorni {_OF}",
    rf"(?:intorno|attorno)(?: {_TO})?",
    rf"a ridosso {_OF}",
    rf"alle porte {_OF}",
    rf"a due passi {_FROM}",
    rf"(?:a|verso) {_COMPASS} {_OF}|to the {_ENGLISH_COMPASS} {_OF}",
    r"(?:very )?(?:near|nearby)(?: to)?",
    r"(?:close|next) to",
    r"around",
    r"not far from",
    rf"(?:just |a bit )?(?<!the ){_ENGLISH_COMPASS} {_OF}",
    r"in the (?:vicinity|surroundings) of",
)
_ANYWHERE = r"(?:all|anywhere|everywhere|anyone|everyone|ovunque|dappertutto)"
_BUT = r"(?:(?:ma|pero|purche|basta che|che|but|and|as long as|that|who|it s|its) )*"
_EXCEPT = _any(
    rf"(?:al |all )?(?:di )?(?:fuori|esterno) (?:{_FROM}|{_OF})",
    rf"(?:molto )?lontan[aoie] {_FROM}|far (?:away )?from",
    rf"(?:{_ANYWHERE} )?(?:fuori|(?:tranne|eccetto|salvo|fuorche)(?: che)?|a parte"
    r"|eccezion fatta per|(?:ad )?esclus[aoie]|escludendo)",
    rf"(?:ad |con l )?eccezione (?:fatta )?(?:per|{_OF})",
    rf"ad esclusione {_OF}",
    rf"{_BUT}(?:non|no|(?:(?:is|are|be) )?not|(?:isn|aren|don|doesn) t)",
    rf"{_ANYWHERE} (?:but|meno)",
    rf"(?:{_ANYWHERE} )?(?:outside(?: of)?|except(?: for| in)?|excluding|other than)",
)
_NOT_BE = (
    r"(?: (?:(?:si )?trov(?:a|ano|i|ino)|e|sia|siano|sono|sta|stia|stiano|stanno|opera|operano"
    r"|operi|operino|lavor(?:a|ano|i|ino)|viene|vengono|provien[ei]|quell[aeio]|chi|is|are|be|being"
    r"|come|coming|from those|those|(?:the )?ones|che sono|che stanno"
    rf"|(?:(?:le|la|i|gli) )?(?:cooperativ[ae]|coop|aziend[ae]|impres[ae]|realta)))?(?: {_SEATED})?"
)

# "a nord di Milano" is near it, "nel nord della Toscana" is in it: hence the look behind.
_HEAD = re.compile(
    rf" (?:(?P<province>{_PROVINCE})|(?P<comune>{_COMUNE})|(?P<region>{_REGION})|(?P<zone>{_ZONE})"
    rf"|(?P<land>{_LAND}|(?:(?<! a ){_COMPASS}|(?<=the )(?<!to the ){_ENGLISH_COMPASS})(?= {_OF})))"
    rf"(?: {_OF})?(?: {_ARTICLE})?$"
)
_PROVINCES = re.compile(r" (?:(?:nelle|delle|alle|dalle|sulle|le) province|provincie|provinces) ")
_LAST_SEATED = re.compile(rf" {_SEATED}$")
_BEFORE = tuple(
    (kind, re.compile(rf" (?:{pattern})(?: {_ARTICLE})?$"))
    for kind, pattern in (
        ("near", rf"{_DISTANCE}|{_JOURNEY}|{_CLOSE}"),
        ("outside", rf"{_EXCEPT}{_NOT_BE}(?: (?:{_IN}|{_TO}|{_FROM}|{_OF}))?"),
        ("among", _AMONG),
        ("in", rf"{_IN}(?: tutt[aoie])?"),
        ("to", rf"{_TO}(?: tutt[aoie])?"),
        ("from", _FROM),
        ("of", rf"{_OF}(?: tutt[aoie])?"),
        ("whole", rf"(?:{_OTHER} )?tutt[aoie]"),
        ("other", _OTHER),
        ("article", _ARTICLE),
    )
)


@dataclass(frozen=True, slots=True)
class LeftContext:
    """The expression before a place name.

    Attributes:
        start: index of its first token.
        kind: the kind of preposition, "" for none.
        head: the kind of head noun ("province", "comune", "region", "zone", "land"), "" for none.
        head_capital: whether the head noun is capitalised: "del Comune di Modena" (the
            institution) as opposed to "nel comune di Modena".
        provinces: whether the head noun covers a list: "nelle province di Ferrara e Ravenna".
        radius_km: for the kind "near".
    """

    start: int
    kind: str = ""
    head: str = ""
    head_capital: bool = False
    provinces: bool = False
    radius_km: float = DEFAULT_RADIUS_KM

    @property
    def relation(self) -> PlaceRelation:
        """The relation expressed by the preposition."""
        return _RELATIONS.get(self.kind, PlaceRelation.IN)

    @property
    def locative(self) -> bool:
        """Whether only a place can follow: "in", "a", "vicino a", "provincia di"."""
        return self.kind in {"in", "to", "near", "outside"} or bool(self.head)

    @property
    def any_preposition(self) -> bool:
        """Whether there is a preposition that can introduce a place."""
        return self.locative or self.kind in {"from", "of", "other", "among", "whole"}


_RELATIONS = {"near": PlaceRelation.NEAR, "outside": PlaceRelation.OUTSIDE}


def _cut(window: str, end: int, at: int) -> int:
    """The token index where a match at the end of the window starts."""
    return end - window.count(" ", at)


def left_context(tokens: Sequence[Token], at: int, floor: int) -> LeftContext:
    """Parse the words before token ``at``.

    Args:
        tokens: the text.
        at: index of the name's first token.
        floor: index of the first token that may be used.
    """
    first = at
    lowest = max(floor, at - _WINDOW)
    while first > lowest and tokens[first].joined:
        first -= 1
    if first == at:
        return LeftContext(at)
    window = "".join(f" {token.word}" for token in tokens[first:at])
    start, head, capital = at, "", False
    provinces = _PROVINCES.search(window) is not None
    if match := _HEAD.search(window):
        head = match.lastgroup or ""
        start = _cut(window, at, match.start())
        capital = tokens[start].capital
        window = window[: match.start()]
    before = _read_preposition(window, start)
    return replace(before, head=head, head_capital=capital, provinces=provinces)


def _read_preposition(window: str, start: int) -> LeftContext:
    kind, radius = "", DEFAULT_RADIUS_KM
    for name, pattern in _BEFORE:
        if match := pattern.search(window):
            kind = name
            start = _cut(window, start, match.start())
            window = window[: match.start()]
            radius = _radius(match) if name == "near" else radius
            break
    if kind in {"in", "to", "near"} and (match := _LAST_SEATED.search(window)):
        start = _cut(window, start, match.start())
    return LeftContext(start, kind, radius_km=radius)


def _radius(match: re.Match[str]) -> float:
    number, journey = match["number"], match["journey"]
    if journey is not None:
        value = DEFAULT_RADIUS_KM / 30 * (_MINUTES.get(journey) or int(journey.split()[0]))
    elif number is not None:
        value = float(_TENS.get(number) or number)
        value *= _KM_PER_MILE if match["unit"].startswith("mi") else 1
    else:
        return DEFAULT_RADIUS_KM
    return min(_MAX_RADIUS_KM, max(1.0, round(value, 1)))


@dataclass(frozen=True, slots=True)
class RightContext:
    """The words after a name that belong to it: "Naples province", "Bologna e dintorni"."""

    end: int
    head: str = ""
    relation: PlaceRelation | None = None


_AFTER = re.compile(
    r"(?:(?P<province>(?:province|metropolitan (?:area|city)|hinterland"
    r"|provincia(?! (?:di|del|della|dell|autonoma)\b)"
    r"|(?:e|and) (?:in |nella )?(?:la |its |tutta la )?(?:sua )?"
    r"(?:provincia|province|hinterland|cintura|area metropolitana)))"
    r"|(?P<near>(?:e|and|o) (?:i |le |nei |the )?(?:suoi |immediati )?(?:dintorni|vicinanze"
    r"|zone limitrofe|zona limitrofa|comuni limitrofi|paesi limitrofi|zone vicine|surroundings"
    r"|surrounding areas?))"
    # "Puglia esclusa Foggia" leaves out the latter: nothing may follow but another clause.
    r"|(?P<outside>(?:esclus[aoie]|excluded)(?=$| (?:che|chi|con|per|e|who|that|with)))"
    r"|(?P<region>region)|(?P<comune>city|town)|(?P<zone>area|district))\b"
)
_ENGLISH_ONLY = frozenset({"region", "comune", "zone"})


def right_context(tokens: Sequence[Token], at: int, *, english: bool) -> RightContext:
    """Parse the words from token ``at`` on.

    Args:
        tokens: the text.
        at: index after the name's last token.
        english: whether the text is English, which allows "Bologna area".
    """
    last = at
    while last < min(len(tokens), at + 5) and tokens[last].joined:
        last += 1
    match = _AFTER.match(" ".join(token.word for token in tokens[at:last]))
    if match is None:
        return RightContext(at)
    end = at + match.group().count(" ") + 1
    if match.lastgroup in _ENGLISH_ONLY and not english and end < len(tokens):
        return RightContext(at)  # "a Bologna area sociale" has no "Bologna area"
    if match.lastgroup == "near":
        return RightContext(end, "", PlaceRelation.NEAR)
    if match.lastgroup == "outside":
        return RightContext(end, "", PlaceRelation.OUTSIDE)
    return RightContext(end, match.lastgroup or "")


LEVEL_OF_HEAD = {
    "province": PlaceLevel.PROVINCIA,
    "comune": PlaceLevel.COMUNE,
    "region": PlaceLevel.REGIONE,
}
