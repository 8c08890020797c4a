"""Italian names of clients with the article that they want after a preposition. Pure."""

from __future__ import annotations

import re

_ENDINGS = (("zione", "f"), ("sione", "f"), ("gione", "f"), ("tà", "f"), ("a", "f"), ("o", "m"))
# Nouns whose ending does not tell their gender.
_GENDERS = dict.fromkeys(("comune", "ente", "festival", "ospedale", "tribunale", "liceo"), "m")
_GENDERS |= dict.fromkeys(("rete", "unione", "multiutility", "utility", "asl", "ausl", "usl"), "f")
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
    ending = next((gender for end, gender in _ENDINGS if word.endswith(end)), "")
    gender = _GENDERS.get(word, ending)
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
