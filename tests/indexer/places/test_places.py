"""Places: the gazetteer, the recogniser and the judgement of what people type."""

from __future__ import annotations

import statistics
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.domain import Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.places import (
    Gazetteer,
    UnknownPlaceError,
    places_in_prose,
    recognise_places,
    resolve_place,
)

PHRASINGS = Path(__file__).parents[2] / "evaluation" / "place_phrasings.tsv"
GAZETTEER = Gazetteer.load()
LEVELS = list(PlaceLevel)


def get(label: str) -> Place:
    return resolve_place(label, GAZETTEER)[0]


def ids(places: tuple[Place, ...]) -> list[str]:
    return [place.id for place in places]


def remaining(text: str, mentions: tuple[PlaceMention, ...]) -> str:
    for mention in reversed(mentions):
        text = text[: mention.start] + text[mention.end :]
    return " ".join(text.split())


def written(mentions: tuple[PlaceMention, ...]) -> str:
    """Mentions in the notation of the phrasings' file."""
    parts = []
    for mention in mentions:
        part = f"{mention.relation.value} {'|'.join(ids(mention.places))}"
        if mention.radius_km is not None:
            part += f" {mention.radius_km:g}km"
        parts.append(part + " ?" * mention.ambiguous)
    return "; ".join(parts) or "-"


def all_places() -> list[Place]:
    italy = GAZETTEER.get("country:it")
    comuni = [GAZETTEER.get(place_id) for place_id in sorted(GAZETTEER.comuni(italy))]
    around = {above for comune in comuni for above in GAZETTEER.ancestors(comune)}
    return comuni + sorted(around, key=lambda place: place.id)


PLACES = all_places()
COMUNI = [place for place in PLACES if place.level is PlaceLevel.COMUNE]


class TestPhrasings:
    def rows(self) -> list[list[str]]:
        lines = PHRASINGS.read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in lines if not line.startswith("#")]

    def test_at_least_98_percent_are_exactly_right(self) -> None:
        rows = self.rows()
        misses = []
        for text, expected, left in rows:
            mentions = recognise_places(text, GAZETTEER)
            found = (written(mentions), remaining(text, mentions) or "-")
            if found != (expected, left):
                misses.append(f"{text!r}: {found} instead of {(expected, left)}")
        assert len(rows) >= 140
        assert len(misses) <= 0.02 * len(rows), "\n".join(misses)

    def test_every_phrasing_is_there_once_and_names_known_places(self) -> None:
        rows = self.rows()
        assert len({row[0] for row in rows}) == len(rows)
        for _, expected, _ in rows:
            for word in expected.replace("|", " ").replace(";", " ").split():
                if ":" in word:
                    assert GAZETTEER.get(word).id == word


class TestHierarchy:
    def test_counts_are_those_of_the_list(self) -> None:
        by_level = [sum(place.level is level for place in PLACES) for level in LEVELS]
        assert by_level == [7896, 107, 20, 5, 1]

    def test_a_place_says_where_it_is(self) -> None:
        around = GAZETTEER.ancestors(get("Bologna"))
        assert ids(around) == ["provincia:037", "regione:08", "area:nord-est", "country:it"]
        assert GAZETTEER.parent(GAZETTEER.get("country:it")) is None
        assert get("Bologna").label == "Bologna (BO)"

    def test_regions_stand_in_the_order_of_istat(self) -> None:
        names = [region.name for region in GAZETTEER.regions()]
        assert (len(names), names[0], names[7], names[-1]) == (
            20,
            "Piemonte",
            "Emilia-Romagna",
            "Sardegna",
        )

    @pytest.mark.parametrize(
        ("inner", "outer", "expected"),
        [
            ("Bologna", "Emilia-Romagna", True),
            ("Emilia-Romagna", "Bologna", False),
            ("Bologna", "Nord", True),
            ("Nord-Est", "Nord", True),
            ("Sicilia", "Mezzogiorno", True),
            ("area:sud", "Mezzogiorno", True),
            ("Toscana", "Nord", False),
            ("Veneto", "Triveneto", True),
            ("Imola", "provincia di Modena", False),
        ],
    )
    def test_within(self, inner: str, outer: str, expected: bool) -> None:
        place = GAZETTEER.get(inner) if ":" in inner else get(inner)
        assert GAZETTEER.within(place, get(outer)) is expected

    @given(st.sampled_from(PLACES))
    def test_within_holds_along_the_ancestors(self, place: Place) -> None:
        chain = (place, *GAZETTEER.ancestors(place))
        for position, inner in enumerate(chain):
            assert all(GAZETTEER.within(inner, outer) for outer in chain[position:])

    def test_comuni_of_a_place(self) -> None:
        assert GAZETTEER.comuni(get("Bologna")) == frozenset({"comune:037006"})
        assert len(GAZETTEER.comuni(get("provincia di Bologna"))) == 55
        regions = [GAZETTEER.comuni(region) for region in GAZETTEER.regions()]
        assert sum(map(len, regions)) == len(frozenset().union(*regions)) == 7896

    def test_people_add_up(self) -> None:
        italy = GAZETTEER.get("country:it")
        assert GAZETTEER.population(get("Bologna")) == 387_971
        assert GAZETTEER.population(italy) == sum(map(GAZETTEER.population, COMUNI))

    def test_an_unknown_id_says_what_ids_look_like(self) -> None:
        with pytest.raises(UnknownPlaceError, match=r"'comune:1'.*comune:037006") as caught:
            GAZETTEER.get("comune:1")
        assert isinstance(caught.value, KeyError)


class TestGeometry:
    def test_coordinates_are_the_capitals_above_a_comune(self) -> None:
        bologna = GAZETTEER.coordinates(get("Bologna"))
        assert bologna == pytest.approx((44.4973, 11.3329), abs=1e-4)
        assert GAZETTEER.coordinates(get("Emilia-Romagna")) == bologna
        assert GAZETTEER.coordinates(get("provincia di Bologna")) == bologna

    def test_every_place_is_in_italy(self) -> None:
        for place in [*PLACES, get("Nord"), get("Triveneto")]:
            spot = GAZETTEER.coordinates(place)
            assert spot is not None
            assert 35.4 < spot[0] < 47.2, place
            assert 6.5 < spot[1] < 18.6, place

    @pytest.mark.parametrize(
        ("a", "b", "km"),
        [("Bologna", "Modena", 37), ("Milano", "Roma", 477), ("Torino", "Palermo", 889)],
    )
    def test_distance(self, a: str, b: str, km: float) -> None:
        assert GAZETTEER.distance_km(get(a), get(b)) == pytest.approx(km, rel=0.02)
        assert GAZETTEER.distance_km(get(a), get(a)) == 0.0

    def test_distance_to_a_place_of_no_list_is_unknown(self) -> None:
        nowhere = Place("comune:999999", PlaceLevel.COMUNE, "Altrove")
        assert GAZETTEER.coordinates(nowhere) is None
        assert GAZETTEER.distance_km(nowhere, get("Bologna")) is None
        assert GAZETTEER.between(nowhere, get("Bologna")) == {nowhere.id, "comune:037006"}

    def test_near_a_comune(self) -> None:
        close = GAZETTEER.near(get("Bologna"), 15)
        assert {get("Bologna").id, get("Casalecchio di Reno").id} <= close
        assert get("Modena").id not in close
        assert get("Modena").id in GAZETTEER.near(get("Bologna"), 40)
        assert GAZETTEER.near(get("Bologna"), 0) == {get("Bologna").id}

    @settings(max_examples=25)
    @given(st.sampled_from(COMUNI), st.floats(1, 60))
    def test_near_is_what_the_distances_say(self, place: Place, radius: float) -> None:
        close = GAZETTEER.near(place, radius)
        expected = {c.id for c in COMUNI if (GAZETTEER.distance_km(place, c) or 0) <= radius}
        assert close == expected | {place.id}

    def test_near_a_region_starts_at_its_border(self) -> None:
        tuscany = get("Toscana")
        close = GAZETTEER.near(tuscany, 10)
        assert GAZETTEER.comuni(tuscany) < close
        assert get("Porretta Terme").id in close
        assert get("Ferrara").id not in close

    def test_between_two_towns(self) -> None:
        names = {
            GAZETTEER.get(place_id).name
            for place_id in GAZETTEER.between(get("Parma"), get("Reggio Emilia"))
        }
        assert {"Parma", "Reggio nell'Emilia", "Sant'Ilario d'Enza"} <= names
        assert names.isdisjoint({"Modena", "Piacenza", "Mantova", "Milano"})

    @settings(max_examples=25)
    @given(st.sampled_from(COMUNI), st.sampled_from(COMUNI))
    def test_between_is_symmetric_and_holds_its_ends(self, a: Place, b: Place) -> None:
        way = GAZETTEER.between(a, b)
        assert {a.id, b.id} <= way
        assert way == GAZETTEER.between(b, a)


class TestResolve:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("Reggio Emilia", ["comune:035033"]),
            ("Forlì", ["comune:040012"]),
            ("FORLI'", ["comune:040012"]),
            ("Borgo Val di Taro (PR)", ["comune:034006"]),
            ("Borgo Val di Taro PR", ["comune:034006"]),
            ("BO", ["provincia:037"]),
            ("(BO)", ["provincia:037"]),
            ("RE", ["provincia:035", "comune:103060"]),
            ("Re", ["comune:103060", "provincia:035"]),
            ("Bologna", ["comune:037006", "provincia:037"]),
            ("Provincia di Modena", ["provincia:036"]),
            ("prov. di MO", ["provincia:036"]),
            ("Modena province", ["provincia:036"]),
            ("Città metropolitana di Bologna", ["provincia:037"]),
            ("Comune di Modena", ["comune:036023"]),
            ("Regione Toscana", ["regione:09"]),
            ("Tuscany region", ["regione:09"]),
            ("Tuscany", ["regione:09"]),
            ("Italia", ["country:it"]),
            ("Nord-Est", ["area:nord-est"]),
            ("nordest", ["area:nord-est"]),
            ("Sud", ["area:sud", "area:mezzogiorno"]),
            ("Emilia Romagna", ["regione:08"]),
            ("Valle d’Aosta", ["regione:02", "provincia:007"]),
            ("Bolzano/Bozen", ["comune:021008", "provincia:021"]),
            ("Südtirol", ["provincia:021"]),
            ("Castro, Puglia", ["comune:075096"]),
            ("Samone, Trento", ["comune:022165"]),
            ("Modena - Emilia-Romagna", ["comune:036023"]),
            ("Reggio", ["comune:080063", "comune:035033"]),
            ("Salento", ["provincia:075", "comune:065115"]),
            ("Provincia di Carpi", ["provincia:036"]),
            ("Bologna (RE)", []),
            ("", []),
            ("Atlantide", []),
        ],
    )
    def test_values_people_write(self, value: str, expected: list[str]) -> None:
        assert ids(resolve_place(value, GAZETTEER))[: max(1, len(expected))] == expected
        assert resolve_place(unicodedata.normalize("NFD", value), GAZETTEER) == resolve_place(
            value, GAZETTEER
        )

    def test_every_label_names_its_place(self) -> None:
        lost = [p.label for p in PLACES if p not in resolve_place(p.label, GAZETTEER)]
        assert lost == []

    def test_every_label_of_a_comune_names_it_alone(self) -> None:
        shared = [p.label for p in COMUNI if resolve_place(p.label, GAZETTEER)[0] != p]
        assert shared == []

    def test_suggestions_are_close_names(self) -> None:
        assert GAZETTEER.suggest("Bolonga")[0].name == "Bologna"
        assert GAZETTEER.suggest("Toscanna")[0].name == "Toscana"
        assert GAZETTEER.suggest("qwrtzx") == ()


class TestRecognise:
    def test_the_span_holds_the_whole_expression(self) -> None:
        text = "chi fa data engineering in Emilia-Romagna?"
        (mention,) = recognise_places(text, GAZETTEER)
        assert text[mention.start : mention.end] == "in Emilia-Romagna"
        assert mention == PlaceMention(24, 41, (GAZETTEER.get("regione:08"),))

    def test_an_adjective_is_the_span_alone(self) -> None:
        text = "cooperative toscane di sviluppo"
        (mention,) = recognise_places(text, GAZETTEER)
        assert text[mention.start : mention.end] == "toscane"

    def test_a_radius_only_when_near(self) -> None:
        (near,) = recognise_places("entro 50 km da Modena", GAZETTEER)
        (inside,) = recognise_places("a Modena", GAZETTEER)
        assert (near.relation, near.radius_km) == (PlaceRelation.NEAR, 50.0)
        assert (inside.relation, inside.radius_km) == (PlaceRelation.IN, None)

    def test_a_radius_has_limits(self) -> None:
        (near,) = recognise_places("entro 9999 km da Modena", GAZETTEER)
        assert near.radius_km == 500.0

    def test_a_shared_name_is_never_guessed(self) -> None:
        (mention,) = recognise_places("un posto a Castro", GAZETTEER)
        assert mention.ambiguous
        assert {place.province for place in mention.places} == {"BG", "LE"}
        people = [GAZETTEER.population(place) for place in mention.places]
        assert people == sorted(people, reverse=True)

    def test_inside_an_organisations_name_no_place_is_found(self) -> None:
        text = "chi lavora con Bologna Servizi a Modena"
        names = ("Bologna Servizi Soc. Coop.", "Bologna Servizi")
        (mention,) = recognise_places(text, GAZETTEER, names=names)
        assert mention.places[0].name == "Modena"
        assert len(recognise_places(text, GAZETTEER)) == 2

    def test_an_organisation_named_as_a_place_does_not_hide_it(self) -> None:
        (mention,) = recognise_places("chi lavora in Emilia", GAZETTEER, names=["Emilia"])
        assert mention.places[0].id == "regione:08"

    def test_every_region_alone_and_in_a_question(self) -> None:
        for region in GAZETTEER.regions():
            for text in (region.name, f"software in {region.name}", f"web {region.name.lower()}"):
                if text == "web marche":
                    continue  # "brands": an ordinary word needs more than that
                (mention,) = recognise_places(text, GAZETTEER)
                assert mention.places == (region,), text

    @given(st.sampled_from(COMUNI))
    def test_every_comune_with_its_code(self, comune: Place) -> None:
        text = f"Chi fa siti a {comune.label}?"
        (mention,) = recognise_places(text, GAZETTEER)
        assert mention.places == (comune,)
        assert remaining(text, (mention,)) == "Chi fa siti ?"

    def test_long_sentences_as_they_are_spoken(self) -> None:
        text = (
            "allora senti io sto cercando una cooperativa che mi possa dare una mano a rifare "
            "tutto il sito della nostra associazione e a gestire i social noi siamo a reggio "
            "emilia ma va bene anche qualcuno di modena o di parma"
        )
        found = [mention.places[0].name for mention in recognise_places(text, GAZETTEER)]
        assert found == ["Reggio nell'Emilia", "Modena", "Parma"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("raccolta porta a porta Bologna", ["Bologna"]),
            ("un negozio in porta Bologna", []),
            ("in provincia di BO, PA e sanità digitale", ["Bologna"]),
            ("provincia di TN, AR e VR per musei", ["Trento"]),
            ("prov. MI - PR agency", ["Milano"]),
            ("province di BO, MO e RE", ["Bologna", "Modena", "Reggio nell'Emilia"]),
            ("province di BO, PA e AR", ["Bologna", "Palermo", "Arezzo"]),
            ("produttori di pistacchio siciliani", ["Sicilia"]),
            ("produttori di olio toscano", ["Toscana"]),
            ("produttori di biscotti toscani", []),
            ("produttori di salame e pane toscani", []),
            ("chi ha pane toscano", []),
            ("servizi per il festival di Bari", ["Bari"]),
            ("chi lavora con Legacoop Bologna", ["Bologna"]),
            ("il treno che collega Bologna", ["Bologna"]),
            ("la mia collega Emilia", []),
        ],
    )
    def test_what_looks_like_no_place_and_what_only_looks_like_one(
        self, text: str, expected: list[str]
    ) -> None:
        assert [m.places[0].name for m in recognise_places(text, GAZETTEER)] == expected


class TestProse:
    def test_capitalised_names_are_found(self) -> None:
        text = "La cooperativa ha sede a Carpi (MO) e lavora in Emilia-Romagna e a Prato."
        found = [mention.places[0].id for mention in places_in_prose(text, GAZETTEER)]
        assert found == ["comune:036005", "regione:08", "comune:100005"]

    @pytest.mark.parametrize(
        "text",
        [
            "cooperative toscane",
            "un lavoro a bologna",
            "in Toscanna",
            "Scala il servizio. Vita e Opera di un socio.",
            "calcolo ad alta Potenza Elettrica",
            "Rossi Mario, Anna Ferrara",
        ],
    )
    def test_nothing_is_guessed(self, text: str) -> None:
        assert places_in_prose(text, GAZETTEER) == ()


PIECES = st.sampled_from(
    "in a di da vicino entro 50 km tra e o fuori non Bologna Reggio Emilia Castro (BG) (PR) , . "
    "( ) provincia comune nel modenese toscane Sale Prato S. L'Aquila nord del Sud area "
    "metropolitana tutta Toscanna via Università Mario \n \t ' é e\u0301 🙂".split(" ")
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join))
# Names that are no ordinary words: for the others a capital matters.
CLEAR = st.sampled_from(
    ["Bologna", "Forlì", "Reggio Emilia", "Toscana", "Cantù", "Alto Adige", "Canicattì", "Mondovì"]
)
TEMPLATES = st.sampled_from(
    ["chi fa siti a {}", "in provincia di {}", "vicino a {}", "software {}", "fuori da {}"]
)


class TestProperties:
    @settings(max_examples=300)
    @given(TEXTS)
    def test_mentions_are_ordered_and_inside_the_text(self, text: str) -> None:
        for read in (recognise_places, places_in_prose):
            end = 0
            for mention in read(text, GAZETTEER):
                assert end <= mention.start < mention.end <= len(text)
                assert mention.places
                between = mention.relation is PlaceRelation.BETWEEN
                assert mention.ambiguous == (len(mention.places) > 1 and not between)
                end = mention.end

    @given(TEXTS)
    def test_metadata_never_crashes(self, text: str) -> None:
        resolve_place(text, GAZETTEER)
        GAZETTEER.suggest(text)

    @given(TEMPLATES, CLEAR)
    def test_case_and_normal_form_do_not_matter(self, template: str, name: str) -> None:
        text = template.format(name)
        expected = written(recognise_places(text, GAZETTEER))
        assert expected != "-"
        for variant in (
            text.upper(),
            text.lower(),
            text.title(),
            unicodedata.normalize("NFD", text),
            unicodedata.normalize("NFD", text).upper(),
        ):
            mentions = recognise_places(variant, GAZETTEER)
            assert written(mentions) == expected, variant

    @given(TEMPLATES, CLEAR)
    def test_the_span_is_the_same_words_in_either_normal_form(
        self, template: str, name: str
    ) -> None:
        text = template.format(name) + " grazie"
        decomposed = unicodedata.normalize("NFD", text)
        (mention,) = recognise_places(text, GAZETTEER)
        (other,) = recognise_places(decomposed, GAZETTEER)
        span = unicodedata.normalize("NFC", decomposed[other.start : other.end])
        assert span == text[mention.start : mention.end]


class TestSpeed:
    """Wide limits: they catch a pattern gone wild, not a busy machine."""

    def milliseconds(self, text: str) -> float:
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            recognise_places(text, GAZETTEER)
            times.append((time.perf_counter() - begin) * 1000)
        return statistics.median(times)

    def test_a_question(self) -> None:
        assert self.milliseconds("chi fa data engineering in Emilia-Romagna o a Bologna?") < 50

    @pytest.mark.parametrize(
        "piece",
        ["in a di ", "San ", "entro 50 km ", "Bologna e ", "((", "a", "una mano "],
    )
    def test_a_long_text(self, piece: str) -> None:
        text = (piece * 10_000)[:10_000]
        assert self.milliseconds(text) < 2000
