"""The shortlist as addresses write it: the cooperatives, its name, and a note on each. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams

MAX_PICKS = 50  # a page of the list of all cooperatives
MAX_NAME = 80  # characters
MAX_NOTE = 160  # characters: all the notes of a full list still fit into an address
_MOST_READ = 200  # read from an address: those beyond MAX_PICKS are counted, and told
_NAME = "list"


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
    def read(cls, params: QueryParams) -> SavedList:
        """Read an address; texts that are too long are cut."""
        ids = (value.strip() for value in params.getlist("pick"))
        picks = tuple(dict.fromkeys(one for one in ids if one))[:_MOST_READ]
        notes = ((pick, _line(params.get(note_field(pick), ""), MAX_NOTE)) for pick in picks)
        return cls(
            picks,
            _line(params.get(_NAME, ""), MAX_NAME),
            tuple((pick, note) for pick, note in notes if note),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of an address; some values are empty."""
        return [
            *(("pick", pick) for pick in self.picks),
            (_NAME, self.name),
            *((note_field(pick), note) for pick, note in self.notes),
        ]

    @property
    def bare(self) -> SavedList:
        """The list without its notes."""
        return replace(self, notes=())

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what a person may write: the list's name and the notes."""
        return (_NAME, *map(note_field, self.picks))

    def note(self, organisation: str) -> str:
        """The note on a cooperative; empty if there is none."""
        return dict(self.notes).get(organisation, "")

    def toggled(self, organisation: str) -> SavedList:
        """The list with a cooperative more, or less."""
        if organisation in self.picks:
            return self.without([organisation])
        return replace(self, picks=(*self.picks, organisation))

    def adding(self, organisations: Iterable[str]) -> SavedList:
        """The list with these cooperatives, too, as far as it has room."""
        new = [one for one in dict.fromkeys(organisations) if one not in self.picks]
        room = max(0, MAX_PICKS - len(self.picks))
        return replace(self, picks=(*self.picks, *new[:room]))

    def without(self, organisations: Iterable[str]) -> SavedList:
        """The list without these cooperatives and their notes."""
        gone = frozenset(organisations)
        return replace(
            self,
            picks=tuple(pick for pick in self.picks if pick not in gone),
            notes=tuple((pick, note) for pick, note in self.notes if pick not in gone),
        )


def note_field(organisation: str) -> str:
    """The name under which an address holds the note on a cooperative."""
    return f"note.{organisation}"


def _line(text: str, most: int) -> str:
    """A text in one line, of so many characters at most."""
    return " ".join(text.split())[:most].rstrip()
