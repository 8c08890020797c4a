"""Bring the catalogues up to date with the messages in the source: python -m tools.messages.

New messages are added without a translation, unused ones are removed. A test fails while a
translation is missing.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from search_service.presentation.languages import ITALIAN, LANGUAGES

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "search_service" / "presentation" / "locale"
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "text": None, "plural": (1, 2)}
_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true"}
_HEADER = (
    "# What the source says in Italian, said in another language. See tools/messages.py.\n"
    'msgid ""\nmsgstr ""\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)


def extracted() -> Catalog:
    """Every message that the source says in Italian."""
    catalogue = Catalog(charset="utf-8")
    for folder, method in (("search_service", "python"), ("templates", "jinja2")):
        ends = ("**.py",) if method == "python" else ("**.html", "**.xml", "**.txt")
        found = extract_from_dir(
            ROOT / folder,
            [(end, method) for end in ends],
            dict.fromkeys(ends, _OPTIONS),
            keywords=_KEYWORDS,
        )
        for _name, _line, message, _comments, _context in found:
            catalogue.add(message)
    return catalogue


def catalogue_of(code: str) -> Catalog:
    """The catalogue of a language."""
    with (LOCALE / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def written(messages: Catalog, kept: Catalog) -> str:
    """A catalogue's text: the messages in order, with the translations that are kept."""
    parts = [_HEADER]
    for message in sorted((m for m in messages if m.id), key=lambda m: m.id[0] + str(m.id)):
        known = kept[message.id].string if message.id in kept else ""
        if isinstance(message.id, tuple):
            one, many = known if isinstance(known, tuple) else ("", "")
            parts.append(
                f"msgid {_quoted(message.id[0])}\nmsgid_plural {_quoted(message.id[1])}\n"
                f"msgstr[0] {_quoted(one)}\nmsgstr[1] {_quoted(many)}\n"
            )
        else:
            parts.append(f"msgid {_quoted(message.id)}\nmsgstr {_quoted(str(known))}\n")
    return "\n".join(parts)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main() -> None:
    """Write the catalogues."""
    for code in LANGUAGES.keys() - {ITALIAN}:
        text = written(extracted(), catalogue_of(code))
        (LOCALE / f"{code}.po").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
