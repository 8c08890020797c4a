"""Distances in km between points given as latitude and longitude in degrees."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

Point = tuple[float, float]

EARTH_RADIUS_KM = 6371.0
KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180
_NORTHERNMOST = 48.0  # degrees: north of every comune, where a degree of longitude is shortest


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in km."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lon = math.sin(math.radians(b[1] - a[1]) / 2)
    square = half_lat * half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lon * half_lon
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(square)))


def distance_to_segment_km(point: Point, a: Point, b: Point) -> float:
    """Distance of a point from the segment between two others, on a local plane.

    Over Italy's extent the plane's error stays under one percent.

    Args:
        point: the point to measure.
        a: one end of the segment.
        b: the other end.

    Returns:
        The distance in km.
    """
    east = KM_PER_DEGREE * math.cos(math.radians((a[0] + b[0]) / 2))
    way_x, way_y = (b[1] - a[1]) * east, (b[0] - a[0]) * KM_PER_DEGREE
    to_x, to_y = (point[1] - a[1]) * east, (point[0] - a[0]) * KM_PER_DEGREE
    length = way_x * way_x + way_y * way_y
    share = (to_x * way_x + to_y * way_y) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return math.hypot(to_x - share * way_x, to_y - share * way_y)


def mean(weighted: Iterable[tuple[Point, int]]) -> Point:
    """The weighted mean of points."""
    parts = list(weighted)
    total = sum(weight for _, weight in parts)
    latitude = sum(point[0] * weight for point, weight in parts) / total
    return latitude, sum(point[1] * weight for point, weight in parts) / total


def keys_within(
    points: Mapping[str, Point], centres: Iterable[Point], radius_km: float
) -> Iterator[str]:
    """The keys of the points within a radius of any centre.

    Centres are bucketed into cells as wide as the radius, so that each point is compared with nine
    cells only: "near Lombardia" has 1500 centres.

    Args:
        points: the points, by key.
        centres: the centres.
        radius_km: the radius in km.
    """
    height = max(radius_km, 1.0) / KM_PER_DEGREE
    width = height / math.cos(math.radians(_NORTHERNMOST))
    cells: defaultdict[tuple[int, int], list[Point]] = defaultdict(list)
    for centre in centres:
        cells[int(centre[0] // height), int(centre[1] // width)].append(centre)
    around = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)]
    for name, point in points.items():
        row, column = int(point[0] // height), int(point[1] // width)
        nearby = (cells.get((row + r, column + c), ()) for r, c in around)
        if any(distance_km(point, centre) <= radius_km for cell in nearby for centre in cell):
            yield name
