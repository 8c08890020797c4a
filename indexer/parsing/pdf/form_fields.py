"""What people filled in or wrote on a PDF's page: values of form fields, free-text annotations.

They are not in the page's text: a viewer draws them over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from indexer.text.check_boxes import TICKED, UNTICKED

_HIDDEN = 0b100010  # annotation flags: hidden, not viewed
_PASSWORD = 1 << 13  # flags of a text field
_PUSH_BUTTON = 1 << 16  # flag of a button
_DEEPEST = 20  # a field's parents
_XFA_PLACEHOLDER = 1_000  # characters: more than "Please wait…" says in any language


@dataclass(frozen=True, slots=True)
class Field:
    """What is written in a rectangle of a page, in points of the page's own coordinates.

    ``name`` says what is asked, for a field beside which no label is printed; empty for a free
    text, which stands for itself.
    """

    text: str
    name: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def is_mark(self) -> bool:
        """Whether it is a box to tick."""
        return self.text in (TICKED, UNTICKED)


def page_fields(page: PageObject) -> list[Field]:
    """List the filled fields, the boxes to tick and the free texts of a page, from its head."""
    found = [field for note in page.annotations or () if (field := _field(note.get_object()))]
    return sorted(found, key=lambda field: (-field.top, field.left))


def is_placeholder(reader: PdfReader, characters: int) -> bool:
    """Whether the page only asks to open the file in a program that knows XFA forms.

    Args:
        reader: the document.
        characters: how long the text of its pages is.

    """
    form = reader.root_object.get("/AcroForm")
    form = form.get_object() if form is not None else {}
    return "/XFA" in form and len(reader.pages) == 1 and characters < _XFA_PLACEHOLDER


def _field(note: object) -> Field | None:
    if not isinstance(note, DictionaryObject) or int(note.get("/F", 0)) & _HIDDEN:
        return None
    match note.get("/Subtype"):
        case "/Widget":
            text, name = _value(note), _name(note)
        case "/FreeText":
            text, name = str(note.get("/Contents") or ""), ""
        case _:
            return None
    corners = [float(number) for number in note.get("/Rect") or ()]
    if not text.strip() or len(corners) != 4:
        return None
    (left, right), (bottom, top) = sorted(corners[::2]), sorted(corners[1::2])
    return Field(text.strip(), name.strip(), left, bottom, right, top)


def _value(note: DictionaryObject) -> str:
    flags = int(str(_inherited(note, "/Ff") or 0))
    value = _inherited(note, "/V")
    match _inherited(note, "/FT"):
        case "/Btn" if not flags & _PUSH_BUTTON:
            state = note.get("/AS") or value or "/Off"
            return UNTICKED if state == "/Off" else TICKED
        case "/Tx" if flags & _PASSWORD:
            return ""
        case "/Tx" | "/Ch":
            values = value if isinstance(value, list) else [value]
            return ", ".join(str(one) for one in values if one is not None)
        case _:
            return ""


def _name(note: DictionaryObject) -> str:
    return str(_inherited(note, "/TU") or _inherited(note, "/T") or "")


def _inherited(note: DictionaryObject, key: str) -> object:
    """Return the value that the annotation has, or else the field it belongs to."""
    for one in _lineage(note):
        if key in one:
            value = one[key]
            return value.get_object() if hasattr(value, "get_object") else value
    return None


def _lineage(note: DictionaryObject) -> Iterator[DictionaryObject]:
    one: object = note
    for _ in range(_DEEPEST):
        if not isinstance(one, DictionaryObject):
            return
        yield one
        parent = one.get("/Parent")
        one = parent.get_object() if parent is not None else None
