"""The pages of what the index holds: a cooperative, a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import Response

from indexer.domain import Document, Passage
from search_service.domain import Proof
from search_service.insights.document_parts import DocumentPart, FieldsPart, TextPart, parts_of
from search_service.insights.italy_map import count_by_region
from search_service.insights.network_gaps import gaps_of
from search_service.insights.organisation_facts import SHEET_FACTS
from search_service.insights.organisation_profile import organisation_profile
from search_service.insights.organisation_works import met_at_events, works_of
from search_service.live.live_index import LiveIndex
from search_service.presentation.languages import marked as _
from search_service.presentation.structured_data import event_data, organisation_data
from search_service.web.page_request import PageRequest
from search_service.web.search_panels import region_map

_MISSING = {  # what a profile lacks, as its cooperative is asked for it
    "old": _("Un aggiornamento: la scheda ha più di 18 mesi."),
    "undated": _(
        "La data dell'ultimo aggiornamento: senza, non si sa se la scheda è ancora valida."
    ),
    "proof": _("Un lavoro che dimostri una competenza: che cosa avete fatto, per chi e quando."),
    "competencies": _("L'elenco delle competenze: è la prima cosa che la ricerca confronta."),
    "contacts": _("Un contatto, e-mail o telefono: senza, chi vi trova non sa come raggiungervi."),
    "site": _("L'indirizzo del sito."),
    "seat": _("La sede: senza, non comparite nelle ricerche per luogo."),
}


def organisation_page(visit: PageRequest, live: LiveIndex, identity: str) -> Response:
    """The page of a cooperative: its facts, what it can do, its documents and its neighbours.

    Args:
        visit: The request.
        live: The index that is served.
        identity: The organisation's id.
    """
    searcher = live.searcher
    organisation = searcher.generation.organisations.get(identity)
    if organisation is None:
        return visit.missing(
            visit.text("Questa cooperativa non è presente, o la sua pagina ha cambiato indirizzo.")
        )
    counts = count_by_region([organisation], searcher.gazetteer)
    urls = {place: visit.links.in_place(place) for place, count in counts.items() if count}
    insights, profile = live.insights, organisation_profile(organisation, searcher.generation)
    works, updated = works_of(profile), insights.updated.get(identity)
    proven = any(work.proof is Proof.DEMONSTRATED and work.shows for work in works)
    shown = {work.document.id for work in works}
    similar = insights.neighbourhood.of(identity).similar
    known = {*(one.id for one in similar), *(one.organisation.id for one in profile.partners)}
    context = {
        "organisation": organisation,
        "facts": SHEET_FACTS,
        "profile": profile,
        "introduction": insights.introductions.of(identity),
        "updated": updated,
        "works": works,
        "mentions": [one for one in profile.mentions if one.id not in shown],
        "met": met_at_events(profile, searcher.generation),
        "gaps": [
            visit.text(_MISSING[gap])
            for gap in gaps_of(organisation, updated, date.today(), proven=proven)
        ],
        "similar": similar,
        "completing": insights.neighbourhood.completing(identity, known),
        "map": region_map(counts, urls),
        "structured": organisation_data(organisation, visit.origin),
    }
    return visit.page("organisation.html", context)


def document_page(visit: PageRequest, live: LiveIndex, identity: str) -> Response:
    """The page of a document, passage by passage.

    Args:
        visit: The request.
        live: The index that is served.
        identity: The document's id.
    """
    searcher = live.searcher
    generation = searcher.generation
    document = generation.documents.get(identity)
    if document is None:
        return visit.missing(
            visit.text("Questo documento non è presente, o la sua pagina ha cambiato indirizzo.")
        )
    rows = searcher.index.rows_of_document(document.id).tolist()
    context = {
        "document": document,
        "structured": event_data(document, visit.origin),
        "organisations": [
            (generation.organisations[link.organisation], link.role)
            for link in document.organisations
        ],
        "sections": list(sections(document, (generation.passages[row] for row in rows))),
    }
    return visit.page("document.html", context)


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A passage as its document's page shows it: with the headings and the page new to it.

    ``headings`` have their levels in HTML; ``leaves`` says that the heading before it is over and
    no other begins. ``parts`` are what its text shows.
    """

    passage: Passage
    parts: tuple[DocumentPart, ...]
    headings: tuple[tuple[int, str], ...]
    page: int | None
    leaves: bool

    @property
    def is_text(self) -> bool:
        """Whether nothing but text is in it."""
        return all(isinstance(part, TextPart) for part in self.parts)

    @property
    def declares(self) -> bool:
        """Whether it is what the document's metadata declares."""
        return any(isinstance(part, FieldsPart) for part in self.parts)


def sections(document: Document, passages: Iterable[Passage]) -> Iterator[DocumentSection]:
    """The passages of a document in order; a heading or a page appears once, where it begins."""
    above: tuple[str, ...] = ()
    page: int | None = None
    for passage in passages:
        path = passage.headings
        if path[:1] == (document.title,):
            path = path[1:]  # the title is the page's own heading
        pairs = enumerate(zip(above, path, strict=False))
        same = next((n for n, (before, now) in pairs if before != now), len(above))
        new = tuple((min(6, level + 2), path[level]) for level in range(same, len(path)))
        turned = passage.page if passage.page != page else None
        yield DocumentSection(
            passage, parts_of(passage), new, turned, leaves=not new and len(path) < len(above)
        )
        above, page = path, passage.page
