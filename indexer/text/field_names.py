"""The names that people give to the fields of metadata and to the columns of registers.

One table for both: a field of the contract (corpus/README.md), and how it is written in Italian and
English. Names are compared without case, accents and punctuation: "N. soci", "N° SOCI" and "n soci"
are one. ``COLUMNS`` are names that only a register gives a meaning to, since a row is a profile.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from indexer.text.folding import fold

NAME, ALIASES, COOPERATIVES, CONTACT_PEOPLE = "name", "aliases", "cooperatives", "contact_people"
ADDRESS, COMPETENCIES = "address", "competencies"
TEXT, ACTIVITIES, ORDINAL = "text", "activities", "ordinal"
# Written beside a seat, they tell where it is; they are no facts of their own.
SEAT_PARTS = ("town", "province", "region", "postcode", ADDRESS)
LISTS = frozenset(
    "aliases works_in competencies sectors certifications contacts contact_people cooperatives "
    "organisers participants".split()
)
_ALIKE = 0.8  # of difflib, set by hand: "Certificazion" is meant, "Fondazione" is not

# What a document's metadata and a register may both hold.
FIELDS: Mapping[str, str] = {
    "kind": "kind; tipo; tipo di documento",
    "title": "title; titolo",
    "date": "date; data",
    "updated": "updated; aggiornato; aggiornato al; ultimo aggiornamento; last update",
    "language": "language; lingua",
    "source": "source; fonte",
    "fictional": "fictional; fittizio; inventato",
    "name": "name; nome; denominazione; ragione sociale; denominazione sociale; nome cooperativa;"
    " nome della cooperativa; denominazione cooperativa; ragione sociale cooperativa;"
    " denominazione ragione sociale; ragione sociale denominazione; company name;"
    " cooperative name; organisation name; organization name",
    "aliases": "aliases; alias; sigla; acronimo; acronym; short name; altri nomi; nome breve;"
    " detta anche; also known as; abbreviazione",
    "vat": "vat; partita iva; p iva; piva; p iva cf; cf p iva; p iva codice fiscale;"
    " codice fiscale p iva; codice fiscale partita iva; partita iva codice fiscale; vat number;"
    " vat no; n partita iva; vat id; part iva; iva",
    "legal_form": "legal form; forma giuridica; natura giuridica; forma; tipo di cooperativa;"
    " tipo cooperativa; tipologia cooperativa; tipologia di cooperativa; type of cooperative",
    "seat": "seat; sede; sede legale; registered office; head office; headquarters; hq; based in;"
    " sede principale; dove siete; sede sociale",
    "town": "town; comune; comune sede legale; comune sede; comune di sede; sede comune; citta;"
    " sede legale comune; comune della sede legale; citta sede legale; sede citta; citta sede;"
    " localita; location; city; municipality; paese sede; dove; residenza sede",
    "province": "province; provincia; prov; pr; sigla provincia; prov sede; provincia sede legale;"
    " provincia sede; prov sede legale; provincia di; county; sede provincia",
    "region": "region; regione; regione sede; regione sede legale; sede regione; reg",
    "postcode": "postcode; cap; codice postale; codice avviamento postale; postal code; zip;"
    " zip code; cap sede legale; cap sede",
    "address": "address; indirizzo; indirizzo sede; indirizzo sede legale; via; street;"
    " street address; sede indirizzo; indirizzo della sede legale; indirizzo completo;"
    " full address",
    "works_in": "works in; opera in; zona; zone; zone servite; aree servite; area di intervento;"
    " territorio; territori; zona operativa; area operativa; area geografica; ambito territoriale;"
    " sede operativa; sedi operative; altre sedi; unita operativa; unita locali; areas served;"
    " service area; area served; where you work; dove lavora; dove lavorate; dove opera;"
    " dove operate; zona di lavoro",
    "remote": "remote; remoto; da remoto; a distanza; lavora a distanza; works remotely",
    "competencies": "competencies; competenze; competenza; skills; competences; competence;"
    " competenze principali; specializzazioni; specializzazione; expertise; know how; saper fare;"
    " specialties; specialities; aree di competenza; cosa sa fare; cosa sapete fare",
    "sectors": "sectors; settori; settore; sector; industry; ateco; codice ateco; codici ateco;"
    " ateco 2007; ateco 2025; settore di attivita; settori di attivita; comparto; nace; branch;"
    " settore ateco; cod ateco; settore economico; ambito; ambiti; ambito di attivita",
    "certifications": "certifications; certificazioni; certificazione; certification;"
    " certificates; certificati; certificazioni possedute; certificazioni di qualita; iso;"
    " attestazioni; accreditamenti; certificazioni qualita",
    "members": "members; n members; soci; n soci; totale soci; soci lavoratori; base sociale;"
    " quanti soci; numero di soci; soci totali",
    "employees": "employees; addetti; dipendenti; n addetti; n dipendenti; lavoratori;"
    " n lavoratori; occupati; n occupati; organico; staff; headcount; workers; personale;"
    " workforce; quanti addetti; quante persone; persone; addetti totali; n of employees",
    "website": "website; sito; sito web; sito internet; web; url; homepage; home page; web site;"
    " www; link; pagina web; indirizzo web; site",
    "contacts": "contacts; contatti; contatto; email; e mail; mail; posta elettronica; indirizzo"
    " email; indirizzo e mail; pec; e mail pec; mail pec; posta certificata;"
    " posta elettronica certificata; telefono; tel; telefoni; n telefono; n di telefono; fisso;"
    " recapito; recapiti; recapito telefonico; phone; phone number; telephone; fax; cellulare;"
    " cell; mobile; contact; contact details; tel fax; telefono fax; email address; numero verde",
    "contact_people": "contact people; contact person; referente; referenti; nome referente;"
    " persona di riferimento; persona di contatto; presidente; legale rappresentante;"
    " rappresentante legale; responsabile; contatto referente; email referente; e mail referente;"
    " telefono referente; cellulare referente; cell referente; tel referente; mail referente;"
    " presidente legale rappresentante; chi contattare; president; chairperson; direttore;"
    " amministratore delegato; ruolo referente",
    "cooperatives": "cooperatives; cooperative; cooperativa; realizzato da; autori; chi l ha fatto",
    "client": "client; cliente; committente; customer; per chi",
    "place": "place; luogo",
    "organisers": "organisers; organizzatori; organizzatore; organizers; organiser; organizer",
    "participants": "participants; partecipanti; attendees",
    "visibility": "visibility; visibilità",
}

# What only a column of a register means.
COLUMNS: Mapping[str, str] = {
    TEXT: "text; testo; description; descrizione; body; presentazione; profilo; about; chi siamo;"
    " descrizione attivita; descrizione delle attivita; breve descrizione; descrizione breve;"
    " presentazione della cooperativa; oggetto sociale; mission; storia; note; notes; annotazioni;"
    " osservazioni; commenti; remarks; comments; note aggiuntive; short description; summary;"
    " abstract; profile; bio",
    ACTIVITIES: "activities; attivita; attivita svolta; attivita svolte; attivita principale;"
    " attivita prevalente; attivita principali; servizi; servizi offerti; servizi erogati;"
    " principali servizi; prodotti e servizi; prodotti servizi; prodotti; cosa fa; cosa fate;"
    " cosa facciamo; di cosa si occupa; di cosa vi occupate; parole chiave; keywords; keyword;"
    " tag; tags; services; services offered; what they do; what it does; what we do; products;"
    " products and services; technologies; tecnologie; activity; main activity; offerta",
    ORDINAL: "n; no; nr; id; prog; progressivo; n prog; n ord; n d ord; ord; pos; riga; row",
}
# Whose name a row is, where no column is called a name: "Cooperativa", "Socio".
OWNERS = (
    "cooperativa; cooperative; socio; associata; associato; azienda; impresa; societa; ente;"
    " organizzazione; organisation; organization; company; coop; consorzio; consorziata; firm;"
    " enterprise; cooperativa socia; cooperativa associata; cooperativa aderente; aderente;"
    " intestazione; insegna; member"
)

# Beside a person's surname, "Nome" is a person's too.
SURNAMES = "cognome; surname; last name; family name; cognome referente; cognome e nome"

_NUMBER = re.compile(r"^(?:n[ro]?|num|numero|number)(?: (?:of|di|dei))? (?=\S)")
_INITIALS = re.compile(r"\b(?:\w )+\w\b")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def plain_name(written: str) -> str:
    """A name without case, accents and punctuation: "N.° soci" is "n soci", "P. I.V.A." "p iva"."""
    words = re.sub(r"[\W_]+", " ", fold(written).replace("°", " ").replace("#", " n ")).strip()
    joined = _INITIALS.sub(lambda found: found[0].replace(" ", ""), words)
    return _NUMBER.sub("n ", joined)


def field_of(written: str) -> str | None:
    """The field of the contract that a name means, if it means one."""
    return _names(FIELDS).get(plain_name(written))


def column_of(written: str) -> str | None:
    """What a column of a register means: a field, or one of ``COLUMNS``; ``None`` if not known."""
    known = {**_names(FIELDS), **_names(COLUMNS)}
    shorter = _BRACKETS.sub(" ", written)
    return known.get(plain_name(written)) or known.get(plain_name(shorter))


def is_owner(written: str) -> bool:
    """Whether a column names whose row it is, though not by a word for a name."""
    return plain_name(_BRACKETS.sub(" ", written)) in _split(OWNERS)


def is_surname(written: str) -> bool:
    """Whether a column holds the surnames of people."""
    return plain_name(written) in _split(SURNAMES)


@lru_cache(maxsize=4096)  # the documents of a corpus have the same fields
def nearest_field(written: str, *, column: bool = False) -> str:
    """The field that a name may mean: an abbreviation ("Sede op."), or a slip; empty if none.

    Args:
        written: The name as people wrote it.
        column: Whether it is a register's column.
    """
    known = {**_names(FIELDS), **_names(COLUMNS)} if column else _names(FIELDS)
    name = plain_name(written)
    for spelling, field in known.items():
        if _abbreviates(name, spelling):
            return field
    close = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
    return known[close[0]] if close else ""


def _abbreviates(name: str, spelling: str) -> bool:
    """Whether each word begins one of the spelling: "sede op" of "sede operativa"."""
    short, whole = name.split(), spelling.split()
    return (
        len(short) == len(whole) > 1
        and name != spelling
        and all(len(a) > 1 and b.startswith(a) for a, b in zip(short, whole, strict=True))
    )


def _names(table: Mapping[str, str]) -> Mapping[str, str]:
    return _read(tuple(table.items()))


@cache
def _read(table: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The field of each spelling, as ``plain_name`` writes it."""
    return {spelling: field for field, spellings in table for spelling in _split(spellings)}


@cache
def _split(spellings: str) -> frozenset[str]:
    return frozenset(plain_name(spelling) for spelling in spellings.split(";"))
