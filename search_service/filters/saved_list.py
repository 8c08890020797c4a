"""The shortlist: the cooperatives, its name, a note on each, and how addresses hold them. Pure.

The path of an address begins with the list: below "/~<code>/" every page is there again, and links
relative to it keep the list without repeating it. A query holds changes to the list.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

MAX_PICKS = 50  # a page of the list of all cooperatives
MAX_NAME = 80  # characters
MAX_NOTE = 160  # characters: all the notes of a full list still fit into an address
_MOST_READ = 200  # read from an address: those beyond MAX_PICKS are counted, and told
_MOST_TEXT = 1 << 19  # bytes of a code's text: 200 notes of the longest characters are fewer
_PICK, _DROP, _NAME, _NOTE = "pick", "drop", "list", "note."
_CHANGES = frozenset({_PICK, _DROP, _NAME})


@dataclass(frozen=True, slots=True)
class SavedList:
    """The cooperatives that a person saved.

    Attributes:
        picks: Their ids, in the order they were saved.
        name: What the person calls the list; empty if it has no name.
        notes: The id and the note of each cooperative that has one, in the same order.

    """

    picks: tuple[str, ...] = ()
    name: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def decode(cls, code: str) -> SavedList:
        """Read a list's code; raises ValueError if it is damaged, as one cut in a mail."""
        try:
            pairs = parse_qsl(
                _inflated(urlsafe_b64decode(code + "=" * (-len(code) % 4))).decode(),
                keep_blank_values=True,
                max_num_fields=2 * _MOST_READ + 1,
            )
        except (ValueError, zlib.error) as error:
            raise ValueError("The code of a list is damaged.") from error
        return cls().changed(QueryParams(pairs))

    @property
    def root(self) -> str:
        """What the path of an address with this list begins with: "/" for none."""
        pairs = [(_PICK, pick) for pick in self.picks]
        pairs += [(_NAME, self.name)] if self.name else []
        pairs += [(note_field(pick), note) for pick, note in self.notes]
        if not pairs:
            return "/"
        code = urlsafe_b64encode(zlib.compress(urlencode(pairs).encode(), 9))
        return f"/~{code.decode().rstrip('=')}/"

    def changed(self, params: QueryParams) -> SavedList:
        """The list as a query changes it: with more cooperatives, with fewer, or with other texts.

        Texts that are too long are cut.
        """
        ids = (value.strip() for value in (*self.picks, *params.getlist(_PICK)))
        gone = frozenset(params.getlist(_DROP))
        kept = (one for one in dict.fromkeys(ids) if one and one not in gone)
        picks = tuple(kept)[:_MOST_READ]
        before = dict(self.notes)
        written = ((pick, params.get(note_field(pick), before.get(pick, ""))) for pick in picks)
        notes = ((pick, _line(note, MAX_NOTE)) for pick, note in written)
        return SavedList(
            picks,
            _line(params.get(_NAME, self.name), MAX_NAME),
            tuple((pick, note) for pick, note in notes if note),
        )

    def toggling(self, organisation: str) -> list[tuple[str, str]]:
        """The change of a query to a cooperative more, or less."""
        return [(_DROP if organisation in self.picks else _PICK, organisation)]

    def adding(self, organisations: Iterable[str]) -> list[tuple[str, str]]:
        """The change of a query to these cooperatives, too, as far as the list has room."""
        new = [one for one in dict.fromkeys(organisations) if one not in self.picks]
        return [(_PICK, one) for one in new[: max(0, MAX_PICKS - len(self.picks))]]

    def dropping(self, organisations: Iterable[str]) -> list[tuple[str, str]]:
        """The change of a query to a list without these cooperatives."""
        return [(_DROP, one) for one in organisations]

    def note(self, organisation: str) -> str:
        """The note on a cooperative; empty if there is none."""
        return dict(self.notes).get(organisation, "")


def changes_list(params: QueryParams) -> bool:
    """Whether a query changes the list."""
    return any(name in _CHANGES or name.startswith(_NOTE) for name in params)


def note_field(organisation: str) -> str:
    """The name under which an address holds the note on a cooperative."""
    return f"{_NOTE}{organisation}"


def _inflated(data: bytes) -> bytes:
    inflating = zlib.decompressobj()
    text = inflating.decompress(data, _MOST_TEXT)
    if not inflating.eof:
        raise ValueError("It is cut, or more than a list.")
    return text


def _line(text: str, most: int) -> str:
    """A text in one line, of so many characters at most."""
    return " ".join(text.split())[:most].rstrip()
