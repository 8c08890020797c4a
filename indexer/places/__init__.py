"""Italian places, offline: a gazetteer, and place recognition in text.

How ambiguous wording is read:

- A name alone is the comune ("Bologna"); the adjective of a town is its province ("bolognesi", "nel
  bolognese"), and so are its "hinterland" and its "area metropolitana".
- "zona di", "area di", "vicino a" a town mean within 40 km unless a distance is given.
- "Sud" and "southern Italy" include the islands, as in everyday use; in metadata "Sud" is ISTAT's
  area first.
- Institutions are not places: "Università di Pisa", "per il Comune di Modena", "Banca di Bologna";
  "nel comune di Modena" and "cooperative di Bologna" are.
- A shared name yields all its places, largest first, unless a province, a region or another place
  in the text decides.
- A misspelt name is corrected after a preposition, or if it is long and names a region or a
  province; ordinary words never are.
"""

from indexer.places.gazetteer import Gazetteer, UnknownPlaceError
from indexer.places.recogniser import places_in_prose, recognise_places
from indexer.places.resolve_name import resolve_place
from indexer.places.written_place import WrittenPlace, written_place

__all__ = [
    "Gazetteer",
    "UnknownPlaceError",
    "WrittenPlace",
    "places_in_prose",
    "recognise_places",
    "resolve_place",
    "written_place",
]
