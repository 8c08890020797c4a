"""Which profiles are of one cooperative, and its id, whatever the order they are read in."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import pytest

from indexer.entities.resolution import ids_of_named, organisation_ids
from indexer.places import Gazetteer
from indexer.source.metadata import Fields, read_fields

GAZETTEER = Gazetteer.load()
VAT, OTHER_VAT = "00488410010", "01114601006"


def profile(name: str, seat: str = "", vat: str = "", *aliases: str) -> Fields:
    raw: Mapping[str, object] = {"name": name, "seat": seat, "vat": vat, "aliases": aliases}
    fields, problems = read_fields(raw, GAZETTEER)
    assert problems == ()
    return fields


def ids(*profiles: Fields) -> tuple[str, ...]:
    """The ids of some profiles, which are the same in whatever order they come."""
    found = organisation_ids(profiles, GAZETTEER.within)
    for order in permutations(range(len(profiles))):
        again = organisation_ids([profiles[n] for n in order], GAZETTEER.within)
        assert again == tuple(found[n] for n in order)
    return found


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        ((), ()),
        ((profile("Luna soc. coop.", "Torino"),), ("luna",)),
        ((profile("Luna", "Torino"), profile("LUNA", "Torino")), ("luna", "luna")),
        ((profile("Luna", "Torino"), profile("Luna")), ("luna", "luna")),
        ((profile("Luna"), profile("Luna")), ("luna", "luna")),
        ((profile("Luna", "Toscana"), profile("Luna", "Siena")), ("luna", "luna")),
        ((profile("Luna", "Siena"), profile("Sole", "Siena", "", "Luna")), ("luna", "luna")),
        ((profile("Luna", "", VAT), profile("Luna", "Torino")), (f"it{VAT}", f"it{VAT}")),
        ((profile("Luna", "Torino", VAT), profile("Luna")), (f"it{VAT}", f"it{VAT}")),
        ((profile("Luna", "Torino", VAT), profile("Luna", "Torino")), (f"it{VAT}", f"it{VAT}")),
        ((profile("Luna", "Bari", VAT), profile("Sole", "Torino", VAT)), (f"it{VAT}", f"it{VAT}")),
    ],
)
def test_one_cooperative_has_one_id(
    profiles: tuple[Fields, ...], expected: tuple[str, ...]
) -> None:
    assert ids(*profiles) == expected


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        (
            (profile("Luna", "Torino"), profile("LUNA scarl", "Bari")),
            ("luna--torino-to", "luna--bari-ba"),
        ),
        # Castro is a comune of two provinces; PA is a legal form too, which a seat has none of.
        (
            (profile("Luna", "Castro (BG)"), profile("Luna", "Castro (LE)")),
            ("luna--castro-bg", "luna--castro-le"),
        ),
        (
            (profile("Luna", "Palermo"), profile("Luna", "Toscana")),
            ("luna--palermo-pa", "luna--toscana"),
        ),
        # A VAT number's id is nobody else's, so the name alone is enough for the other.
        ((profile("Luna", "Torino", VAT), profile("Luna", "Bari")), (f"it{VAT}", "luna")),
        (
            (profile("Luna", "", VAT), profile("Luna", "", OTHER_VAT)),
            (f"it{VAT}", f"it{OTHER_VAT}"),
        ),
        # An acronym that two bear does not make them one.
        ((profile("Luna", "Torino"), profile("Sole", "Bari", "", "Luna")), ("luna", "sole")),
        # A cooperative that is called what another's id could be.
        (
            (profile("Luna", "Torino"), profile("Luna", "Bari"), profile("Luna Torino TO")),
            ("luna--torino-to", "luna--bari-ba", "luna-torino-to"),
        ),
    ],
)
def test_namesakes_are_told_apart(profiles: tuple[Fields, ...], expected: tuple[str, ...]) -> None:
    assert ids(*profiles) == expected


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        # No seat: of Torino, or of Bari?
        (
            (profile("Luna", "Torino"), profile("Luna", "Bari"), profile("Luna")),
            ("luna--torino-to", "luna--bari-ba", "luna"),
        ),
        # In Toscana: in Siena, or in Livorno?
        (
            (profile("Luna", "Siena"), profile("Luna", "Livorno"), profile("Luna", "Toscana")),
            ("luna--siena-si", "luna--livorno-li", "luna--toscana"),
        ),
        # Whose is the VAT number?
        (
            (profile("Luna", "Torino"), profile("Luna", "Bari"), profile("Luna", "", VAT)),
            ("luna--torino-to", "luna--bari-ba", f"it{VAT}"),
        ),
        (
            (profile("Luna", "", VAT), profile("Luna", "", OTHER_VAT), profile("Luna")),
            (f"it{VAT}", f"it{OTHER_VAT}", "luna"),
        ),
    ],
)
def test_what_nothing_settles_stays_apart(
    profiles: tuple[Fields, ...], expected: tuple[str, ...]
) -> None:
    assert ids(*profiles) == expected


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        # The seat tells which of two VAT numbers is meant.
        (
            (
                profile("Luna", "Torino", VAT),
                profile("Luna", "Bari", OTHER_VAT),
                profile("Luna", "Bari"),
            ),
            (f"it{VAT}", f"it{OTHER_VAT}", f"it{OTHER_VAT}"),
        ),
        # So does the region.
        (
            (profile("Luna", "Torino"), profile("Luna", "Bari"), profile("Luna", "Puglia")),
            ("luna--torino-to", "luna--bari-ba", "luna--bari-ba"),
        ),
        # So does an alias that only one of them has.
        (
            (
                profile("Luna", "Torino", "", "Luna Lab"),
                profile("Luna", "Bari"),
                profile("Luna Lab"),
            ),
            ("luna--torino-to", "luna--bari-ba", "luna--torino-to"),
        ),
        # A cooperative that moved, as its own VAT number says.
        (
            (
                profile("Luna", "Torino", VAT),
                profile("Luna", "Bari", VAT),
                profile("Luna", "Torino"),
                profile("Luna", "Bari"),
            ),
            (f"it{VAT}",) * 4,
        ),
    ],
)
def test_what_one_of_them_alone_fits_is_its(
    profiles: tuple[Fields, ...], expected: tuple[str, ...]
) -> None:
    assert ids(*profiles) == expected


def test_names_that_leave_nothing_to_compare_are_still_somebodys() -> None:
    assert ids(profile("?!"), profile("…", "Torino")) == ("senza-nome", "senza-nome")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("Œuvre Đak", "oeuvre-dak"),
        ("Perché Noè", "perche-noe"),
    ],
)
def test_letters_that_are_no_accented_ones_are_in_the_id(name: str, expected: str) -> None:
    assert ids(profile(name)) == (expected,)


def test_names_that_leave_one_id_are_told_apart_by_a_hash() -> None:
    moon, sun, other = profile("Луна"), profile("Солнце"), profile("月")
    assert ids(moon) == ("senza-nome",)
    assert ids(moon, sun, other) == (
        "senza-nome--f7a8fa6e",
        "senza-nome--0b4c3982",
        "senza-nome--1625179b",
    )
    turin = (profile("Луна", "Torino"), profile("Солнце", "Torino"), profile("Луна", "Bari"))
    assert len(set(ids(*turin))) == 3
    assert ids(*turin)[2] == "senza-nome--bari-ba"


def test_who_is_only_named_takes_nobody_s_id() -> None:
    assert ids_of_named(["luna"], taken=[]) == {"luna": "luna"}
    (one,) = ids_of_named(["луна"], taken=["senza-nome"]).values()
    assert one.startswith("senza-nome--")
    assert len(set(ids_of_named(["луна", "солнце"], taken=[]).values())) == 2
