"""Italian places, offline: a gazetteer, and the places a text speaks of."""

from indexer.places.gazetteer import Gazetteer, UnknownPlaceError
from indexer.places.recogniser import places_in_prose, recognise

__all__ = ["Gazetteer", "UnknownPlaceError", "places_in_prose", "recognise"]
