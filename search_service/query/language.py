"""The language of a question, judged by its small words, not by its jargon. Pure.

"Chi fa data engineering?" is Italian and "who does visura catastale?" English, whatever their
nouns: they mislead a detector that looks at all letters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from indexer.text.folding import fold
from indexer.text.language import detect_language
from search_service.presentation.languages import ITALIAN, LANGUAGES


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The words that one asks with decide before all others: no name or term of a trade holds many.
_ASKING = {
    ITALIAN: _words(
        "chi fa fanno faccia facciano sa sanno sapete sapreste conosce conoscono conoscete conosci "
        "cerco cerca cerchi cerchiamo cercasi cercavo cercavamo cercando trova trovami trovare "
        "vorrei vorremmo volevo volevamo voglio servono servirebbe occorre occorrono bisogno "
        "mostra mostrami elenca elencami dammi dateci dimmi avvisami avvisaci avete abbiamo "
        "esiste esistono c' qualcuno qualcuna occupa occupano offre offrono puo puoi possono "
        "potete potrebbe quale quali quanti quante dove quando cosa"
    ),
    "en": _words(
        "who who' whom whose which what what' where does do can could would find show looking "
        "searching need needs want wants someone somebody anyone anybody tell notify please there "
        "there' i' we' have"
    ),
}
# Otherwise those that join the things asked for ("museums near Siena", "pane del forno").
# "A", "in", "i", "me", "no", "come" and "all" are words of both, and say nothing.
_JOINING = {
    ITALIAN: _words(
        "di del della dello dei degli delle dell' d' da dal dalla dallo dai dagli dalle dall' "
        "nel nella nello nei negli nelle nell' su sul sulla sullo sui sugli sulle sull' al alla "
        "allo agli alle all' il lo la gli le l' un un' uno una con per tra fra e ed o oppure "
        "che non si mi ci vi sono siamo ho anche pure solo soltanto ma invece allora altri "
        "altre altro ancora vicino dintorni presso fuori oltre dopo prima entro senza quest' "
        "questo questa nostro nostra"
    ),
    "en": _words(
        "the an of for from with without by at on to near around between outside within about and "
        "or but not only just also is are was were be that this these those their our your my we "
        "you they any some more other others than then instead"
    ),
}
# English that Italians use, with its small words.
_LOANS = re.compile(
    r"\b(?:as a service|internet of things|(?:end|face|peer|one|business|door) to \w+"
    r"|(?:go|time) to market|know how|how to|on (?:line|site|demand|the job|boarding)|off the shelf"
    r"|made in|all in one|for all|do it yourself|(?:proof|point|state) of \w+|work in progress"
    r"|train the trainers?|train of trainers|research (?:and|&) development"
    r"|(?:diversity|equity) and inclusion|plug and play|food and beverage|bed and breakfast"
    r"|track and trace|show ?cooking|talent show|up to date)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*['’]?")  # "e-commerce" is no "e"


def language_of_question(question: str, *before: str) -> str:
    """The code of the language to answer in.

    If the small words do not decide, it is the first code of ``before`` in LANGUAGES (that of the
    conversation, or of the person according to the platform); then the language that the letters
    look like; Italian if that is unclear.
    """
    told = _told(question)
    known = (code for code in before if code in LANGUAGES)
    return told or next(known, "") or detect_language(question, among=tuple(LANGUAGES))


def _told(question: str) -> str:
    words = list(_small_words(question))
    for tables in (_ASKING, _JOINING):
        found = Counter(code for word in words for code in tables if word in tables[code])
        if found:  # of a tie the first: a sentence begins in its own language
            return found.most_common(1)[0][0]
    return ""


def _small_words(question: str) -> Iterator[str]:
    """The words, folded, without acronyms: "IT", "US" and "TO" (Torino) are no small words."""
    shouted = question.isupper()
    for match in _WORD.finditer(_LOANS.sub(" ", question)):
        if shouted or len(match[0]) == 1 or not match[0].isupper():
            yield fold(match[0]).replace("’", "'")
