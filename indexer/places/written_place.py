"""Places as people write them in a register: "Crespina - Pisa", "Via Roma 1, 56121 Pisa", "(Rn)".

``resolve_place`` wants a name of ISTAT's list. Here a hamlet, a slip or an address is read too: the
comune where it can be known, else the province or the region that stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from indexer.domain import Place, PlaceLevel
from indexer.places import data_files
from indexer.places.gazetteer import Gazetteer
from indexer.places.resolve_name import at_level, resolve_place
from indexer.places.tokens import place_key

_POSTCODE = re.compile(r"(?:\bI-?\s?)?(?<!\d)(\d{5})(?!\d)")
_PARTS = re.compile(r"\s*(?:[,;()\[\]\n]|(?<!\d)/)+\s*|\s+[-–—]+\s*|\s*[-–—]+\s+")
_CODE_LAST = re.compile(r"(?P<name>.*\S)\s+(?P<code>[A-Za-z]{2})")
# What stands before a town in an address: a street, a hamlet of it, a number.
_ADDRESS = re.compile(
    r"(?:via|viale|v\.?le|vicolo|piazza|p\.?zza|piazzale|p\.?le|corso|c\.?so|largo|strada|str|"
    r"contrada|c\.?da|localita|localit[aà]|loc|frazione|fraz|borgo|lungo\w+|salita|zona|z\.?i|presso|"
    r"c/o|street|road)\b.*|.*\d.*",
    re.IGNORECASE | re.DOTALL,
)
# Parts of a comune that are called after it: "Marina di Massa", "Lido di Camaiore".
_PART_OF = re.compile(r"(?:marina|lido|porto|stazione|scalo|bagni|terme|ponte) (?:di|d|del|a) (.+)")
_COMPLEMENT = re.compile(r"(?P<town>.+) (?:di|d|del|della|dell|dei|in|sul|al) (?P<after>\S.*)")
_SLIPS = ((8, 2), (5, 1))  # letters of a name, and the slips that it may hold. By hand
_HOUSE_NUMBER = re.compile(r".*\d\S*\s+(?P<town>[^\d]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WrittenPlace:
    """The places that a text can mean, best first; none where nothing in it is known.

    ``precise`` is false where what is written is not known, but the place that it lies in.
    """

    places: tuple[Place, ...] = ()
    precise: bool = True


def written_place(text: str, gazetteer: Gazetteer, beside: Sequence[str] = ()) -> WrittenPlace:
    """Read a place as people write it.

    Args:
        text: The name of a town, with or without its province, or an address.
        gazetteer: The known places.
        beside: What other columns say of where it is: a province, a region, a postcode.
    """
    bare, around = _without_postcode(text, gazetteer)
    around += [place for hint in beside if (place := _enclosing(_padded(hint), gazetteer))]
    if found := _inside(resolve_place(bare, gazetteer), around, gazetteer):
        return WrittenPlace(found)
    parts = [part for part in _PARTS.split(bare) if part.strip(" .")]
    if parts and (coded := _CODE_LAST.fullmatch(parts[-1])) and _is_code(coded["code"], gazetteer):
        parts = [*parts[:-1], coded["name"], coded["code"]]
    for n, part in enumerate(parts):
        later = [p for rest in parts[n + 1 :] if (p := _enclosing(rest, gazetteer))]
        town = _town(part, [*around, *later], gazetteer)
        if town and all(map(_ADDRESS.fullmatch, parts[:n])):
            return WrittenPlace(town)
    # What stands in a column of its own, or as a postcode, counts before what the name may mean.
    known = around or [p for part in parts if (p := _enclosing(part, gazetteer))]
    nearest = sorted(known, key=lambda place: _SMALLEST.index(place.level))
    if not nearest and parts:
        return _called_after(parts[0], gazetteer)
    return WrittenPlace(tuple(nearest[:1]), precise=False)


_SMALLEST = list(PlaceLevel)


def _town(part: str, around: Sequence[Place], gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The comuni that a part of the text can mean inside what stands around it."""
    name = place_key(part)
    named = _comuni(resolve_place(part, gazetteer))
    if found := _inside(named, around, gazetteer):
        return found
    if around and (near := _alike(name, around, gazetteer)):
        return near
    if whole := _PART_OF.fullmatch(name):
        return _inside(_comuni(gazetteer.named(whole[1])), around, gazetteer)
    # A street may be called after a town; after its number stands the town that it is in.
    after = _HOUSE_NUMBER.fullmatch(part)
    found = _comuni(resolve_place(after["town"], gazetteer)) if after else ()
    return _inside(found, around, gazetteer)


def _alike(name: str, around: Sequence[Place], gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The one comune inside a place whose name has a slip, or begins so: "Crespina" of Pisa."""
    comuni = frozenset.intersection(*(gazetteer.comuni(place) for place in around))
    names = {place_key(gazetteer.get(one).name): gazetteer.get(one) for one in comuni}
    begun = [place for known, place in names.items() if known.startswith(f"{name} ")]
    if len(begun) == 1:
        return (begun[0],)
    most = next((slips for letters, slips in _SLIPS if len(name) >= letters), 0)
    slips = {known: OSA.distance(name, known, score_cutoff=most) for known in names}
    best = min(slips.values(), default=most + 1)
    close = [known for known, count in slips.items() if count == best]
    return (names[close[0]],) if best <= most and len(close) == 1 else ()


def _called_after(part: str, gazetteer: Gazetteer) -> WrittenPlace:
    """A hamlet by the town it is called after: "Castiglione d'Otranto" is in Otranto's province.

    Or a town whose complement is no town: "Lugo di Romagna".
    """
    called = _COMPLEMENT.fullmatch(place_key(part))
    if called is None:
        return WrittenPlace()
    towns = _comuni(gazetteer.named(called["after"]))
    if not towns:
        return WrittenPlace(_comuni(gazetteer.named(called["town"])))
    provinces = {gazetteer.parent(town): None for town in towns}
    found = tuple(place for place in provinces if place)
    return WrittenPlace(found if len(found) == 1 else (), precise=False)


def _enclosing(text: str, gazetteer: Gazetteer) -> Place | None:
    """The province or region that a word beside a town names: "(Rn)", "Pisa", "Toscana", a CAP."""
    stripped = text.strip(" .()[]")
    if code := _POSTCODE.fullmatch(stripped):
        return postcode_area(code[1], gazetteer)
    if _is_code(stripped, gazetteer):
        return gazetteer.province_with_code(stripped)
    found = resolve_place(stripped, gazetteer)
    broad = [p for p in found if p.level in (PlaceLevel.PROVINCIA, PlaceLevel.REGIONE)]
    if broad:
        return broad[0]
    provinces = at_level(_comuni(found), PlaceLevel.PROVINCIA, gazetteer) if found else ()
    capital = any(gazetteer.is_capital(town) for town in _comuni(found))
    return provinces[0] if provinces and capital else None


def _padded(column: str) -> str:
    """A postcode from a spreadsheet, which drops its zeros: "137" is 00137."""
    return column.zfill(5) if re.fullmatch(r"\d{3,4}", column) else column


def _without_postcode(text: str, gazetteer: Gazetteer) -> tuple[str, list[Place]]:
    found = _POSTCODE.search(text)
    if found is None:
        return text.strip(), []
    area = postcode_area(found[1], gazetteer)
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip(" -–,")
    return rest, [area] if area else []


def postcode_area(code: str, gazetteer: Gazetteer) -> Place | None:
    """The province, or where several share it the region, of an Italian postcode (CAP)."""
    areas = _postcodes()
    for length in range(len(code), 1, -1):
        if code[:length] in areas:
            return gazetteer.get(areas[code[:length]])
    return None


@cache
def _postcodes() -> dict[str, str]:
    pairs = data_files.id_pairs("postcodes.tsv")
    return {beginning: place for place, codes in pairs for beginning in codes.split()}


def _inside(
    found: Sequence[Place], around: Sequence[Place], gazetteer: Gazetteer
) -> tuple[Place, ...]:
    """Those of some places that lie in all that is said to be around them."""
    return tuple(p for p in found if all(gazetteer.within(p, outer) for outer in around))


def _comuni(found: Sequence[Place]) -> tuple[Place, ...]:
    return tuple(place for place in found if place.level is PlaceLevel.COMUNE)


def _is_code(text: str, gazetteer: Gazetteer) -> bool:
    return len(text) == 2 and gazetteer.province_with_code(text) is not None
