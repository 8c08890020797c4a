"""The names of a sentence, each with its part and the stretch that says what it did. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from indexer.domain import Part
from indexer.entities.name_frames import NamePart, part_of_name
from indexer.entities.part_words import part_of_verb
from indexer.text.clauses import Mood, mood_of
from indexer.text.organisation_names import NameMention

_AFTER_NAME = 90  # characters: the verb of a name stands no further behind it
# Names that share a part: "Alfa, Beta e Gamma".
_JOINED = re.compile(
    r"\s*(?:,|/|&|\+|,?\s*(?:e|ed|and|con|insieme\s+a|with|together\s+with)\b)\s*"
    r"(?:(?:la|il|i|le|the)\s+)?(?:(?:cooperativa|coop|consorzio)\s+)?",
    re.I,
)
# Where what is said of one thing ends, and of another begins.
_BREAK = re.compile(r"[;:,](?=\s)|\s(?:mentre|while|ma|but)\s|\s(?:e|ed|and)\s", re.I)
_STRONG = re.compile(r"[;:,](?=\s)|\s(?:mentre|while|ma|but)\s", re.I)
_GOES_ON = re.compile(r",\s+(?:che|who|which|whose|con|with|in|per|for)\b", re.I)
_OWN_VERB = re.compile(r"\b(?:\w{2,}iamo|we\s+\w+|(?:lo|la|li|le)\s+\w+iamo)\b", re.I)
# "Ha mostrato …", "La cooperativa …": the one before goes on; else somebody new may speak.
GOES_ON = re.compile(
    r"(?:(?:e|poi|inoltre|infine|then|also)\s+)?(?:h[ao]\b|hanno|è|sono|si|ne|l[oaie]\s+(?:ha|hanno)|(?:la|le)\s+cooperativ[ae]"
    r"|(?:i|le)\s+soci[e]?|poi|inoltre|infine|it|they|she|he|its|their|the\s+cooperative|then)\b",
    re.I,
)
_PLACES = {
    **dict.fromkeys(("primo", "prima", "first", "former"), 0),
    **dict.fromkeys(("secondo", "seconda", "second", "latter"), 1),
    **dict.fromkeys(("terzo", "terza", "third"), 2),
}
_ORDINAL = re.compile(rf"\b(?:il|la|the)\s+(?P<place>{'|'.join(_PLACES)})\b(?=\s+\w)", re.I)
_OF_TWO = frozenset({"former", "latter"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """A name, its part, and the stretch that says so; ``start`` and ``end`` are offsets."""

    mention: NameMention
    name_part: NamePart
    start: int
    end: int


def stretches(
    text: str, mentions: Sequence[NameMention], listed_part: Part, owners: Collection[str]
) -> Iterator[Stretch]:
    """The names of a sentence with their parts, left to right.

    Args:
        text: The sentence.
        mentions: The names in it, left to right.
        listed_part: The part of who is only listed.
        owners: The organisations whose document it is.

    """
    groups = _groups(text, mentions)
    parts = [_part(text, groups, n, listed_part, owners) for n in range(len(groups))]
    begins = [_begin(text, groups, n, parts[n]) for n in range(len(groups))]
    for n, (group, part) in enumerate(zip(groups, parts, strict=True)):
        end = begins[n + 1] if n + 1 < len(groups) else len(text)
        if part.before and (stop := text.find(";", group[-1].end, end)) > 0:
            end = stop
        if not part.after:
            end = min(end, _end_of_clause(text, group[-1].end))
        end = min(end, _end_of_aside(text, group[0].start, group[-1].end))
        for mention in group:
            yield Stretch(mention, part, begins[n], max(end, group[-1].end))


def _groups(text: str, mentions: Sequence[NameMention]) -> list[list[NameMention]]:
    """The names, those together that are joined."""
    groups: list[list[NameMention]] = []
    for mention in mentions:
        if groups and _JOINED.fullmatch(text, groups[-1][-1].end, mention.start):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def _part(
    text: str,
    groups: Sequence[Sequence[NameMention]],
    n: int,
    listed_part: Part,
    owners: Collection[str],
) -> NamePart:
    first, last = groups[n][0], groups[n][-1]
    end = groups[n + 1][0].start if n + 1 < len(groups) else len(text)
    after = text[last.end : end].split(";")[0][:_AFTER_NAME]
    return part_of_name(
        text[: first.start],
        after,
        listed_part,
        owns=first.organisation in owners,
        several=len(groups[n]) > 1,
    )


def _begin(text: str, groups: Sequence[Sequence[NameMention]], n: int, part: NamePart) -> int:
    """Where the stretch of some names begins."""
    start, since = groups[n][0].start, groups[n - 1][-1].end if n else 0
    if not n:
        since = text.rfind(";", 0, start) + 1  # what stands before it is about something else
    if n and not part.before:
        return start
    if not part.before:
        return since
    strong = [m.end() for m in _STRONG.finditer(text, since, start)]
    breaks = strong or [m.end() for m in _BREAK.finditer(text, since, start)]
    if not breaks:
        return since
    said = text[since : breaks[-1]]
    # "Training isn't ours: ask Alfa": what is denied is what Alfa does.
    if said.rstrip().endswith(":") and mood_of(said) is Mood.DENIES:
        return since
    return breaks[-1] if n or _is_said(said) else since


def _is_said(text: str) -> bool:
    """Whether a text says something by itself, and is no enumeration that goes on."""
    return _OWN_VERB.search(text) is not None or part_of_verb(text) is not None


def _end_of_clause(text: str, start: int) -> int:
    """Where the clause ends that a name stands at the end of."""
    for match in _BREAK.finditer(text, start):
        if _GOES_ON.match(text, match.start()) is None:
            return match.start()
    return len(text)


def _end_of_aside(text: str, start: int, end: int) -> int:
    """Where the brackets close that some names stand in: what follows is not about them."""
    if text.count("(", 0, start) <= text.count(")", 0, start):
        return len(text)
    closing = text.find(")", end)
    return len(text) if closing < 0 else closing


def ordinals(text: str, names: int) -> Iterator[tuple[re.Match[str], int]]:
    """Where a sentence speaks of "il primo" or "the latter" of some names, and of which.

    Args:
        text: The sentence.
        names: How many names there were.

    """
    for match in _ORDINAL.finditer(text):
        word = match["place"].lower()
        enough = names == 2 if word in _OF_TWO else _PLACES[word] < names > 1
        # "La prima fase" is none: a verb must follow.
        if enough and part_of_verb(" ".join(text[match.end() :].split()[:3])):
            yield match, _PLACES[word]
