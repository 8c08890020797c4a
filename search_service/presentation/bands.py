"""Who is documented and who is only close, and why, in plain lines. Pure."""

from __future__ import annotations

from indexer.domain import DocumentKind, Part
from search_service.domain import Answer, Band, ConceptMatch, MatchReason, OrganisationHit, Proof
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _

_DONE = {
    Proof.DECLARED: _("Dichiara: %(what)s"),
    Proof.DEMONSTRATED: _("Lavoro svolto: %(what)s"),
    Proof.CORROBORATED: _("Confermato da altri: %(what)s"),
}
_TAKEN_PART = {
    Part.SPEAKS: _("È intervenuta a: %(title)s"),
    Part.ORGANISES: _("Ha organizzato: %(title)s"),
}
_SPOKEN_OF_IT = _("Ne ha parlato a: %(title)s")
_CITED = _("Citata in: %(title)s")
_BESIDE = _("Dichiara: %(named)s, vicina a %(asked)s")
_DONE_BESIDE = _("Lavoro svolto: %(named)s, competenza vicina a %(asked)s")
_NEAREST = {
    Proof.DECLARED: _("La frase più vicina, dal suo profilo"),
    Proof.DEMONSTRATED: _("La frase più vicina, da un suo lavoro"),
    Proof.CORROBORATED: _("La frase più vicina, da un documento di altri"),
}


def close_heading(answer: Answer, words: Words) -> str:
    """What stands over those that are only close."""
    if answer.total:
        return words.language.text("Le più vicine, ma forse non fanno ciò che cerchi")
    return words.language.text("Nessuna prova diretta: le più vicine")


def why_line(hit: OrganisationHit, words: Words) -> str:
    """Why a cooperative is in an answer: "Dichiara: penetration testing"; maybe nothing.

    Nothing is said of those that were asked for by name, or by filters alone.
    """
    why, best = hit.why, hit.evidence[0]
    if why.reason in (MatchReason.NAMED, MatchReason.FILTERS):
        return ""
    if hit.band is Band.DOCUMENTED and best.proof in _DONE:
        return words.language.text(_DONE[best.proof], what=what_answers(hit, words))
    if why.reason is MatchReason.NEARBY:
        what = ", ".join(match.named.label(words.language.code) for match in why.concepts)
        return words.language.text(_DONE.get(best.proof, _DONE[Proof.DECLARED]), what=what)
    if best.proof is Proof.MENTIONED:
        on_it = why.part is Part.SPEAKS and why.reason is not MatchReason.MEANING
        message = _SPOKEN_OF_IT if on_it else _TAKEN_PART.get(best.part, _CITED)
        return words.language.text(message, title=best.document.title)
    return words.language.text("Vicina per significato")


def what_answers(hit: OrganisationHit, words: Words) -> str:
    """The competencies and the words by which a cooperative answers."""
    what = "; ".join(_named(match, words) for match in hit.why.concepts)
    said = ", ".join(f"«{word}»" for word in hit.why.words)
    return ", ".join(filter(None, (what, said)))


def may_fit_line(hit: OrganisationHit, words: Words) -> str:
    """Why a cooperative that is only close may be worth a call, where its sentence stands below."""
    why, best = hit.why, hit.evidence[0]
    if why.reason is MatchReason.NEARBY:
        code = words.language.code
        named = ", ".join(dict.fromkeys(match.named.label(code) for match in why.concepts))
        asked = ", ".join(dict.fromkeys(match.asked.label(code) for match in why.concepts))
        message = _DONE_BESIDE if best.proof is Proof.DEMONSTRATED else _BESIDE
        return words.language.text(message, named=named, asked=asked)
    if best.proof is Proof.DECLARED and best.document.kind is not DocumentKind.PROFILE:
        return words.language.text("La frase più vicina, da un documento che la riguarda")
    if best.proof in _NEAREST:
        return words.language.text(_NEAREST[best.proof])
    return why_line(hit, words)


def _named(match: ConceptMatch, words: Words) -> str:
    """A competence, and what it is part of where that was asked."""
    language = words.language
    named, asked = match.named.label(language.code), match.asked.label(language.code)
    if match.named == match.asked:
        return named
    return language.text("%(named)s, che fa parte di %(asked)s", named=named, asked=asked)
