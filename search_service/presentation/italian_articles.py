"""Italian names with the article that they want, alone or after a preposition. Pure."""

from __future__ import annotations

import re

from indexer.domain import Place, PlaceLevel

# --- places after "da" -----------------------------------------------------------------------

_PLURAL = frozenset({"Marche"})
_MASCULINE = frozenset(
    {
        "Abruzzo",
        "Friuli-Venezia Giulia",
        "Lazio",
        "Molise",
        "Piemonte",
        "Trentino-Alto Adige",
        "Veneto",
    }
)
_ISLES = "area:isole"
_VOWELS = "AEIOU"


def away_from(place: Place, name: str) -> str:
    """What follows "fuori": "dalla Sardegna", "dal Lazio", "dalla provincia di Bari", "da Roma".

    A comune's own article stays apart ("da La Spezia") unless it is elided ("dall'Aquila").

    Args:
        place: The place.
        name: How it is called: its label.
    """
    if place.level is PlaceLevel.PROVINCIA:
        return f"dalla {name}"
    if place.level is PlaceLevel.COMUNE:
        return f"dall'{name[2:]}" if name.startswith("L'") else f"da {name}"
    if name in _PLURAL or place.id == _ISLES:
        return f"dalle {name}"
    if name[0] in _VOWELS:
        return f"dall'{name}"
    if name in _MASCULINE or place.level is PlaceLevel.AREA:
        return f"dal {name}"
    return f"dalla {name}"


# --- clients ---------------------------------------------------------------------------------

# The gender that an ending tells, the longest first: words in -ma from Greek are masculine
# ("sistema"), those from Latin are not ("piattaforma"). "-" stands for those that may be either.
_ENDINGS = {
    "zione": "f", "sione": "f", "gione": "f", "trice": "f", "tà": "f", "tù": "f",
    "gramma": "m", "orama": "m", "stema": "m", "blema": "m", "sma": "m", "ore": "m",
    "iere": "m", "ista": "-", "iatra": "-", "a": "f", "o": "m",
}  # fmt: skip
# Words that their ending does not tell, or of another gender than it says.
_GENDERS = {
    "m": "comune ente festival ospedale tribunale cinema clima coma diploma dogma dramma dilemma "
    "emblema enigma genoma idioma lemma magma patema plasma poema prisma schema tema teorema "
    "trauma aroma poeta patriarca",
    "f": "rete unione multiutility utility asl ausl usl radio foto auto moto mano dinamo biro "
    "filiale centrale capitale succursale onlus startup app serie specie crisi analisi "
    "tesi sintesi oasi",
    "-": "pilota atleta geometra collega eco metro analista astronauta quattro otto trenta "
    "quaranta cinquanta sessanta settanta ottanta novanta centinaia migliaia paia uova",
}
_GENDER_OF = {word: gender for gender, words in _GENDERS.items() for word in words.split()}
# What is written with a capital letter is a proper name, without an article, unless it begins so.
_INSTITUTIONS = frozenset(
    "agenzia associazione autorità azienda camera città comune consiglio consorzio ente fondazione "
    "gruppo istituto ministero museo ospedale parco politecnico provincia regione teatro tribunale "
    "unione università".split()
)
_HAS_ONE = re.compile(r"(?:un|uno|una|il|lo|la|i|gli|le)\s|(?:un|l)['’]", re.IGNORECASE)
_LO = re.compile(r"(?:s[^aeiou]|z|gn|ps|pn|x|y)", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiouàèéìòù]", re.IGNORECASE)


def with_article(name: str) -> str:
    """A client as a sentence names it: "un museo", "il Comune di Bologna", "Spola".

    Empty where the gender of its first word cannot be told ("grande ateneo").
    """
    if _HAS_ONE.match(name):
        return name
    first = name.split(maxsplit=1)[0]
    proper = not first.islower()
    if proper and first.lower() not in _INSTITUTIONS:
        return name
    word = first.lower()
    gender = _gender(word)
    if not gender:
        return ""
    if _VOWEL.match(word):
        elided = {"m": "un ", "f": "un'"}[gender]
        return ("l'" if proper else elided) + name
    if gender == "f":
        return f"{'la' if proper else 'una'} {name}"
    if _LO.match(word):
        return f"{'lo' if proper else 'uno'} {name}"
    return f"{'il' if proper else 'un'} {name}"


def _gender(word: str) -> str:
    """The gender of a noun in the singular, "m" or "f"; empty if it cannot be told."""
    ending = next((gender for end, gender in _ENDINGS.items() if word.endswith(end)), "")
    return _GENDER_OF.get(word, ending).strip("-")
