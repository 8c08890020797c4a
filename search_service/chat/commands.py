"""What a person wants in a chat: an answer, help, or an alert. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from indexer.text.tokens import fold_same_length
from search_service.presentation.languages import ITALIAN

MAX_TEXT = 4_000  # characters read of a message: more is no question, and takes time to read


class Intent(StrEnum):
    """What a message asks for."""

    ANSWER = "answer"
    MORE = "more"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    NOTHING = "nothing"
    CREATE_ALERT = "create alert"
    ALERT_WITHOUT_TEXT = "alert without text"
    LIST_ALERTS = "list alerts"
    REMOVE_ALERT = "remove alert"
    REMOVE_WITHOUT_NUMBER = "remove without number"


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed message: ``text`` is the question, ``number`` that of an alert.

    ``language`` is that of the command's words; empty for a plain question, which has its own.
    """

    intent: Intent
    text: str = ""
    number: int = 0
    language: str = ""


_HELP = {
    ITALIAN: r"aiuto|guida|istruzioni|come funzioni?a?|(?:che )?cosa sai fare",
    "en": r"help|usage|how does (?:it|this) work|what can you do",
}
_MORE = {
    ITALIAN: r"(?:(?:e|ed) )?(?:(?:ce ne sono|fammi vedere|mostrami|dammi) )?(?:(?:gli|le|ne) )?"
    r"(?:altr[ie]|ancora|avanti|continua|di piu)",
    "en": r"(?:and )?(?:(?:show me|any|are there any|give me) )?(?:the )?"
    r"(?:more|others|next|go on)",
}
_GREETING = {
    ITALIAN: r"(?:(?:ciao|salve|buon ?giorno|buona ?sera|buon pomeriggio)"
    r"(?: a (?:tutt[ie]|te|voi))?(?:,? |$))+",
    "en": r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: (?:there|all|everyone))?"
    r"(?:,? |$))+",
}
_THANKS = {
    ITALIAN: r"(?:(?:ok|va bene|perfetto|ottimo|bene)[, ]+)?(?:molte |mille |tante )?"
    r"(?:grazie(?: (?:mille|tante|infinite|a (?:tutt[ie]|te|voi)))?|ti ringrazio|vi ringrazio)",
    "en": r"(?:(?:ok|okay|great|perfect|good)[, ]+)?(?:many )?"
    r"(?:thanks|thank you|thx)(?: (?:a lot|so much|very much|all))?",
}
_NOTHING = {  # words that only join or narrow
    ITALIAN: r"e|ed|ma|invece|pero|allora|solo|soltanto|anche|cerca",
    "en": r"and|but|instead|then|only|just|also|search",
}
_LIST_ALERTS = {
    ITALIAN: r"(?:(?:i miei|elenco|lista|mostra|quali sono gli) )?avvisi",
    "en": r"(?:(?:my|list|show|list my) )?alerts",
}
_NUMBERS = {
    ITALIAN: "uno due tre quattro cinque sei sette otto nove dieci".split(),
    "en": "one two three four five six seven eight nine ten".split(),
}
_REMOVE_ALERT = {
    ITALIAN: r"(?:togli|cancella|elimina|rimuovi) (?:l')?avviso (?:(?:n\.?|numero) ?)?#?"
    rf"(?P<number>\d{{1,9}}|{'|'.join(_NUMBERS[ITALIAN])})",
    "en": r"(?:remove|delete|cancel|stop) (?:the )?alert (?:number )?#?"
    rf"(?P<number>\d{{1,9}}|{'|'.join(_NUMBERS['en'])})",
}
_REMOVE_WITHOUT_NUMBER = {
    ITALIAN: r"(?:togli|cancella|elimina|rimuovi)(?: (?:l'|un |gli |tutti gli |i miei )?)avvis[oi]"
    r"(?: .{1,20})?",
    "en": r"(?:remove|delete|cancel|stop)(?: (?:the|an|my|all|all the|all my))? alerts?"
    r"(?: .{1,20})?",
}
_ALERT_WITHOUT_TEXT = {
    ITALIAN: r"(?:(?:avvis|avvert)(?:a|i)(?:mi|ci)|(?:fammi|facci) sapere)"
    r"(?: (?:quando|se|(?:non )?appena)(?: (?:arrivano?|c'e|ci sono|trovi))?)? ?:?"
    r"|(?:crea |nuovo |un )?avviso",
    "en": r"(?:(?:notify|alert) (?:me|us)|(?:tell|let) (?:me|us)(?: know)?)"
    r"(?: (?:when|if|as soon as)(?: (?:there is|there are|there's|you find))?)? ?:?"
    r"|(?:(?:new|create an|an) )?alert",
}
_CREATE_ALERT = {
    ITALIAN: r"(?:avvis|avvert)(?:a|i)(?:mi|ci)(?: (?:quando|se|(?:non )?appena)| ?:) "
    r"(?:(?:arrivano?|c'e|ci sono|trovi) )?(?P<text>.+)"
    r"|(?:fammi|facci) sapere (?:quando|(?:non )?appena) (?:(?:arrivano?|c'e|ci sono) )?"
    r"(?P<other>.+)",
    # "tell me if", "fammi sapere se" are ways to ask
    "en": r"(?:(?:notify|alert) (?:me|us)(?: (?:when|if|as soon as)| ?:)"
    r"|(?:tell (?:me|us)|let (?:me|us) know) (?:when|as soon as)) "
    r"(?:(?:there is|there are|there's|you find) )?(?P<text>.+)",
}
_PATTERNS = tuple(
    (intent, code, re.compile(pattern))
    for intent, patterns in (
        (Intent.HELP, _HELP),
        (Intent.MORE, _MORE),
        (Intent.GREETING, _GREETING),
        (Intent.THANKS, _THANKS),
        (Intent.NOTHING, _NOTHING),
        (Intent.LIST_ALERTS, _LIST_ALERTS),
        (Intent.REMOVE_ALERT, _REMOVE_ALERT),
        (Intent.REMOVE_WITHOUT_NUMBER, _REMOVE_WITHOUT_NUMBER),
        (
            Intent.ALERT_WITHOUT_TEXT,
            _ALERT_WITHOUT_TEXT,
        ),  # before the pattern that takes any text for a question
        (Intent.CREATE_ALERT, _CREATE_ALERT),
    )
    for code, pattern in patterns.items()
)


def parse(text: str) -> Command:
    """Parse a message; anything that is no command is a question."""
    text = " ".join(text[:MAX_TEXT].split())
    bare = text.strip(" ?!.…/")
    if not bare:
        return Command(Intent.HELP if "?" in text else Intent.NOTHING)
    folded = fold_same_length(bare)
    for intent, code, pattern in _PATTERNS:
        found = pattern.fullmatch(folded)
        if found is None:
            continue
        groups = found.groupdict()
        name = next((n for n in ("text", "other") if groups.get(n)), "")
        return Command(
            intent,
            text=bare[slice(*found.span(name))] if name else "",
            number=_number(groups.get("number"), code),
            language=code,
        )
    return Command(Intent.ANSWER, text)


def _number(written: str | None, code: str) -> int:
    """A number in digits or, up to ten, in words; 0 for none."""
    if not written:
        return 0
    return int(written) if written.isdigit() else _NUMBERS[code].index(written) + 1
