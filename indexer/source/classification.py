"""What kind of document a text is, where neither its metadata nor its folder say. Pure.

A profile says in the first person plural what its people do; a case study tells of work done for a
client; an event is of a day, of who spoke and who came. Signs are counted, each once for its kind;
what they count for was set by hand on the sample corpus, whose folders tell the right answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from indexer.domain import DocumentKind, ParsedText
from indexer.text.field_names import field_of
from indexer.text.folding import fold

_LEAST = 1  # sign; the report says what was assumed
_HEADING = 2  # how much a sign counts in a title, a heading or the file's name
_FIELD = 3  # and a field that only one kind has
_FIELDS = {
    DocumentKind.PROFILE: frozenset(
        "name vat aliases legal_form seat works_in remote members employees certifications "
        "website contacts".split()
    ),
    DocumentKind.CASE_STUDY: frozenset({"cooperatives", "client"}),
    DocumentKind.EVENT: frozenset({"organisers", "participants"}),
}
_HEADINGS = {
    DocumentKind.PROFILE: (
        r"\b(?:chi siamo|profil[oei]|company profile|presentazione|brochure|about us|(?:che )?cosa "
        r"facciamo|scheda (?:socio|cooperativa|della cooperativa)|i nostri servizi|what we do)\b"
    ),
    DocumentKind.CASE_STUDY: (
        r"\b(?:cas[oi] (?:di )?(?:studio|successo)|case ?stud(?:y|ies)|progetto|project|il cliente|"
        r"buon[ae] pratic\w+|referenz[ae]|lavoro svolto|la (?:sfida|soluzione)|risultat[oi])\b"
    ),
    DocumentKind.EVENT: (
        r"\b(?:event[oi]?|convegno|seminari?o?|workshop|webinar|assemblea|giornat[ae]|incontr[oi]|"
        r"programma|invito|locandina|fiera|save the date|conferenza|conference|laboratorio|verbale|"
        r"tavola rotonda|porte aperte|meetup|hackathon|serata|festa|corso)\b"
    ),
}
_SIGNS = {
    DocumentKind.PROFILE: (
        r"\b(?:siamo (?:una?|nat[eia]|in \w+|il|la|soci|iscritt|speciali)|we are an?)\b",
        r"\b(?!abbiamo|siamo|stiamo|possiamo|dobbiamo|vogliamo|vediamo|ricordiamo)\w{3,}iamo\b|"
        r"\bwe (?:offer|provide|build|make|develop|help|design|teach|run)\b",
        r"\b(?:i nostri (?:servizi|soci|clienti)|le nostre (?:competenze|attivita)|our services)\b",
        r"\b(?:(?:e|is) (?:una|un|a) (?:\w+ )?(?:cooperativ[ae]|consorzio|cooperative)|"
        r"la (?:nostra )?cooperativa|our cooperative|soci lavoratori)\b",
        r"\b(?:nat[ao]|fondat[ao]|costituit[ao]|founded) (?:nel|a|in)\b|\bdal (?:19|20)\d\d\b",
        r"\b(?:ci occupiamo|lavoriamo (?:per|con|in)|per (?:enti|aziende|imprese|scuole|comuni)\b)",
    ),
    DocumentKind.CASE_STUDY: (
        r"\b(?:client[ei]|committent[ei]|committenza)\b",
        r"\b(?:per conto d|ci (?:ha(?:nno)?|aveva(?:no)?) (?:chiesto|affidato|chiamat)|asked us|"
        r"su incarico d|ha(?:nno)? (?:chiesto|affidato)|serviva|aveva bisogno)",
        r"\babbiamo (?:\w+ )?\w+(?:to|so|sto|tto|ta|ti|te)\b|\bwe (?:built|made|developed|"
        r"delivered|migrated|designed|replaced|installed|wrote)\b",
        r"\b(?:risultat[oi]|in (?:\w+ )?(?:mesi|settimane)|al termine|a fine lavori|results?|"
        r"dopo (?:\w+ )?(?:mesi|settimane|un anno))\b",
        r"\b(?:il progetto|l.intervento|i lavori|il lavoro (?:e|ha)|the project|avviato|collaudo|"
        r"consegnat[oaie])\b",
    ),
    DocumentKind.EVENT: (
        r"\b(?:si (?:terra|svolgera|e (?:svolt|tenut)|sono riunit|discute)|avra luogo|took place|"
        r"ha avuto luogo|will take place|appuntamento)",
        r"\b(?:relator[ei]|interv(?:erranno|engono|iene|ento)|sono intervenut\w|modera(?:to)?|"
        r"hanno partecipato|partecipant[ei]|iscri(?:zioni?|tti)|speakers?|chaired|moderated|"
        r"saluti|registrazione|docent[ei])\b",
        r"\b(?:ore|alle|h\.?) ?\d{1,2}(?:[.:,]\d\d)?\b|\b\d{1,2}[.:]\d\d ?[-–] ?\d{1,2}[.:]\d\d",
        r"\b(?:lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|monday|tuesday|wednesday|"
        r"thursday|friday|saturday|sunday|mattina(?:ta)?|pomeriggio|serata)\b",
        r"\b(?:convegno|seminario|workshop|webinar|tavola rotonda|assemblea|laboratorio|"
        r"incontr[oi]|conference|meeting|session|hackathon|fiera)\b",
        r"\b(?:ha(?:nno)? (?:ospitato|moderato|organizzato|raccontato|spiegato|presentato|tenuto)|"
        r"ospita|organi[sz]ed|hosted|in sala|in programma|ingresso (?:libero|gratuito))\b",
    ),
}
_PATTERNS: Mapping[DocumentKind, tuple[re.Pattern[str], ...]] = {
    kind: tuple(map(re.compile, signs)) for kind, signs in _SIGNS.items()
}


def classify(path: str, parsed: ParsedText) -> DocumentKind | None:
    """The kind that most signs speak for; ``None`` where they are few, or divided.

    Args:
        path: The file's path, whose name may say it.
        parsed: The document.
    """
    fields = {field_of(str(key)) for key in parsed.metadata}
    name = re.sub(r"[_\W]+", " ", PurePosixPath(path).stem)
    title = str(parsed.metadata.get("title") or parsed.title)
    headings = (heading for block in parsed.blocks for heading in block.headings)
    heads = fold(" \n ".join([name, title, *dict.fromkeys(headings)]))
    text = fold(" ".join(block.text for block in parsed.blocks))
    counts = {
        kind: _FIELD * bool(fields & _FIELDS[kind])
        + _HEADING * bool(re.search(_HEADINGS[kind], heads))
        + sum(bool(sign.search(text)) for sign in _PATTERNS[kind])
        for kind in DocumentKind
    }
    best, second = sorted(counts, key=lambda kind: -counts[kind])[:2]
    return best if counts[best] >= _LEAST and counts[best] > counts[second] else None
