"""Sentences in which an organisation says what it does not do. Pure.

"Non installiamo pannelli" is the best match for a question about installing panels, and proves
the contrary: such a sentence is shown with its document, but is no evidence for anybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# "Non vendiamo", "non lo elaboriamo", "né trattiamo": first person plural, as profiles speak.
_WE_DO_NOT = re.compile(
    r"\b(?:non|né|mai)\s+(?:(?:ci|ne|lo|la|li|le|gli|vi|si)\s+)?(?P<verb>[a-zà-ù]+iamo)\b"
    r"|\bnon\s+(?:(?:lo|la|li|le|ne)\s+)?(?:esegu|svolg|offr|effettu|fornisc|tratt|realizz|vend|"
    r"install|produc|sviluppa|elabora|gestisc)\w*"
    r"|\bnon\s+(?:si\s+occupa(?:no)?|fa|fanno)\b"
    # What is passed on is not done either: "le affidiamo a", "cerchiamo partner per".
    r"|\b(?:li|le|lo|la|l['’])\s*(?:affidiamo|deleghiamo|chiediamo|giriamo|passiamo)\b"
    r"|\b(?:è|sono|viene|vengono)\s+affidat[aeio]\s+a(?:d)?\s+(?:un|altr|partner|terzi|soggett)"
    r"|\bcerchiamo\s+(?:un\s+)?partner\b|^niente\b|^no[.,;:!]|\bwe\s+(?:hand\s+over|refer)\b"
    r"|\bnor\s+(?:do|does)\s+(?:we|it)\b"
    r"|\b(?:we|it|they|the\s+cooperative)\s+(?:do|does)(?:\s+not|n[\'’]t)\s+(?P<english>[a-z]+)",
    re.IGNORECASE,
)
# "Non ci limitiamo a", "non possiamo che": these affirm, or say nothing of a competence.
_AFFIRMING = frozenset(
    "limitiamo fermiamo smettiamo dimentichiamo lasciamo crediamo pensiamo possiamo vogliamo "
    "dobbiamo sappiamo vediamo accontentiamo perdiamo abbandoniamo siamo just only merely stop "
    "believe think want simply".split()
)
_HEADING = re.compile(
    r"\b(?:cosa\s+non\s+(?:facciamo|fa|offriamo|svolge|si\s+fa)|non\s+(?:facciamo|offriamo)"
    r"|what\s+we\s+(?:do\s+not|don[\'’]t)\s+do)\b",
    re.IGNORECASE,
)


# "Per i dati chiamate chi vola con i droni": after a denial, whom to ask instead.
_REFERRAL = re.compile(
    r"\b(?:chiam|telefon|rivolg|contatt|consigli|diciamo\s+a\s+chi|altr[aieo]\b|partner|ask\b|call\b)",
    re.IGNORECASE,
)


def denied(texts: Sequence[str], headings: Sequence[tuple[str, ...]]) -> list[bool]:
    """Which sentences of a text, each with the headings above it, prove nothing.

    Besides the denials themselves, the question that one answers ("SAP? No, non lo trattiamo.")
    and the sentence after it that says whom to ask instead.
    """
    found = [denies(text, path) for text, path in zip(texts, headings, strict=True)]
    spread = list(found)
    for n, is_denial in enumerate(found):
        if is_denial and n and texts[n - 1].endswith("?"):
            spread[n - 1] = True
        if is_denial and n + 1 < len(texts) and _REFERRAL.search(texts[n + 1]):
            spread[n + 1] = True
    return spread


def denies(sentence: str, headings: tuple[str, ...]) -> bool:
    """Whether a sentence, or a heading above it, says what somebody does not do."""
    if any(_HEADING.search(heading) for heading in headings):
        return True
    return any(
        (match["verb"] or match["english"] or "").lower() not in _AFFIRMING
        for match in _WE_DO_NOT.finditer(sentence)
    )
