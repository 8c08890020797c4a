"""The mood of a clause: that its subject does, used to do, only uses, intends or denies. Pure.

The clause, not the sentence, is the unit: "Facciamo siti, ma non facciamo grafica" says both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from indexer.text import clause_words as words
from indexer.text import not_ours
from indexer.text.negation import is_negated


class Mood(StrEnum):
    """The relation of a clause's subject to what the clause names."""

    DOES = "does"
    DENIES = "denies"
    FORMER = "former"
    USES = "uses"
    INTENDS = "intends"


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence: character offsets, and its mood."""

    start: int
    end: int
    mood: Mood


_MAX_SUBJECT = 8  # words


def clauses(sentence: str, previous: Mood = Mood.DOES) -> list[Clause]:
    """The clauses of a sentence, in order, each with its mood.

    Args:
        sentence: One sentence, list item or table cell.
        previous: The mood of the clause before, which "lo stesso vale per …" repeats.
    """
    found: list[Clause] = []
    for start, end in _parts(sentence):
        text = sentence[start:end]
        before = found[-1].mood if found else previous
        mood = before if words.SAME_GOES.search(text) else mood_of(text)
        denies = mood is Mood.DENIES or words.BARE_NO.match(text) is not None
        if found and denies and _is_subject(sentence, found[-1], text):
            mood = Mood.DENIES
            found[-1] = replace(found[-1], mood=mood)
        if found and mood is not Mood.DOES and _goes_before(sentence, found[-1], text):
            found[-1] = replace(found[-1], mood=mood)
        if words.IS_OVER.search(text):
            mood = Mood.FORMER
            if found and found[-1].mood is Mood.DOES:
                found[-1] = replace(found[-1], mood=mood)
        found.append(Clause(start, end, mood))
    return found


def _is_subject(sentence: str, before: Clause, denial: str) -> bool:
    """Whether a clause is only what the denial right after it is about."""
    subject = sentence[before.start : before.end].strip()
    ends = sentence[before.end :].lstrip()[:1] in (":", "–", "—") or subject.endswith(":")
    short = len(subject.split()) <= _MAX_SUBJECT
    return ends and short and words.DENIED_AT_ONCE.match(denial) is not None


def _goes_before(sentence: str, before: Clause, text: str) -> bool:
    """Whether what a clause says is about the bare words before it: "Le dirette, invece, …"."""
    subject = sentence[before.start : before.end]
    short = len(subject.split()) <= _MAX_SUBJECT
    return short and words.INSTEAD.match(text) is not None and words.VERB.search(subject) is None


def _parts(sentence: str) -> Iterator[tuple[int, int]]:
    start = 0
    ends = [(turn.start(), turn.end()) for turn in words.TURN.finditer(sentence)]
    for end, next_start in [*ends, (len(sentence), len(sentence))]:
        if then := words.DENIAL_THEN.match(sentence, start, end):
            positive = max(then.start("then"), then.start("english"))
            yield start, positive
            start = positive
        if end > start:
            yield start, end
        start = next_start


def mood_of(clause: str) -> Mood:
    """The mood of a clause."""
    denials = (
        words.NOR.match,
        words.DENIED_AT_LAST.match,
        words.NOT_OURS.search,
        words.NO_SUCH.match,
    )
    if is_negated(clause, ()) or any(denies(clause) for denies in denials):
        return Mood.DENIES
    if words.FORMER.search(clause) or not_ours.OVER.search(clause):
        return Mood.FORMER
    if words.INTENDS.search(clause) or not_ours.WISHED.search(clause):
        return Mood.INTENDS
    if not_ours.OTHERS_DO.search(clause) or words.MEMBERS_USE.search(clause):
        return Mood.USES
    used = words.USES.search(clause)
    if used and (words.ATTEND.search(used[0]) or not words.TO_DO_IT.search(clause)):
        return Mood.USES
    return Mood.DOES
