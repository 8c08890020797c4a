"""Places as people write them in registers and profiles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.domain import PlaceLevel
from indexer.places import Gazetteer, written_place
from indexer.places.written_place import postcode_area
from indexer.source.metadata import read_fields

GAZETTEER = Gazetteer.load()
COMUNI = [GAZETTEER.get(id_) for id_ in sorted(GAZETTEER.comuni(GAZETTEER.get("country:it")))]


def label(text: str, *beside: str) -> str:
    found = written_place(text, GAZETTEER, beside)
    named = found.places[0].label if found.places else ""
    return named if found.precise or not named else f"~ {named}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crespina - Pisa", "Crespina Lorenzana (PI)"),
        ("Limestre (PT)", "~ provincia di Pistoia"),
        ("Verrucchio (Rn)", "Verucchio (RN)"),
        ("Castiglione d'Otranto", "~ provincia di Lecce"),
        ("Marina di Massa (Ms)", "Massa (MS)"),
        ("Lugo di Romagna", "Lugo (RA)"),
        ("Via Roma 12, 56121 Pisa (PI)", "Pisa (PI)"),
        ("Piazza Maggiore 1 Bologna", "Bologna (BO)"),
        ("Via Garibaldi 3 - 40124 Bologna BO", "Bologna (BO)"),
        ("Loc. Il Pino, 57023 Cecina", "Cecina (LI)"),
        ("Limestre, Pistoia", "~ provincia di Pistoia"),
        ("bologna bo", "Bologna (BO)"),
        ("Massa-Carrara", "provincia di Massa-Carrara"),
        ("Toscana", "Toscana"),
        ("Via Cavour, 137", ""),
        ("Via Roma 12", ""),
        ("Via Roma 12/b Pisa", "Pisa (PI)"),
        ("Paris", ""),
    ],
)
def test_a_place_is_read_as_written(text: str, expected: str) -> None:
    assert label(text) == expected


@pytest.mark.parametrize(
    ("text", "beside", "expected"),
    [
        ("Castiglione d'Otranto", ["LE"], "~ provincia di Lecce"),
        ("Bolonga", ["bo"], "Bologna (BO)"),
        ("Xyz", ["", "Toscana"], "~ Toscana"),
        ("Xyz", ["56040"], "~ provincia di Pisa"),
        ("Castro", ["Puglia"], "Castro (LE)"),
        ("Castro", ["BG", "Lombardia", "24063"], "Castro (BG)"),
        ("Roma", ["137"], "Roma (RM)"),
    ],
)
def test_other_columns_tell_where_it_is(text: str, beside: list[str], expected: str) -> None:
    assert label(text, *beside) == expected


@given(st.sampled_from(COMUNI))
@settings(max_examples=300, deadline=None)
def test_a_comune_is_found_in_every_way_it_is_written_with_its_province(place: object) -> None:
    name, code = place.name, place.province  # type: ignore[attr-defined]
    for text in (f"{name} ({code})", f"{name} - {code}", f"{name} ({code.title()})"):
        assert written_place(text, GAZETTEER).places[:1] == (place,), text
    assert written_place(name, GAZETTEER, [code.lower()]).places[:1] == (place,)
    assert written_place(f"Via Verdi 7, {name} ({code})", GAZETTEER).places[:1] == (place,)


@given(st.text(max_size=40), st.sampled_from(["PI", "(Rn)", "Toscana", "40121"]))
@settings(deadline=None)
def test_where_a_province_stands_beside_it_a_place_is_never_nothing(text: str, beside: str) -> None:
    assert written_place(text, GAZETTEER, [beside]).places


@pytest.mark.parametrize(
    ("code", "expected"),
    [("40121", "BO"), ("00137", "RM"), ("20900", "MB"), ("47921", "RN"), ("09010", "Sardegna")],
)
def test_a_postcode_tells_the_province_or_the_region(code: str, expected: str) -> None:
    area = postcode_area(code, GAZETTEER)
    assert area is not None
    assert expected in (area.province, area.name)


def test_a_seat_is_put_together_from_the_columns_of_a_register() -> None:
    def seat(**raw: object) -> str:
        fields, _ = read_fields({"name": "Arca", **raw}, GAZETTEER, of_row=True)
        return fields.seat.label if fields.seat else ""

    assert seat(Comune="Castro", Prov="LE") == "Castro (LE)"
    assert seat(Prov="PI") == "provincia di Pisa"
    assert seat(Regione="Toscana") == "Toscana"
    assert seat(CAP=137) == "provincia di Roma"
    assert seat(Indirizzo="Via Po 1, 45011 Adria") == "Adria (RO)"
    assert seat(Sede="Sede amministrativa", Comune="Adria") == "Adria (RO)"
    assert seat(Comune="Limestre", Prov="PT", Regione="Toscana") == "provincia di Pistoia"


def test_a_place_that_is_not_precise_is_told() -> None:
    fields, (problem,) = read_fields({"name": "Arca", "seat": "Limestre (PT)"}, GAZETTEER)
    assert fields.seat is not None
    assert fields.seat.level is PlaceLevel.PROVINCIA
    assert problem.detail == (
        "seat: 'Limestre (PT)' (provincia di Pistoia) is no comune of ISTAT's list; "
        "what it lies in was taken"
    )
