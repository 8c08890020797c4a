"""The name of a profile that states none, looked for where people look: its heading. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.domain import ParsedText
from indexer.parsing.titles import made_by_program
from indexer.text.folding import fold
from indexer.text.organisation_names import name_key
from indexer.vocabulary import Linker

_WORDS = 8  # of a name, by hand
_PART_OF_TITLE = re.compile(r"\s+[|–—·•»:>-]+\s+|\s*\|\s*|:\s+")
_COOPERATIVE = re.compile(
    r"\b(?:cooperativ[ae]|coop|consorzio|soc\. ?coop|societa cooperativa|s\.?c\.?a?\.?r\.?l|onlus|"
    r"s\.?c\.?s|cooperative)\b"
)
# What stands before a name in a heading ("Scheda della cooperativa Robinia"), or in its place.
_ABOUT = re.compile(
    r"(?:(?:la )?(?:scheda|profilo|presentazione|brochure|carta d.identita|curriculum|"
    r"company profile|profile|about|chi siamo|benvenuti|welcome|sito ufficiale|sito)\b"
    r"(?: (?:informativa|aziendale|socio|soci|di adesione|anagrafica|ufficiale)\b)*"
    r"(?: (?:di|del|della|dell|in|to|of|a|alla|the|societa|cooperativa|socia|sociale)\b)* ?)+"
)
_GENERIC = re.compile(
    r"(?:chi siamo|la (?:nostra )?(?:cooperativa|storia|societa|mission)|cooperativa|cosa facciamo|"
    r"(?:i )?(?:nostri |principali )?servizi(?: offerti)?|home ?page|home|contatti|indice|sommario|"
    r"introduzione|premessa|attivita|le nostre attivita|competenze|about(?: us)?|our services|"
    r"services|contacts?|contents|index|introduction|modulo(?: di)? \w+|scheda \w+|dove siamo|"
    r"mission|vision|storia|portfolio|progetti|news|allegato.*|titolo|totale.*|note?|fonte.*|\d.*)"
)
_PROPER = r"[A-ZÀ-Ü][\w'&.-]*(?: (?:(?:e|di|del|della|dei|&) )?[A-ZÀ-Ü0-9][\w'&-]*){0,4}"
# The first sentence of a text that has no heading: "Robinia è una cooperativa di Padova".
_SAID = re.compile(
    rf"^(?P<before>{_PROPER}),? (?:è|is) (?:una |un |la |a |an |the )?(?:\w+ )?"
    r"(?:cooperativ|consorzio|co-?op)"
    rf"|^La (?:società )?cooperativa (?:sociale )?(?P<after>{_PROPER})(?: (?:è|ha|nasce)\b|,)"
)
_WE = re.compile(r"\b(?:siamo (?:una|un|la|il) (?:\w+ )?(?:cooperativ|consorzi)|we are an? )")


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name that a document seems to give itself; ``sure`` if more than its place says so."""

    name: str
    sure: bool


def own_name(parsed: ParsedText, stated: str = "") -> OwnName | None:
    """The name in a document's title or first heading, unless that is no name.

    A title of the site's form "Chi siamo | Robinia" has it in one of its parts.

    Args:
        parsed: The document.
        stated: The title that its metadata states, which a person wrote.
    """
    if stated and _may_be_name(stated):
        return OwnName(stated, sure=True)
    first = next((block.headings[0] for block in parsed.blocks if block.headings), "")
    text = fold(" ".join(block.text for block in parsed.blocks))
    for title in dict.fromkeys((parsed.title, first)):
        parts = [_bare(part) for part in _PART_OF_TITLE.split(title)]
        names = [part for part in parts if _may_be_name(part)]
        names.sort(key=lambda name: not _supported(name, text))
        if names:
            sure = _supported(names[0], text) or _WE.search(text) is not None
            return OwnName(names[0], sure)
    said = _SAID.search(parsed.blocks[0].text) if parsed.blocks else None
    return OwnName(said["before"] or said["after"], sure=True) if said else None


def _bare(part: str) -> str:
    """A part of a title without the words that stand before a name."""
    folded = fold(part)
    about = _ABOUT.match(folded)
    named = part[about.end() :].strip() if about and len(folded) == len(part) else part.strip()
    return named.strip("«»\"' ")


def _may_be_name(part: str) -> bool:
    """Whether a text has the form of a name, and is not what a cooperative does."""
    folded = fold(part)
    words = part.split()
    if not words or len(words) > _WORDS or made_by_program(part) or _GENERIC.fullmatch(folded):
        return False
    if _COOPERATIVE.search(folded) and name_key(part):
        return True
    long = [word for word in words if len(word) > 3]
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in long)
    titled = words[0][0].isupper() and capitals * 2 > len(long)
    is_prose = part.endswith((".", "!", "?", ":", ";", ","))
    return titled and not is_prose and not Linker.load().mentions(part)


def _supported(name: str, text: str) -> bool:
    """Whether more than its place says that it is a name: its legal form, or the text."""
    said = re.search(rf"\b{re.escape(name_key(name))}\b", text) if name_key(name) else None
    return _COOPERATIVE.search(fold(name)) is not None or said is not None
