"""When two spellings name one certification."""

from __future__ import annotations

import re
from collections.abc import Collection

from indexer.text.tokens import fold_same_length

# The families of standards for which organisations are certified, as they are written.
_FAMILIES = (
    r"(?:uni[\s/-]+)?(?:(?:cei|en)[\s/-]+)*iso(?:[\s/-]*iec)?(?:[\s/-]*ts)?[\s-]*\d{4,5}(?:-\d{1,2}(?!\d))?",
    r"(?:uni[\s/-]*)?p\.?d\.?r\.?[\s-]*\d{2,3}",
    r"(?:sa|as|bs|ohsas)[\s-]*\d{4,5}",
    r"uni[\s/-]+(?:(?:cei|en)[\s/-]+)*\d{4,5}(?:-\d{1,2}(?!\d))?",
    r"(?:cei[\s/-]+)?en[\s-]*\d{4,5}(?:-\d{1,2}(?!\d))?",
    r"emas(?!\w)",
    r"(?:sulla\s+|per\s+la\s+|della\s+|di\s+)?parita\s+di\s+genere(?!\s+uni)",
)


_STANDARD = re.compile(
    rf"(?<![\w/-])(?:{'|'.join(_FAMILIES)})(?:[:/]?(?<=[:/])(?:19|20)\d\d)?(?!\w)"
)


_PREFIX = re.compile(r"^(?:(?:uni|cei|en)(?=.*iso)|uni(?=pdr)|cei(?=en))+")


_YEAR = re.compile(r"[:/](?:19|20)\d\d$")


_PARITY = "pdr125"  # UNI/PdR 125, which people call by its subject


def certification_key(text: str) -> str:
    """What spellings of one certification share: "UNI CEI ISO/IEC 27001:2022" gives "iso27001".

    Text around a standard is dropped; what names none is its letters and digits.
    """
    folded = fold_same_length(text)
    found = _STANDARD.search(folded)
    return _key(found[0] if found else folded)


def names_any(text: str, asked: Collection[str]) -> bool:
    """Whether a text names one of these certifications, given as keys, however it writes them."""
    found = {_key(match[0]) for match in _STANDARD.finditer(fold_same_length(text))}
    return any(holds(found, one) for one in asked)


def _key(folded: str) -> str:
    bare = _YEAR.sub("", folded)
    part = re.search(r"(?<=\d)-(\d{1,2})$", bare)
    if "parita" in bare:
        return _PARITY
    letters = "".join(c for c in (bare[: part.start()] if part else bare) if c.isalnum())
    letters = _PREFIX.sub("", letters.replace("isoiec", "iso").replace("isots", "iso"))
    return f"{letters}-{part[1]}" if part else letters


def holds(held: Collection[str], asked: str) -> bool:
    """Whether one of these keys is the certification: "iso20000" is held by "iso20000-1"."""
    return any(key == asked or key.startswith(f"{asked}-") for key in held)
