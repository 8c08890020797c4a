"""What a profile states line by line, as a filled form or the foot of a brochure does. Pure.

"Sede: Padova (PD)" and "Competenze: reti, cablaggio" are fields where the metadata has none; and
"siamo una cooperativa di Padova" says where its seat is.
"""

from __future__ import annotations

import re

from indexer.domain import ParsedText, PlaceLevel
from indexer.places import Gazetteer, resolve_place
from indexer.text.field_names import COMPETENCIES, NAME, field_of

_LABEL, _VALUE = 40, 160  # characters, at most
_ITEM = 6  # words of one competence; more are prose. By hand
_LINE = re.compile(rf"(?P<label>[^\W\d][^:\n]{{1,{_LABEL}}}):[ \t]+(?P<value>\S.{{0,{_VALUE}}})")
_STATED = frozenset(
    f"{NAME} vat legal_form seat town works_in {COMPETENCIES} certifications members employees "
    "website contacts".split()
)
_SEATED = re.compile(
    r"\b(?:[Ss]iamo una?|[èÈ] una?|[Nn]asce come|[Ww]e are an?|is an?) (?:\w+ ){0,2}"
    r"(?:cooperativa|consorzio|cooperative)(?: \w+){0,3}? (?:di|a|in|of|con sede (?:a|in)) "
    r"(?P<place>[A-ZÀ-Ü][\w']*(?: (?:(?:di|del|della|nell'|sul|in) ?)?[A-ZÀ-Ü][\w']*){0,3})"
)


def stated_fields(parsed: ParsedText, gazetteer: Gazetteer) -> dict[str, object]:
    """The fields that a profile's text states, the first of each.

    Args:
        parsed: The profile.
        gazetteer: Tells a town from another word.
    """
    lines = [line for block in parsed.blocks for line in block.text.split("\n")]
    found: dict[str, object] = {}
    for line in lines:
        stated = _LINE.fullmatch(line.strip())
        field = field_of(stated["label"]) if stated else None
        if stated and field in _STATED and (field != COMPETENCIES or _is_list(stated["value"])):
            found.setdefault(field, stated["value"])
    if "seat" not in found and "town" not in found:
        for seated in map(_SEATED.search, lines):
            if seated and (town := _town(seated["place"], gazetteer)):
                found["seat"] = town
                break
    return found


def _town(text: str, gazetteer: Gazetteer) -> str:
    """The one comune that a text names, as it is labelled; empty if it names none, or several."""
    found = [p for p in resolve_place(text, gazetteer) if p.level is PlaceLevel.COMUNE]
    return found[0].label if len(found) == 1 else ""


def _is_list(value: str) -> bool:
    return all(len(item.split()) <= _ITEM for item in re.split(r"[,;|]", value.rstrip(".")))
