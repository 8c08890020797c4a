"""The language of a question is that of its small words, whatever its jargon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.language import detect_language
from search_service.presentation.languages import LANGUAGES
from search_service.query.language import language_of_question

ITALIAN = """\
chi fa data engineering?
chi fa data engineering
Chi sa fare UX research vicino a Bologna?
cerco qualcuno per cloud migration
chi può fare penetration testing?
chi si occupa di digital storytelling a Milano
cerchiamo un partner per machine learning in sanità
cercasi full stack developer a Modena
c'è qualcuno che fa machine learning?
c’è una cooperativa di graphic design?
mi serve un cloud architect
ci servono data scientist vicino a Parma
vorrei trovare chi fa service design
abbiamo bisogno di change management
dove trovo social media marketing?
quali cooperative fanno cyber security in Toscana?
qualcuno fa software as a service?
chi sa di Internet of Things
internet of things per la logistica
consulenza end to end nel retail
chi organizza show cooking
chi fa food and beverage a Rimini
chi ha il know how su idrogeno
chi fa AI
chi fa IT per le PMI
chi fa marketing (TO)
CHI FA DATA ENGINEERING?
casi di studio sul customer journey
eventi sulla digital transformation
e a Milano?
E in Toscana?
ed e-learning?
e-commerce per artigiani
anche business intelligence
solo eventi
ma con ISO 9001
data engineering vicino a Bologna
open innovation nel turismo
digital marketing per il terzo settore
web design della pubblica amministrazione
project management, non a Roma
facility management fuori da Milano
team building senza alcol
smart working o coworking
machine learning dell'immagine
l'user experience
chi fa design for all
c'è chi fa train the trainers?
mostrami i partner di cloud computing
qualcuno sa fare data visualization e infographics
dimmi chi fa bed and breakfast
avvisami quando arriva chi fa blockchain
""".splitlines()
ENGLISH = """\
who does data engineering?
who can do web accessibility in Tuscany?
Who does penetration testing near Bologna?
who makes grappa di moscato near Trento
who can do visura catastale in Rome?
we need a commercialista
we need somebody for the busta paga
looking for a sartoria in Imola
I'm looking for a panificio
I need traduzioni giurate
does anyone know a falegnameria?
is there a cooperativa sociale for cleaning?
there's a cantina that ships
which cooperatives produce olio d'oliva?
can you find a tipografia near Siena
where can I find a birrificio
who's good at restauro
what about a fattoria didattica?
find me a vivaio
show the agriturismi in Umbria
please find tai chi teachers
someone who does doposcuola
do you have an asilo nido?
who teaches tai chi?
and in Paris?
and near Milan?
also events
only case studies
but with ISO 9001
web accessibility for museums
producers of pasta di Gragnano near Naples
events about turismo sostenibile
case studies on mensa scolastica
restauro of old boats
caseificio outside Parma
the best gelateria
cheese from the Apennines
bread without gluten
any enoteca
or a libreria
WHO DOES SARTORIA?
who does IT in Milan (MI)
not Bologna
houses between Pisa and Lucca
""".splitlines()
CASES = [(q, "it") for q in ITALIAN] + [(q, "en") for q in ENGLISH]
# Nothing but jargon, names and what both languages write.
SILENT = (
    "",
    "?",
    "SAP",
    "data engineering",
    "sartoria",
    "a Bologna",
    "in Toscana",
    "AI",
    "IT",
    "2025",
)


@pytest.mark.parametrize(("question", "language"), CASES)
def test_small_words_tell(question: str, language: str) -> None:
    other = "en" if language == "it" else "it"
    assert language_of_question(question, other) == language


@pytest.mark.parametrize("question", SILENT)
def test_where_they_say_nothing_the_conversation_does(question: str) -> None:
    assert language_of_question(question, "en", "it") == "en"
    assert language_of_question(question, "it", "en") == "it"
    assert language_of_question(question, "", "en") == "en"
    assert language_of_question(question, "pt-br", "en") == "en"


@pytest.mark.parametrize("question", SILENT)
def test_where_there_is_none_the_letters_do(question: str) -> None:
    assert language_of_question(question) == detect_language(question, among=("it", "en"))


def test_the_letters_lead_to_both() -> None:
    assert {language_of_question(q) for q in ("data engineering", "sartoria sociale")} == {
        "en",
        "it",
    }


@given(st.text(max_size=80), st.text(max_size=5))
def test_any_text_is_in_a_language_of_ours(text: str, before: str) -> None:
    assert language_of_question(text, before) in LANGUAGES
