"""Why a search cannot be made, to whoever asked, in their language. Pure."""

from __future__ import annotations

from datetime import date

from indexer.domain import DocumentKind, Period
from indexer.places import resolve_place
from search_service.domain import MAX_LENGTH
from search_service.presentation.labels import Words
from search_service.presentation.urls import SearchUrl
from search_service.search.searcher import Searcher


def refusal(asked: SearchUrl, searcher: Searcher, words: Words) -> str:
    """Why a search, which raised QueryError, cannot be made, and what to do."""
    text = words.language.text
    if len(asked.question) > MAX_LENGTH:
        return text(
            "La domanda è troppo lunga: scrivila in una o due frasi, fino a %(n)s lettere.",
            n=words.number(MAX_LENGTH),
        )
    known = [kind.value for kind in DocumentKind]
    if any(kind not in known for kind in asked.kinds):
        kinds = ", ".join(words.kinds(kind) for kind in DocumentKind)
        return text("I tipi di documento sono %(kinds)s: scegline uno di questi.", kinds=kinds)
    if not all(_is_date(day) for day in (asked.since, asked.until) if day):
        return text("Le date si scrivono così: 2025, 2025-03 oppure 2025-03-05.")
    since, until = (Period.parse(d) if d else None for d in (asked.since, asked.until))
    if since and until and (since.start or date.min) > (until.end or date.max):
        return text("La data d'inizio viene dopo quella di fine: scambiale.")
    if not all(resolve_place(p, searcher.gazetteer) or ":" in p for p in asked.places):
        close = [place for name in asked.places for place in searcher.gazetteer.suggest(name)]
        hint = text("Forse cercavi: %(places)s.", places=", ".join(words.place(p) for p in close))
        said = text("Non conosco questo luogo: scrivi un comune, una provincia o una regione.")
        return f"{said} {hint}" if close else said
    return text("Un filtro scelto non esiste: togli i filtri e prova di nuovo.")


def _is_date(text: str) -> bool:
    try:
        Period.parse(text)
    except ValueError:
        return False
    return True
