"""Make ``insights/data/regions.json`` from the outlines of the npm package @svg-maps/italy.

Run once, at authoring time::

    python tools/make_map.py node_modules/@svg-maps/italy search_service/insights/data/regions.json

It needs the package ``shapely`` (2.1 or later); the project itself does not.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

VERSION = "2.0.0"  # of @svg-maps/italy
CODES = {
    "piedmont": "01", "aosta-valley": "02", "lombardy": "03", "trentino-south-tyrol": "04",
    "veneto": "05", "friuli-venezia-giulia": "06", "liguria": "07", "emilia-romagna": "08",
    "tuscany": "09", "umbria": "10", "marche": "11", "lazio": "12", "abruzzo": "13",
    "molise": "14", "campania": "15", "apulia": "16", "basilicata": "17", "calabria": "18",
    "sicily": "19", "sardinia": "20",
}  # fmt: skip
NAMES = Path(__file__).parents[1] / "indexer" / "data" / "regions.csv"
TOLERANCE = 1.2  # of simplification, in the map's units: the map is 793 high
SMALLEST_ISLAND = 2.5  # square units
LARGEST_GAP = 10.0  # San Marino, 24 square units, is a hole; anything smaller was badly drawn


def read_package(folder: Path) -> tuple[str, dict[str, BaseGeometry]]:
    """The view box, and each region's outline by ISTAT code."""
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    if version != VERSION:
        raise SystemExit(f"{folder} is version {version}; this was written for {VERSION}.")
    source = (folder / "index.js").read_text("utf-8")
    drawing = json.loads(source.removeprefix("export default ").rstrip().rstrip(";"))
    outlines = {CODES[region["id"]]: outline(region["path"]) for region in drawing["locations"]}
    return drawing["viewBox"], outlines


def outline(path: str) -> BaseGeometry:
    """The shape that a path of relative moves ("m dx,dy … z") draws."""
    parts = []
    x = y = 0.0
    for ring in re.findall(r"m([^mz]*)z", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", ring)]
        points = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        x, y = points[0]
        parts.append(shapely.buffer(shapely.Polygon(points), 0))  # of crossed rings, the areas
    return shapely.union_all(parts)


def fitted(outlines: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The regions with common borders: the drawing's overlap a little, or leave gaps.

    All borders together cut the plane into faces. A face goes to the first region that holds it;
    a gap, to the neighbour with which it shares the most border.
    """
    borders = shapely.union_all([shapely.boundary(shape) for shape in outlines.values()])
    faces = shapely.get_parts(shapely.polygonize([borders]))
    owned: dict[str, list[BaseGeometry]] = {code: [] for code in outlines}
    gaps = []
    for face in faces:
        inside = shapely.point_on_surface(face)
        owner = next((code for code, shape in outlines.items() if shape.contains(inside)), None)
        if owner:
            owned[owner].append(face)
        elif face.area < LARGEST_GAP:
            gaps.append(face)
    for gap in gaps:
        shared = {
            code: sum(gap.boundary.intersection(face.boundary).length for face in owned[code])
            for code in outlines
        }
        owned[max(shared, key=lambda code: shared[code])].append(gap)
    return {code: shapely.union_all(parts) for code, parts in owned.items()}


def simplified(outlines: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Fewer points, the common borders staying common; without the smallest islands."""
    shapes = shapely.coverage_simplify(list(outlines.values()), TOLERANCE)
    return {
        code: shapely.MultiPolygon(
            [part for part in shapely.get_parts(shape) if part.area >= SMALLEST_ISLAND]
        )
        for code, shape in zip(outlines, shapes, strict=True)
    }


def path_of(shape: BaseGeometry) -> str:
    """The outline as a path of relative lines, in tenths: both sides of a border round alike."""
    return "".join(ring_path(ring.coords) for part in shape.geoms for ring in rings(part))


def rings(part: BaseGeometry) -> Iterator[BaseGeometry]:
    yield part.exterior
    yield from part.interiors


def ring_path(points: BaseGeometry) -> str:
    tenths = [(round(10 * x), round(10 * y)) for x, y in points][:-1]
    kept = [point for n, point in enumerate(tenths) if point != tenths[n - 1]]
    steps = [
        (x - before_x, y - before_y)
        for (x, y), (before_x, before_y) in zip(kept[1:], kept, strict=False)
    ]
    first, *lines = (f"{number(x)} {number(y)}" for x, y in (kept[0], *steps))
    return f"M{first}l{' '.join(lines)}z"


def number(tenths: int) -> str:
    return f"{tenths / 10:g}"


def label_of(shape: BaseGeometry) -> tuple[float, float]:
    """The point of the largest part that is farthest from its border."""
    largest = max(shape.geoms, key=lambda part: part.area)
    x, y = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest))[0]
    return round(float(x), 1), round(float(y), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("package", type=Path, help="the folder of @svg-maps/italy")
    parser.add_argument("file", type=Path, help="search_service/insights/data/regions.json")
    arguments = parser.parse_args()
    view_box, outlines = read_package(arguments.package)
    shapes = simplified(fitted(outlines))
    with NAMES.open(encoding="utf-8", newline="") as stream:
        names = {row["code"]: row["name"] for row in csv.DictReader(stream)}
    regions = []
    for code in sorted(names):
        x, y = label_of(shapes[code])
        path = path_of(shapes[code])
        regions.append(
            {"code": code, "name": names[code], "label_x": x, "label_y": y, "path": path}
        )
    text = json.dumps({"view_box": view_box, "regions": regions}, ensure_ascii=False, indent=0)
    arguments.file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
