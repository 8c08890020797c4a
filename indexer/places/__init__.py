"""Italian places, offline: a gazetteer, and the places a text speaks of.

What was decided where the words leave a choice:

- A name alone is the comune ("Bologna"); the adjective of a town is its province ("bolognesi", "nel
  bolognese"), and so are its "hinterland" and its "area metropolitana".
- "zona di", "area di", "vicino a" a town are near it, 40 km where no distance is given.
- "Sud" and "southern Italy" have the islands in them, as people mean it; ISTAT's own "Sud" is what
  a metadata value "Sud" names first.
- A body is not where somebody is: "Università di Pisa", "per il Comune di Modena", "Banca di
  Bologna" are no places; "nel comune di Modena" and "cooperative di Bologna" are.
- A name that several places share gives them all, the largest first, unless a province, a region or
  another place of the text decides.
- A misspelt name is corrected behind a preposition, or when it is long and a region's or a
  province's; an ordinary word never is.
"""

from indexer.places.gazetteer import Gazetteer, UnknownPlaceError
from indexer.places.recogniser import places_in_prose, recognise_places
from indexer.places.resolve_name import resolve_place

__all__ = ["Gazetteer", "UnknownPlaceError", "places_in_prose", "recognise_places", "resolve_place"]
