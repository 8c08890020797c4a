"""What a person wants of us in a chat: an answer, help, or a standing question. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from search_service.languages import ITALIAN
from search_service.periods import fold_in_place

MAX_TEXT = 4_000  # characters read of a message: more is no question, and costs time to look at


class Wish(StrEnum):
    """What a message asks for."""

    ANSWER = "answer"
    HELP = "help"
    NOTHING = "nothing"
    WATCH = "watch"
    WATCHES = "watches"
    UNWATCH = "unwatch"


@dataclass(frozen=True, slots=True)
class Command:
    """A message, read: ``text`` is the question, ``number`` that of a standing question.

    ``language`` is that of the words that made it a command; empty for a plain question, which
    has one of its own.
    """

    wish: Wish
    text: str = ""
    number: int = 0
    language: str = ""


_HELP = {
    ITALIAN: r"aiuto|guida|istruzioni|come funzioni?a?|(?:che )?cosa sai fare",
    "en": r"help|usage|how does (?:it|this) work|what can you do",
}
_WATCHES = {
    ITALIAN: r"(?:(?:i miei|elenco|lista|mostra|quali sono gli) )?avvisi",
    "en": r"(?:(?:my|list|show|list my) )?alerts",
}
_UNWATCH = {
    ITALIAN: r"(?:togli|cancella|elimina|rimuovi) (?:l')?avviso (?:n\.? ?)?#?(?P<number>\d{1,9})",
    "en": r"(?:remove|delete|cancel|stop) (?:the )?alert #?(?P<number>\d{1,9})",
}
_WATCH = {
    ITALIAN: r"(?:avvis|avvert)(?:a|i)(?:mi|ci)(?: (?:quando|se|(?:non )?appena)| ?:) "
    r"(?:(?:arrivano?|c'e|ci sono|trovi) )?(?P<text>.+)"
    r"|(?:fammi|facci) sapere (?:quando|(?:non )?appena) (?:(?:arrivano?|c'e|ci sono) )?"
    r"(?P<other>.+)",
    # "tell me if", "fammi sapere se" are how one asks
    "en": r"(?:(?:notify|alert) (?:me|us)(?: (?:when|if|as soon as)| ?:)"
    r"|(?:tell (?:me|us)|let (?:me|us) know) (?:when|as soon as)) "
    r"(?:(?:there is|there are|there's|you find) )?(?P<text>.+)",
}
_PATTERNS = tuple(
    (wish, code, re.compile(pattern))
    for wish, patterns in (
        (Wish.HELP, _HELP),
        (Wish.WATCHES, _WATCHES),
        (Wish.UNWATCH, _UNWATCH),
        (Wish.WATCH, _WATCH),
    )
    for code, pattern in patterns.items()
)


def parse(text: str) -> Command:
    """Read a message; what is no command is a question."""
    text = " ".join(text[:MAX_TEXT].split())
    bare = text.strip(" ?!.…/")
    if not bare:
        return Command(Wish.HELP if "?" in text else Wish.NOTHING)
    folded = fold_in_place(bare)
    for wish, code, pattern in _PATTERNS:
        found = pattern.fullmatch(folded)
        if found is None:
            continue
        groups = found.groupdict()
        name = next((n for n in ("text", "other") if groups.get(n)), "")
        return Command(
            wish,
            text=bare[slice(*found.span(name))] if name else "",
            number=int(groups.get("number") or 0),
            language=code,
        )
    return Command(Wish.ANSWER, text)
