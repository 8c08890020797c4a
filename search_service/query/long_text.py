"""What is asked in a long text, as of a tender or a mail. Pure.

A question says what it wants in a sentence or two; a pasted text also names dates, places and
people in passing. So of a text of more than ``LONGEST_QUESTION`` words only the sentences that ask
("cerchiamo …", "chi …?") are a question: their filters count and they are matched. Where none does,
nothing is a filter, and what is matched is what a tender is for ("affidamento del servizio di …"),
or else all of it.
"""

from __future__ import annotations

import re

from indexer.text.tokens import fold_same_length, words

LONGEST_QUESTION = 50  # words; two detailed sentences have some forty
_INTRODUCED = 30  # words from which who asks may have told of themselves first
_FEWEST = 3  # content words of a sentence that says what is sought
_SENTENCE = re.compile(r"\S.*?(?:[.!?;](?=\s+[^\W\d_a-z]|\s*$)|$)", re.DOTALL)
_ASKS = re.compile(
    r"\?\s*$|^\W*(?:chi|quali|quale|dove|who|which|what|where)\b"
    r"|\b(?:cerco|cerchiamo|cercasi|(?:sto|stiamo)\s+cercando|(?:alla|in)\s+(?:ri)?cerca\s+d"
    r"|(?:vorrei|vorremmo)\s+(?:sapere|trovare|conoscere|contattare|un\w*|qualcuno)|mi\s+serv\w+|ci\s+serv\w+|(?:ho|abbiamo|avrei|avremmo)\s+bisogno"
    r"|(?:potete|potreste|sapete|sapreste|puoi)\s+(?:indicar|consigliar|suggerir|segnalar|dir)\w+"
    r"|looking\s+for|searching\s+for|(?:i|we)\s+(?:need|want|would\s+like)"
    r"|(?:could|can)\s+you\s+(?:recommend|suggest|point))\b"
)
_OURSELVES = re.compile(r"\b(?:siamo|sono\s+un\w*|abbiamo|gestiamo|we\s+(?:are|have|run)|i\s+am)\b")
_SEEKS = re.compile(
    r"\b(?:cerco|cerchiamo|cercasi|(?:sto|stiamo)\s+cercando|looking\s+for|searching\s+for)\b"
)
_TENDERED = re.compile(
    r"\b(?:affidamento|aggiudicazione|appalto|concessione|acquisizione|fornitura|procedura|gara|bando"
    r"|avviso|incarico|servizi[oi]|lavori|procedure|tender|contract|procurement|provision|supply)"
    r"\s+(?:(?:apert[ao]|negoziat[ao]|telematic[ao]|pubblic[ao]|dirett[ao]|finalizzat[ao])\s+)*"
    r"(?:(?:per|di|del|della|dei|delle|all[ao]|dell'|for|of|the|il|la|l')\s*)+"
)


def asked(question: str) -> tuple[str, bool]:
    """What of a text is a question, and whether what it names there are filters."""
    sentences = [match[0] for match in _SENTENCE.finditer(question)]
    asking = " ".join(_sought(one) for one in sentences if _ASKS.search(fold_same_length(one)))
    length = len(question.split())
    if length <= (_INTRODUCED if asking and _introduced(question) else LONGEST_QUESTION):
        return question, True
    if len(set(words(asking))) >= _FEWEST:
        return asking, True
    return next(filter(None, map(_tendered, sentences)), question), False


def _introduced(text: str) -> bool:
    """Whether those who ask tell of themselves before they say what they look for."""
    folded = fold_same_length(text)
    sought = _SEEKS.search(folded)
    return sought is not None and _OURSELVES.search(folded, 0, sought.start()) is not None


def _sought(sentence: str) -> str:
    """A sentence from where it says what is looked for, if they tell of themselves before."""
    if not _introduced(sentence):
        return sentence
    begins = _SEEKS.search(fold_same_length(sentence))
    return sentence[begins.start() :] if begins else sentence


def _tendered(sentence: str) -> str:
    """What a sentence puts out to tender; empty where it does not."""
    begins = list(_TENDERED.finditer(fold_same_length(sentence)))
    rest = sentence[begins[-1].end() :] if begins else ""
    return rest if len(set(words(rest))) >= _FEWEST else ""
