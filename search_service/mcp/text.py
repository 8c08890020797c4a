"""What an assistant may quote: its answers, and its refusals, as plain text. Pure.

A line break in a name or a title would let a document forge a line of its own: each is put on one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import ValidationError

from indexer.domain import Organisation
from indexer.errors import CompetenzeError, GenerationError
from search_service.domain import Answer, Highlight, OrganisationHit
from search_service.errors import QueryError
from search_service.filters.competencies import CompetenceName
from search_service.insights.organisation_facts import SHEET_FACTS
from search_service.mcp.schemas import (
    CooperativeCard,
    CooperativeFound,
    DocumentFound,
    DocumentText,
    EvidenceFound,
    SearchResult,
)
from search_service.presentation.bands import close_heading, why_line
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.query.wording import found_line, place_match
from search_service.search.highlight import reading_start

LONGEST = 300  # characters of a passage that is quoted
_WRONG = {  # by pydantic's name of an argument's fault
    "missing": _("manca"),
    "string_too_long": _("al massimo %(max_length)s caratteri"),
    "too_long": _("al massimo %(max_length)s valori"),
    "less_than_equal": _("al massimo %(le)s"),
    "greater_than_equal": _("almeno %(ge)s"),
    "literal_error": _("uno tra %(values)s"),
}
_OTHERWISE = _("non è del tipo giusto")


def search_text(result: SearchResult, answer: Answer, words: Words) -> str:
    """Who answers, with one line of evidence each; or that nobody does.

    Args:
        result: What the assistant gets typed.
        answer: The answer it was made from, for the marked words and places.
        words: The wording in the question's language.
    """
    return "\n".join(_search_lines(result, answer, words))


def card_text(organisation: Organisation, card: CooperativeCard, words: Words) -> str:
    """A cooperative: its facts, its competencies, and the documents that show them.

    Args:
        organisation: the cooperative, for the facts that its profile states.
        card: what the assistant gets typed: its competencies and documents are listed.
        words: the wording in the language of the text.
    """
    text = words.language.text
    lines = [_line(card.name, _fictional(card.fictional, words)), card.url]
    for fact in SHEET_FACTS:
        if values := [value.text(words) for value in fact.values(organisation)]:
            lines.append(f"{text(fact.label)}: {_flat(', '.join(values))}")
    lines += ["", text("Competenze") + ":"] if card.competencies else []
    for competence in card.competencies:
        name = words.competence(CompetenceName(competence.name, competence.english))
        lines.append(f"- {_flat(name)} ({words.proof(competence.proof)})")
        lines += [f"  {_source(shown, words)}" for shown in competence.shown_by[:1]]
    lines += ["", text("Documenti") + f" ({card.total_documents}):"]
    for document in card.documents:
        about = (words.kind(document.kind), document.date or "", words.role(document.role))
        lines.append(f"- {_line(document.title, *about)}: {document.url}")
    return "\n".join(lines)


def document_as_text(document: DocumentText, words: Words) -> str:
    """A document: its data, its organisations and its text."""
    text = words.language.text
    facts = (document.date or "", document.place, document.client, document.source)
    about = (words.kind(document.kind), *facts, _fictional(document.fictional, words))
    lines = [f"# {_flat(document.title)}", _line(*about), document.url]
    lines += [f"- {_line(o.name, words.role(o.role))}: {o.url}" for o in document.organisations]
    above: Sequence[str] = ()
    for passage in document.passages:
        if passage.headings != above:
            above = passage.headings
            lines += ["", f"## {' › '.join(map(_flat, above))}"] if above else []
        lines += ["", passage.text]
        lines += ["(" + text("p. %(n)s", n=passage.page) + ")"] if passage.page else []
    if document.next_offset is not None:
        more = text(
            "Il documento continua: il resto con lo strumento «documento» e offset=%(n)s.",
            n=document.next_offset,
        )
        lines += ["", more]
    return "\n".join(lines)


def refusal(error: CompetenzeError, arguments: Mapping[str, object], words: Words) -> str:
    """Why an assistant gets no answer, and what to do.

    Args:
        error: What was raised.
        arguments: The tool's arguments as they were given.
        words: The wording in the question's language.
    """
    text = words.language.text
    if isinstance(error, GenerationError):
        return text(
            "L'indice non c'è ancora o si sta caricando: riprova tra un momento. Se il problema "
            "continua, chi gestisce il servizio deve costruirlo."
        )
    if not isinstance(error, QueryError):
        return str(error)
    if not str(arguments.get("domanda") or "").strip():
        return text(
            "La domanda è vuota: scrivi che cosa cerchi, per esempio «chi fa data engineering in "
            "Emilia-Romagna?»."
        )
    return text("La domanda, o un suo filtro, non si può usare così.") + f" {words.refusal(error)}"


def not_in_index(name: str, words: Words) -> str:
    """That an id leads nowhere, and where ids come from."""
    return words.language.text(
        "«%(name)s» non è nell'indice, o ha cambiato nome: gli id sono quelli che dà "
        "«cerca_competenze».",
        name=name[:200],
    )


def failure(words: Words) -> str:
    """The message for an internal error, whose details are in the log."""
    return words.language.text(
        "Qualcosa è andato storto: riprova; se succede ancora, avvisa chi gestisce il servizio."
    )


def wrong_arguments(error: ValidationError, words: Words) -> str:
    """Which arguments do not fit, and how they would; their values are not repeated."""
    said = []
    for detail in error.errors(include_input=False, include_url=False):
        message = _WRONG.get(detail["type"], _OTHERWISE)
        values = detail.get("ctx", {})
        # Pydantic names them as "'a', 'b' or 'c'".
        among = str(values.get("expected", "")).replace("'", "").replace(" or ", ", ")
        name = ".".join(map(str, detail["loc"]))
        said.append(f"{name}: {words.language.text(message, **values, values=among)}")
    return words.language.text(
        "Argomenti non validi (%(why)s).", why="; ".join(dict.fromkeys(said))
    )


def _search_lines(result: SearchResult, answer: Answer, words: Words) -> Iterator[str]:
    text = words.language.text
    if result.understood:
        said = (f"{u.label} ({u.note})" if u.note else u.label for u in result.understood)
        yield text("Capito: %(what)s", what="; ".join(said))
    if answer.widened is not None:
        yield words.widened(answer.widened)
    if result.remote_only:
        yield words.remote_only()
    if result.nobody:
        yield text("Nessuna cooperativa documentata per questa ricerca") + "."
    else:
        yield found_line(answer, words)
    first = result.offset + 1
    yield from _numbered(result.documented, answer.documented, first, answer, words)
    if result.documents:
        yield "\n" + text("Documenti") + ":"
        yield from (_document_line(document, words) for document in result.documents)
    if result.close:
        yield "\n" + close_heading(answer, words) + ":"
        yield from _numbered(result.close, answer.close, 1, answer, words)
    if result.elsewhere:
        yield "\n" + text("Fuori dal luogo indicato:")
        yield from _numbered(result.elsewhere, answer.elsewhere, 1, answer, words)
    yield "\n" + text("La stessa ricerca nella pagina: %(url)s", url=result.web)


def _numbered(
    found: Iterable[CooperativeFound],
    hits: Iterable[OrganisationHit],
    first: int,
    answer: Answer,
    words: Words,
) -> Iterator[str]:
    pairs = zip(found, hits, strict=False)  # fewer are listed than were found
    for number, (one, hit) in enumerate(pairs, first):
        stands = place_match(hit.place_match, answer, words)
        facts = (one.seat, stands, _fictional(one.fictional, words))
        yield f"{number}. {_line(one.name, *facts)}: {one.url}"
        if why := why_line(hit, words):
            yield f"   {_flat(why)}"
        evidence, marks = one.evidence[0], hit.evidence[0].highlights
        yield f"   «{excerpt(evidence.text, marks)}»"
        yield f"   {_source(evidence, words)}"


def _document_line(document: DocumentFound, words: Words) -> str:
    about = (words.kind(document.kind), document.date or "")
    fictional = _fictional(document.fictional, words)
    return f"- {_line(document.title, *about, fictional)}: {document.url}"


def _source(shown: EvidenceFound, words: Words) -> str:
    page = words.language.text("p. %(n)s", n=shown.page) if shown.page else ""
    about = _line(shown.title, words.kind(shown.kind), shown.date or "", page)
    return f"{words.credit(shown.proof, shown.role)}: {about}: {shown.url}"


def excerpt(text: str, marks: Sequence[Highlight]) -> str:
    """At most LONGEST characters of a passage, on one line, from near its first match."""
    start = reading_start(text, marks)
    left = _flat(text[start:])
    cut = left if len(left) <= LONGEST else left[:LONGEST].rsplit(" ", 1)[0] + " …"
    return f"… {cut}" if start else cut


def _fictional(fictional: bool, words: Words) -> str:
    return words.language.text("dato inventato") if fictional else ""


def _line(*facts: str) -> str:
    """Facts on one line, without empty ones."""
    return " · ".join(filter(None, map(_flat, facts)))


def _flat(text: str) -> str:
    return " ".join(text.split())
