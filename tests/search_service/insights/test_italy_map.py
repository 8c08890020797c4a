from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.domain import Organisation, PlaceLevel
from indexer.places import Gazetteer
from search_service.insights import italy_map as italy
from search_service.insights.italy_map import (
    RegionShape,
    count_by_region,
    load_map,
    region_of,
    shades,
)

GAZETTEER = Gazetteer.load()
REGIONS = load_map().regions
SIDES = {  # some borders, to see that no region bears another's code
    "regione:08": ("regione:09", "regione:11"),
    "regione:19": (),
    "regione:20": (),
    "regione:02": ("regione:01",),
    "regione:14": ("regione:13", "regione:16"),
}
Point = tuple[float, float]


def rings(path: str) -> list[list[Point]]:
    """The corners of a path of "M x y l dx dy … z"; anything else in it is an error."""
    number = r"-?\d+(?:\.\d)?"
    ring = rf"M{number} {number}l{number}(?: {number})*z"
    assert re.fullmatch(rf"(?:{ring})+", path)
    found = []
    for each in re.findall(ring, path):
        values = [float(value) for value in re.findall(number, each)]
        points = list(zip(values[::2], values[1::2], strict=True))
        x, y = 0.0, 0.0
        corners = []
        for dx, dy in points:
            x, y = round(x + dx, 1), round(y + dy, 1)
            corners.append((x, y))
        found.append(corners)
    return found


def contains(ring: list[Point], point: Point) -> bool:
    """Whether a point is in a polygon: it is when a ray from it crosses the border oddly often."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside


def corners(region: RegionShape) -> set[Point]:
    return {point for ring in rings(region.path) for point in ring}


def test_the_twenty_regions_are_the_gazetteers_by_id_name_and_order() -> None:
    assert [(r.place_id, r.name) for r in REGIONS] == [
        (place.id, place.name) for place in GAZETTEER.regions()
    ]
    assert len(REGIONS) == 20


@pytest.mark.parametrize("region", REGIONS, ids=lambda r: r.name)
def test_a_region_is_drawn_inside_the_view_box_and_its_number_inside_it(
    region: RegionShape,
) -> None:
    left, top, width, height = map(float, load_map().view_box.split())
    for x, y in corners(region):
        assert left <= x <= left + width
        assert top <= y <= top + height
    label = (region.label_x, region.label_y)
    assert sum(contains(ring, label) for ring in rings(region.path)) == 1
    others = [o for o in REGIONS if o != region]
    assert not any(contains(ring, label) for o in others for ring in rings(o.path))


def test_neighbours_share_the_corners_of_their_border() -> None:
    by_id = {region.place_id: corners(region) for region in REGIONS}
    for region, neighbours in SIDES.items():
        for other in by_id.keys() - {region}:
            shared = len(by_id[region] & by_id[other])
            if other in neighbours:
                assert shared > 5
            elif not neighbours:
                assert shared == 0


def test_each_outline_lies_where_its_region_is() -> None:
    """North is up and west is left: the labels are in the order of the gazetteer's centres."""
    by_name = {region.name: region for region in REGIONS}
    north = [by_name[n].label_y for n in ("Trentino-Alto Adige", "Toscana", "Campania", "Sicilia")]
    west = [by_name[n].label_x for n in ("Valle d'Aosta", "Lombardia", "Veneto")]
    assert north == sorted(north)
    assert west == sorted(west)
    for region in REGIONS:  # within a tenth of the map of where its latitude says
        latitude = (GAZETTEER.coordinates(GAZETTEER.get(region.place_id)) or (0, 0))[0]
        assert region.label_y == pytest.approx((47.1 - latitude) * 793 / 11.6, abs=80)


def test_the_map_is_small_and_its_source_is_named() -> None:
    folder = Path(italy.__file__).parent / "data"
    assert (folder / "regions.json").stat().st_size < 30_000
    readme = (folder / "README.md").read_text("utf-8")
    assert italy.LICENCE_URL in readme
    for words in ("@svg-maps/italy 2.0.0", "Victor Cazanave", "MapSVG", "CC BY 4.0"):
        assert words in italy.ATTRIBUTION
        assert words in readme


def test_shades_are_fifths_of_the_highest_count() -> None:
    counts = {"a": 0, "b": 1, "c": 20, "d": 21, "e": 99, "f": 100}
    assert shades(counts) == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 5, "f": 5}
    assert shades({"a": 1, "b": 2}) == {"a": 3, "b": 5}
    assert shades({"a": 0}) == {"a": 0}
    assert shades({}) == {}


def test_a_place_lies_in_its_region_and_an_area_in_none() -> None:
    regione = GAZETTEER.get("regione:08")
    assert region_of(GAZETTEER.get("comune:037006"), GAZETTEER) == regione
    assert region_of(regione, GAZETTEER) == regione
    assert region_of(GAZETTEER.get("area:nord-est"), GAZETTEER) is None
    assert region_of(None, GAZETTEER) is None


def test_organisations_count_where_they_are_seated() -> None:
    seats = ("comune:037006", "regione:08", "comune:082053", "country:it", None)
    organisations = [
        Organisation(str(n), str(n), seat=GAZETTEER.get(seat) if seat else None)
        for n, seat in enumerate(seats)
    ]
    counts = count_by_region(organisations, GAZETTEER)
    assert len(counts) == 20
    assert {place: n for place, n in counts.items() if n} == {"regione:08": 2, "regione:19": 1}
    assert all(GAZETTEER.get(place).level is PlaceLevel.REGIONE for place in counts)
