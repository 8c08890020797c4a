"""Detects sentences that say what an organisation does not do. Pure.

"Non installiamo pannelli" matches a question about installing panels but proves the opposite: such
sentences are shown with their document, but are no evidence for anyone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.text.check_boxes import is_unticked
from indexer.text.not_ours import EXCLUDED, MISSING

_PRONOUN = r"(?:(?:ci|mi|ne|lo|la|li|le|gli|vi|si)\s+)?"
# Verbs of work that their stem identifies in any person: "non esegue", "non vendo".
_WORK = (
    r"(?:esegu|svolg|offr|effettu|fornisc|tratt|realizz|vend|install|produc|svilupp|elabor|gestisc"
    r"|traduc|rilasc)\w*|fa(?:nno|ccio)?\b|occup(?:a|ano|o)\b"
)
_WE = r"\b(?:we|it|they|the\s+cooperative)\s+"
_WE_DO_NOT = re.compile(
    # Of a trade: "We are not penetration testers", "non siamo installatori".
    r"\bwe(?:\s+are|['’]re)\s+not\s+(?:an?\s+)?(?!(?:new|begin)\w*ers\b)(?:\w+\s+)?"
    r"(?:\w+(?:er|or|ist|ian|ant)s?|company|agency|firm|school|shop|studio)\b"
    r"|\bnon\s+siamo\s+(?:(?:degli|delle|dei|un['’oa]?|una|noi)\s*)?(?:agenzia|impresa|scuola"
    r"|\w+(?:tor[ie]|tric[ie]|ist[ie]|ier[ie]|logi|grafi|nomi|cati|anti|enti))\b"
    # "Non vendiamo", "non lo elaboriamo", "né trattiamo": first person plural, as in profiles.
    rf"|\b(?:non|né)\s+{_PRONOUN}(?:abbiamo|ho)\s+(?:mai|ancora|più)\s+\w+(?:[aiu]t|tt|s)[oaie]\b"
    rf"|\b(?:non|né|ne['’]|mai)\s+{_PRONOUN}(?P<verb>[a-zà-ù]+iamo)\b"
    # Others may be meant in the third person: "corsi che non fanno dormire", "chi non vende".
    rf"|(?<!\bche\s)(?<!\bchi\s)(?<!\bcui\s)\bnon\s+{_PRONOUN}(?:{_WORK})"
    r"|\bnon\s+(?:rientra(?:no)?|è|sono|fa(?:nno)?\s+parte)\s+(?:tra|fra|nei|dei)\s+"
    r"(?:(?:i|le)\s+)?(?:nostr[ie]\s+)?(?:servizi|attività|competenze)\b"
    # Work passed on is not done either: "le affidiamo a", "cerchiamo partner per".
    r"|\b(?:li|le|lo|la|l['’])\s*(?:affidiamo|deleghiamo|chiediamo|giriamo|passiamo)\b"
    r"|\b(?:li|le|lo|la)\s+lasciamo\s+(?:fare\s+)?a(?:d|l|i|gli|lla|lle|llo|ll['’])?\b(?!\s*(?:client|committent|voi\b))"
    r"|\b(?:è|sono|viene|vengono)\s+affidat[aeio]\s+a(?:d)?\s+(?:un|altr|partner|terzi|soggett)"
    r"|\bcerchiamo\s+(?:un\s+)?partner\b|\bwe\s+(?:hand\s+over|refer)\b"
    # Without a verb, at the start of a sentence: "Niente SOC", "Nessun servizio di …", "No."
    r"|^(?:(?:da\s+noi|qui),?\s+)?niente\s+(?!paura|panico|scuse|male|problem|più\b|di\s+(?:più|meno))"
    r"|^(?:(?:da\s+noi|qui),?\s+)?nessun[ao]?['’]?\s*(?:servizi|consulenz|rivendit|vendit|fornitur"
    r"|attività|assistenz)\w*\s+(?:di|in|per)\b"
    r"|^(?:neppure|nemmeno|neanche)\s+(?:di|per)\s+[^:.]+(?:[:.]|$)"
    r"|^no[.,;:!](?!\s+(?:non\s+(?:è|sono|serve|occorre|bisogna|costa|c['’]è)|it\s))"
    rf"|{_WE}(?:do|does|did|will|ca|can|could|wo)(?:\s*not|\s+never|n['’]t)\s+(?P<english>[a-z]+)"
    rf"|{_WE}(?:have\s+)?(?:never|no\s+longer)\s+(?P<never>[a-z]+)|{_WE}(?:do|offer)\s+no\s+\w"
    r"|\b(?:nor|neither)\s+(?:do|does|can|will)\s+(?:we|it)\s+(?P<nor>[a-z]+)"
    r"|\b(?:is|are)\s+not\s+(?:among|part\s+of)\s+(?:our|the)\s+services\b"
    r"|:\s*no(?=[,.;])"  # "They ask us: no, only sensors"
    r"|(?:^|[:;]\s*)no\s+(?:[\w-]+\s+){0,3}(?:services?|support|consultancy|training|development|sales)\b"
    # Of somebody else: "I corsi non sono nostri", "Not to be confused with …".
    r"|\bnon\s+(?:è|sono)\s+nostr[oaie]\b|\b(?:is|are)\s+not\s+ours\b"
    r"|\b(?:not\s+to\s+be\s+confused\s+with|da\s+non\s+confondere\s+con)\b",
    re.IGNORECASE,
)
# "Non ci limitiamo a", "non possiamo che": these affirm, or say nothing of a competence.
_AFFIRMING = frozenset(
    "usiamo partiamo carichiamo troviamo "
    "limitiamo fermiamo smettiamo dimentichiamo lasciamo crediamo pensiamo possiamo vogliamo "
    "dobbiamo sappiamo vediamo accontentiamo perdiamo abbandoniamo siamo abbiamo temiamo dormiamo "
    "chiediamo aspettiamo nascondiamo improvvisiamo restiamo rimaniamo arrendiamo riusciamo "
    "just only merely simply stop believe think want sleep charge ask forget need leave fear hide "
    "lose know wait mind compromise".split()
)
# "Non facciamo solo siti", "non consegniamo niente senza provarlo": a limit, in its clause.
_LIMIT = re.compile(
    r"[^,;:.]*?\b(?:sol[oaie]|soltanto|solamente|unicamente|altro\s+che|se\s+non|senza|finché|che\s+nessun\w*"
    r"|just|only|merely|without|until|unless)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"\b(?:cosa\s+non\s+(?:facciamo|fa|offriamo|svolge|si\s+fa)|non\s+(?:facciamo|offriamo)"
    r"|what\s+we\s+(?:do\s+not|don[\'’]t)\s+do)\b",
    re.IGNORECASE,
)


# "Per i dati chiamate chi vola con i droni": after a denial, whom to ask instead.
_REFERRAL = re.compile(
    r"\b(?:chiam(?:ate|are|i)|telefon(?:ate|are|i)|rivolg(?:etevi|ersi|iti|iamo)|contatt(?:ate|are)"
    r"|consigli(?:amo|ate)|diciamo\s+a\s+chi|altr[ae]\s+(?:cooperativ|impres|aziend)|partner|ask\b|call\b)",
    re.IGNORECASE,
)


def negated_sentences(texts: Sequence[str], headings: Sequence[tuple[str, ...]]) -> list[bool]:
    """For each sentence of a text, whether it is negated and so no evidence.

    Includes the question that a negated sentence answers ("SAP? No, non lo trattiamo.") and a
    referral right after it under the same headings ("chiamate la cooperativa X").

    Args:
        texts: the sentences, in order.
        headings: the path of headings above each.
    """
    found = [is_negated(text, path) for text, path in zip(texts, headings, strict=True)]
    for n, text in enumerate(texts[1:], start=1):
        # "Il cablaggio? Chiamate un elettricista."
        found[n] = found[n] or (texts[n - 1].endswith("?") and _REFERRAL.match(text) is not None)
    spread = list(found)
    for n, is_denial in enumerate(found):
        if is_denial and n and texts[n - 1].endswith("?"):
            spread[n - 1] = True
        below = n + 1 < len(texts) and headings[n + 1] == headings[n]
        if is_denial and below and _REFERRAL.search(texts[n + 1]):
            spread[n + 1] = True
    return spread


def is_negated(sentence: str, headings: tuple[str, ...]) -> bool:
    """Whether a sentence, or a heading above it, says what an organisation does not do."""
    if is_unticked(sentence) or any(_HEADING.search(heading) for heading in headings):
        return True
    if EXCLUDED.search(sentence) or MISSING.search(sentence):
        return True
    return any(_is_denial(match) for match in _WE_DO_NOT.finditer(sentence))


def _is_denial(match: re.Match[str]) -> bool:
    verb = match["verb"] or match["english"] or match["never"] or match["nor"] or ""
    return verb.lower() not in _AFFIRMING and not _LIMIT.match(match.string, match.end())
