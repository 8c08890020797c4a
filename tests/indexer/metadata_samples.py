"""A value for each field of the metadata contract, made from the field's type.

A field that is added gets its sample by itself, and with it the tests that it is read and kept.
"""

from __future__ import annotations

from datetime import date
from typing import get_type_hints

from indexer.domain import Period, Place
from indexer.source.metadata import Fields

_BY_TYPE: dict[object, object] = {
    str: "Parola",
    bool: True,
    int | None: 7,
    date | None: date(2025, 3, 5),
    Period | None: "2025-03",
    Place | None: "Imola",
    tuple[str, ...]: ["Prima", "Seconda"],
    tuple[Place, ...]: ["Imola", "Modena"],
}
_BY_NAME: dict[str, object] = {
    "kind": "event",
    "language": "fr",
    "vat": "00488410010",
    "visibility": "members",
}
WRITTEN = {"period": "date"}  # as documents call an attribute of another name
SAMPLES: dict[str, object] = {
    name: _BY_NAME[name] if name in _BY_NAME else _BY_TYPE[kind]
    for name, kind in get_type_hints(Fields).items()
}
