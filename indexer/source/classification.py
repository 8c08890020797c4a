"""What kind of document a text is, where neither its metadata nor its folder say. Pure.

A profile speaks in the first person plural of what it offers, a case study of work done for a
client, an event of a day and of who spoke. Each sign counts once for each kind; the counts were set
by hand on the sample corpus, whose folders tell the right answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from indexer.domain import DocumentKind, ParsedText
from indexer.text.field_names import field_of
from indexer.text.folding import fold

_LEAST = 2  # signs; fewer decide nothing
_HEADING = 2  # how much a sign counts in a title, a heading or the file's name
_FIELD = 3
_FIELDS = {
    DocumentKind.PROFILE: frozenset(
        "name vat aliases legal_form seat works_in remote members employees certifications "
        "website contacts".split()
    ),
    DocumentKind.CASE_STUDY: frozenset({"cooperatives", "client"}),
    DocumentKind.EVENT: frozenset({"organisers", "participants"}),
}
_TITLES = {
    DocumentKind.PROFILE: r"chi siamo|profil[oei]\b|company profile|presentazione|brochure|"
    r"about us|scheda (?:socio|cooperativa|della cooperativa)|i nostri servizi|cosa facciamo",
    DocumentKind.CASE_STUDY: r"cas[oi] (?:di )?(?:studio|successo)|case ?stud|progetto|il cliente|"
    r"buona pratica|referenz|lavoro svolto|la sfida|risultati",
    DocumentKind.EVENT: r"event[oi]\b|convegno|seminario|workshop|webinar|assemblea|giornata|"
    r"incontro|programma|invito|locandina|fiera|save the date|conferenza|laboratorio|verbale|corso",
}
_SIGNS = {
    DocumentKind.PROFILE: (
        r"\bsiamo (?:una?|nat[eia]|in \w+|il|la|soci|iscritt|speciali)|\bwe are\b",
        r"\b(?:offriamo|facciamo|forniamo|ci occupiamo|realizziamo|progettiamo|sviluppiamo|"
        r"gestiamo|proponiamo|lavoriamo|seguiamo|aiutiamo|curiamo|accompagniamo|affianchiamo|"
        r"organizziamo|formiamo|costruiamo)\b|\bwe (?:offer|provide|build|make|develop|help)\b",
        r"\b(?:i nostri (?:servizi|soci|clienti)|le nostre (?:competenze|attivita)|our services)\b",
        r"\b(?:la nostra cooperativa|siamo una cooperativa|cooperativa (?:nata|fondata)|"
        r"soci lavoratori|our cooperative|dal (?:19|20)\d\d)\b",
    ),
    DocumentKind.CASE_STUDY: (
        r"\b(?:il |la |al |del )?(?:cliente|committente|committenza|client)\b",
        r"\b(?:per conto d|il comune (?:ci|aveva|voleva|ha chiesto)|ci aveva|"
        r"ci ha(?:nno)? (?:chiesto|affidato)|asked us|su incarico d|ha(?:nno)? chiesto)",
        r"\babbiamo (?:realizzato|sviluppato|costruito|cablato|installato|progettato|fatto|messo|"
        r"portato|migrato|scritto|digitalizzato|riscritto|formato|raccolto|\w+[aiu]to)\b|\bwe "
        r"(?:built|made|developed|delivered|migrated|designed)\b",
        r"\b(?:risultat[oi]|in (?:\w+ )?(?:mesi|settimane)|al termine|a fine lavori|results?)\b",
        r"\b(?:il progetto|l'intervento|i lavori|il lavoro|the project)\b",
    ),
    DocumentKind.EVENT: (
        r"\b(?:si (?:terra|svolgera|e svolt|e tenut|sono riunit)|avra luogo|ha avuto luogo|"
        r"will take place|took place)",
        r"\b(?:relator[ei]|interverranno|intervengono|sono intervenut|hanno partecipato|"
        r"modera(?:to)?|partecipant[ei]|iscrizion[ei]|speakers?|saluti istituzionali|"
        r"registrazione)\b",
        r"\b(?:ore|alle|h\.?) ?\d{1,2}[.:,]\d\d|\b\d{1,2}[.:]\d\d ?[-–] ?\d{1,2}[.:]\d\d",
        r"\b(?:lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|monday|tuesday|wednesday|"
        r"thursday|friday|saturday|sunday)\b",
        r"\b(?:convegno|seminario|workshop|webinar|tavola rotonda|assemblea|laboratorio aperto|"
        r"incontro pubblico|conference|meeting)\b",
    ),
}
_PATTERNS: Mapping[DocumentKind, tuple[re.Pattern[str], ...]] = {
    kind: tuple(map(re.compile, signs)) for kind, signs in _SIGNS.items()
}


def classify(path: str, parsed: ParsedText) -> DocumentKind | None:
    """The kind that most signs speak for; ``None`` where they are few, or divided."""
    fields = {field_of(str(key)) for key in parsed.metadata}
    stem = re.sub(r"[_\W]+", " ", PurePosixPath(path).stem)
    heads = fold(" \n ".join([stem, parsed.title, *dict.fromkeys(_headings(parsed))]))
    text = fold(" ".join(block.text for block in parsed.blocks))
    signs = {
        kind: _FIELD * bool(fields & _FIELDS[kind])
        + _HEADING * bool(re.search(_TITLES[kind], heads))
        + sum(bool(sign.search(text)) for sign in _PATTERNS[kind])
        for kind in DocumentKind
    }
    best, second = sorted(signs, key=lambda kind: -signs[kind])[:2]
    return best if signs[best] >= _LEAST and signs[best] > signs[second] else None


def _headings(parsed: ParsedText) -> list[str]:
    return [heading for block in parsed.blocks for heading in block.headings]
