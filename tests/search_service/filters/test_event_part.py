"""Which part those that answer had in an event."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.domain import Part
from indexer.index.snapshot import load_current
from search_service.domain import ExplicitFilters
from search_service.errors import QueryError
from search_service.filters.event_part import EVENT_PART
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

PROFILE = "---\nname: {name}\nseat: Bologna\n---\n{name} fa restauro di libri.\n"
EVENT = """\
---
title: Giornata del restauro 2025
organisers: [Cartesio]
participants: [Filigrana, Torchio, Risma]
date: 2025-05-23
---
# Giornata del restauro

La presidente di Filigrana ha moderato la tavola rotonda.

Torchio ha ospitato la giornata nella sua sala.

Una tecnica di Risma ha raccontato la carta giapponese.
"""
OTHER = """\
---
title: Forum dei pescatori
organisers: [Torchio]
date: 2024-02-01
---
Una giornata sulle reti.
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    names = ("Cartesio", "Filigrana", "Torchio", "Risma")
    sources = {f"profiles/{name}.md": PROFILE.format(name=name) for name in names}
    sources |= {"events/restauro.md": EVENT, "events/pesca.md": OTHER}
    folder: Path = tmp_path_factory.mktemp("parts")
    settings = build_sources(folder, sources)
    return Searcher(load_current(settings.index)[0], ToyEncoder())


def names(searcher: Searcher, question: str, **chosen: str) -> set[str]:
    query = searcher.understand(question, ExplicitFilters.of(**chosen))
    return {hit.organisation.name for hit in searcher.search(query).documented}


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("chi ha organizzato la Giornata del restauro?", {"Cartesio"}),
        ("chi ha organizzato il convegno sulle reti?", {"Torchio"}),
        ("chi ha organizzato eventi?", {"Cartesio", "Torchio"}),
        ("chi ha moderato la giornata del restauro", {"Filigrana"}),
        ("chi ha ospitato l'evento sul restauro", {"Torchio"}),
        (
            "chi ha partecipato alla Giornata del restauro",
            {"Cartesio", "Filigrana", "Torchio", "Risma"},
        ),
        ("chi è intervenuto alla Giornata del restauro", {"Risma"}),
        ("who organised the Giornata del restauro?", {"Cartesio"}),
        ("who moderated the Giornata del restauro?", {"Filigrana"}),
        ("who took part in Giornata del restauro", {"Cartesio", "Filigrana", "Torchio", "Risma"}),
        ("organizzatori della Giornata del restauro", {"Cartesio"}),
        ("chi sono i relatori della Giornata del restauro?", {"Risma"}),
        (
            "participants of the Giornata del restauro",
            {"Cartesio", "Filigrana", "Torchio", "Risma"},
        ),
        ("eventi organizzati da Torchio", {"Torchio"}),
        ("events organised by Cartesio", {"Cartesio"}),
        ("eventi organizzati da Risma", set()),
    ],
)
def test_who_had_the_part_is_found(found: Searcher, question: str, who: set[str]) -> None:
    assert names(found, question) == who


def test_of_an_organiser_only_the_events_that_it_organised_are_shown(found: Searcher) -> None:
    answer = found.search(found.understand("eventi organizzati da Torchio"))
    assert [hit.document.title for hit in answer.documents] == ["Forum dei pescatori"]


@pytest.mark.parametrize(
    "question",
    [
        "chi organizza eventi",
        "chi ha partecipato a bandi europei",
        "chi ha ospitato siti in cloud",
        "eventi organizzati da Legacoop",
        "moderatori di gruppi",
        "chi ha organizzato archivi di parrocchie",
    ],
)
def test_these_name_no_event(found: Searcher, question: str) -> None:
    assert EVENT_PART.of(found.understand(question)) is None


def test_a_part_can_be_chosen_and_must_be_one(found: Searcher) -> None:
    assert names(found, "", part=Part.MODERATES.value) == {"Filigrana"}
    with pytest.raises(QueryError, match="The part 'dorme' is unknown"):
        found.understand("", ExplicitFilters.of(part="dorme"))
