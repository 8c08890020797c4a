from __future__ import annotations

import pytest

from indexer.domain import PlaceLevel
from indexer.places import Gazetteer
from search_service.presentation.italian_articles import away_from, with_article

SAID = {
    "regione:01": "dal Piemonte",
    "regione:02": "dalla Valle d'Aosta",
    "regione:03": "dalla Lombardia",
    "regione:04": "dal Trentino-Alto Adige",
    "regione:05": "dal Veneto",
    "regione:06": "dal Friuli-Venezia Giulia",
    "regione:07": "dalla Liguria",
    "regione:08": "dall'Emilia-Romagna",
    "regione:09": "dalla Toscana",
    "regione:10": "dall'Umbria",
    "regione:11": "dalle Marche",
    "regione:12": "dal Lazio",
    "regione:13": "dall'Abruzzo",
    "regione:14": "dal Molise",
    "regione:15": "dalla Campania",
    "regione:16": "dalla Puglia",
    "regione:17": "dalla Basilicata",
    "regione:18": "dalla Calabria",
    "regione:19": "dalla Sicilia",
    "regione:20": "dalla Sardegna",
    "area:nord": "dal Nord",
    "area:isole": "dalle Isole",
    "area:mezzogiorno": "dal Mezzogiorno",
    "country:it": "dall'Italia",
    "provincia:037": "dalla provincia di Bologna",
    "comune:037006": "da Bologna (BO)",
    "comune:066049": "dall'Aquila (AQ)",
    "comune:011015": "da La Spezia (SP)",
}


@pytest.mark.parametrize(("identity", "said"), SAID.items())
def test_each_place_has_its_article(identity: str, said: str) -> None:
    place = Gazetteer.load().get(identity)
    assert away_from(place, place.label) == said


def test_every_region_is_among_them() -> None:
    regions = {region.id for region in Gazetteer.load().regions()}
    assert regions == {name for name in SAID if name.startswith(PlaceLevel.REGIONE)}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("museo etnografico", "un museo etnografico"),
        ("festival di cortometraggi", "un festival di cortometraggi"),
        ("azienda sanitaria", "un'azienda sanitaria"),
        ("ente parco", "un ente parco"),
        ("studio legale", "uno studio legale"),
        ("rete di musei", "una rete di musei"),
        ("unione di sei comuni", "un'unione di sei comuni"),
        ("un comune dell'Appennino", "un comune dell'Appennino"),
        ("l'ateneo", "l'ateneo"),
        ("Comune di Bologna", "il Comune di Bologna"),
        ("Università di Pisa", "l'Università di Pisa"),
        ("Provincia di Bari", "la Provincia di Bari"),
        ("Spola", "Spola"),
        ("ASL Roma 1", "ASL Roma 1"),
        ("cinema d'essai", "un cinema d'essai"),
        ("programma europeo", "un programma europeo"),
        ("sistema museale", "un sistema museale"),
        ("schema di certificazione", "uno schema di certificazione"),
        ("panorama", "un panorama"),
        ("firma di moda", "una firma di moda"),
        ("piattaforma", "una piattaforma"),
        ("Piattaforma nazionale", "Piattaforma nazionale"),
        ("radio locale", "una radio locale"),
        ("auto a noleggio", "un'auto a noleggio"),
        ("radiotelevisione", "una radiotelevisione"),
        ("campione di imprese", ""),
        ("poeta", "un poeta"),
        ("pilota", ""),
        ("dentista", ""),
        ("impresa culturale", "un'impresa culturale"),
        ("museo di città", "un museo di città"),
        ("oasi naturale", "un'oasi naturale"),
        ("editrice", "un'editrice"),
        ("editore", "un editore"),
        ("quartiere", "un quartiere"),
        ("filiale", "una filiale"),
        ("liceo", "un liceo"),
        ("virtù", "una virtù"),
        ("cinquanta comuni", ""),
        ("otto musei", ""),
        ("centinaia di imprese", ""),
        ("grande ateneo", ""),
        ("tre cooperative sociali", ""),
    ],
)
def test_a_client_has_the_article_that_a_sentence_wants(name: str, said: str) -> None:
    assert with_article(name) == said
