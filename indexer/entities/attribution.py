"""What each sentence of a document says of whom. Pure.

A document names many organisations: those that did the work, hosted, attended or were clients.
Only the sentence, list item or table row that names an organisation gives its part. A profile
speaks of its own organisation, a case study with one author of that author. In a case study with
several authors a sentence speaks of those it names; what names none of them is shared by all, and
proves nothing of one by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.domain import Document, DocumentKind, Part, Role
from indexer.text.clauses import Mood, clauses
from indexer.text.organisation_names import NameMention, OrganisationNameIndex

_PARTS = {
    Mood.DOES: Part.DOES,
    Mood.DENIES: Part.DENIES,
    Mood.FORMER: Part.FORMER,
    Mood.USES: Part.USES,
    Mood.INTENDS: Part.INTENDS,
}


@dataclass(frozen=True, slots=True)
class DocumentSentence:
    """A sentence of a document: its text, the headings above it, and the block it is in."""

    text: str
    headings: tuple[str, ...]
    block: int
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a stretch of a sentence says of an organisation; ``start`` and ``end`` are offsets."""

    start: int
    end: int
    organisation: str
    part: Part


# Words right before a name that give its part.
_ARTICLE = (
    r"(?:(?:la|il|lo|i|le|gli|the|una?)\s+|l['’])?(?:(?:nostr[oaie]|our)\s+)?"
    r"(?:(?:piccola\s+)?(?:cooperativa|coop|soci[ae]|consorzio|partner|collegh[ei]|cooperative)"
    r"\s+(?:di\s+)?)?[«\"“]?$"
)
_AGENT = re.compile(
    rf"\b(?:da(?:l|lla|llo|i|gli|lle)?|dall['’]|by|a\s+cura\s+d[ie]l?l?a?)\s*{_ARTICLE}", re.I
)
_FOR = re.compile(
    r"\b(?:per(?:\s+conto\s+di)?|for|on\s+behalf\s+of|presso|at|cliente:?|committente:?|client:?"
    rf"|a\s+favore\s+di|nella\s+sede\s+d[ie]l?l?a?|ospit[ei]\s+d[ie]l?l?a?)\s*{_ARTICLE}",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:con|insieme\s+a|assieme\s+a|with|together\s+with|di|del|della|dello|dei|of|a|al|alla|to"
    r"|from|in|su|come|like|tra|fra|between|among|oltre\s+a|verso|contro|grazie\s+a|thanks\s+to)"
    rf"\s*{_ARTICLE}",
    re.I,
)
# Verbs that follow a name as their subject; the first one found decides.
_VERBS: tuple[tuple[Part, re.Pattern[str]], ...] = tuple(
    (part, re.compile(rf"\b(?:{pattern})\b", re.I))
    for part, pattern in (
        (
            Part.HOSTS,
            r"ospit(?:a|ano|ato|ata|ati|erà|ò|ando)|host(?:s|ed|ing)?|mess[oa]\s+a\s+disposizione"
            r"|(?:ha|hanno)\s+(?:prestato|offerto|aperto|messo)\s+(?:la|le|una|i|gli)?\s*"
            r"(?:sal[ae]|sed[ei]|spazi\w*)|sponsor\w*|(?:co)?finanzia(?:to|va|no|\b)\w*|patrocin\w+"
            r"|support(?:ato|ed)\s+(?:economicamente|financially)|funded"
            r"|provided\s+the\s+(?:room|venue|space)",
        ),
        (
            Part.MODERATES,
            r"moder(?:a|ato|ata|ano|ava|ates?|ated|ating)|(?:ha|hanno)\s+(?:introdotto"
            r"|aperto\s+i\s+lavori|coordinato\s+(?:il\s+)?(?:dibattito|tavolo|discussion\w+)"
            r"|condotto\s+(?:il\s+dibattito|la\s+serata|l['’]incontro|la\s+discussion\w+))"
            r"|facilit(?:ato|ated)|chaired|chairs?",
        ),
        (
            Part.SPEAKS,
            r"(?:ha|hanno|have|has)\s+(?:presentato|raccontato|illustrato|spiegato|parlato|mostrato"
            r"|discusso|ricordato|portato\s+(?:l['’]esperienza|la\s+testimonianza))|raccont(?:a|ano)"
            r"|present(?:a|ano|s|ed)|relat(?:ore|ori|rice)|spoke|speaks|talked|showed|explained"
            r"|described|intervent\w+|è\s+intervenut\w+|tenuto\s+(?:un|il|una|la)\s+(?:intervento"
            r"|relazione|talk|keynote)|gave\s+(?:a|the)\s+talk",
        ),
        (
            Part.ATTENDS,
            r"(?:(?:ha|hanno|have|has|ho)\s+)?(?:partecipat[oaie]|assistit[oaie]|ascoltat[oaie]"
            r"|seguit[oaie]\s+(?:il|la|un)\s+(?:cors|webinar|laborator|formazion)\w*)"
            r"|partecip(?:a|ano|anti)|attend(?:s|ed|ing)?|attendees?|took\s+part"
            r"|(?:era|erano|sono|è)\s+(?:present[ei]|stat[aei]\s+present[ei]|iscritt\w+"
            r"|tra\s+il\s+pubblico)|presenti|iscritt[ei]|in\s+sala|was\s+there|were\s+there"
            r"|in\s+the\s+(?:room|audience)|non\s+(?:è|sono|era)\s+(?:potut|venut|riuscit|present)\w+"
            r"|assent[ei]|did\s+not\s+(?:come|show)",
        ),
        (
            Part.CLIENT,
            r"(?:ha|hanno|aveva|avevano|has|had|have)\s+(?:chiesto|voluto|commissionato|affidato"
            r"|scelto|acquistato|comprato|ricevuto|richiesto|bisogno|deciso|ordinato|adottato|asked"
            r"|wanted|commissioned|chosen|bought|ordered|needed|received)|commission(?:a|ed|s)|cliente"
            r"|committente|client|customer|volev(?:a|ano)|chiedev(?:a|ano)|cercav(?:a|ano)"
            r"|aveva\s+bisogno|us(?:a|ano|ava|avano|es|ed)|utilizz(?:a|ano|ava|avano)|adott(?:a|ano)"
            r"|asked\s+for|needed|wanted|bought|receiv(?:es|ed)",
        ),
        (
            Part.INTENDS,
            r"[a-zà-ú]+(?:erà|irà|arà|eranno|iranno|aranno)|sarà|saranno|farà|faranno"
            r"|si\s+(?:è|sono)\s+(?:offert|impegnat|candidat|propost)\w+"
            r"|(?:vorrebbe|dovrebbe|potrebbe)(?:ro)?|propon(?:e|gono)|valuta(?:no)?|sta\s+valutando"
            r"|dovrà|will|would|should|could|might|is\s+going\s+to|plans?\s+to|offered\s+to|proposes?",
        ),
        (
            Part.DENIES,
            r"non\s+(?:ha|hanno|è|sono|fa|fanno|si\s+occupa|si\s+occupano|offre|offrono)"
            r"|did\s+not|does\s+not|do\s+not|has\s+not|have\s+not|was\s+not",
        ),
        (
            Part.ORGANISES,
            r"organizz(?:a|ano|ato|ata|ati)|promoss[oaie]|promuov(?:e|ono)|organi[sz](?:e|es|ed)",
        ),
        (
            Part.DOES,
            r"(?:ha|hanno|has|have|aveva|avevano|had)\s+\w+|(?:si\s+)?(?:cura|curano|gestisce"
            r"|gestiscono|realizza|realizzano|sviluppa|sviluppano|fornisce|forniscono|segue|seguono"
            r"|occupa|occupano|produce|producono|tiene|tengono|conosce|offre|offrono|fa|fanno"
            r"|progetta|progettano|mantiene|scrive|lavora|lavorano)|[a-z]{3,}(?:ed|es)|built|wrote"
            r"|ran|led|made|did|does|runs?|took\s+care|(?:is|was)\s+responsible"
            r"|(?:è|era)\s+responsabile",
        ),
    )
)
_BY_WHOM = tuple(
    (part, re.compile(rf"\b(?:{pattern})\s*$", re.I))
    for part, pattern in (
        (
            Part.HOSTS,
            r"ospitat[oaie]|hosted|finanziat[oaie]|funded|sponsor\w*|mess[oaie]\s+a\s+disposizione",
        ),
        (
            Part.MODERATES,
            r"moderat[oaie]|introdott[oaie]|moderated|chaired|facilitat[oaie]|facilitated"
            r"|coordinat[oaie]",
        ),
        (Part.SPEAKS, r"presentat[oaie]|raccontat[oaie]|illustrat[oaie]|presented|told"),
        (Part.ORGANISES, r"organizzat[oaie]|promoss[oaie]|organi[sz]ed|promoted"),
        (
            Part.CLIENT,
            r"commissionat[oaie]|richiest[oaie]|volut[oaie]|usat[oaie]|utilizzat[oaie]|commissioned"
            r"|requested|used",
        ),
    )
)
_TOGETHER = re.compile(
    r"\b(?:(?:le|i)\s+(?:due|tre|quattro|cinque)\s+(?:cooperative|partner|soci\w*|realtà)"
    r"|entramb[ei]|tutt[ei]\s+e\s+(?:due|tre|quattro)|both\s+(?:cooperatives|partners)"
    r"|(?:the\s+)?(?:two|three|four)\s+(?:cooperatives|partners))\b",
    re.I,
)
_LISTED = re.compile(r"^\s*(?:\([^)]*\)\s*)?(?:[:|–—-]|,\s*che\b)")
_AFTER_NAME = 90  # characters: the farthest that a verb follows its subject


def attribute(
    lines: Sequence[DocumentSentence],
    document: Document,
    names: OrganisationNameIndex,
    clients: Collection[str] = (),
) -> list[tuple[Attribution, ...]]:
    """What each sentence of a document says of whom.

    Args:
        lines: The document's sentences in reading order.
        document: The document, its organisations linked.
        names: Finds organisations in text.
        clients: The organisations that the work of a case study was done for.

    Returns:
        For each sentence the stretches that say something of an organisation; empty for none.
    """
    by_role = _by_role(document)
    known = [link.organisation for link in document.organisations]
    if document.kind is DocumentKind.PROFILE:
        owners, together = by_role[Role.SUBJECT], Part.DOES
    elif document.kind is DocumentKind.CASE_STUDY:
        owners = tuple(o for o in by_role[Role.AUTHOR] if o not in clients) or by_role[Role.AUTHOR]
        together = Part.DOES if len(owners) == 1 else Part.SHARED
    else:
        owners, together = by_role[Role.ORGANISER], Part.ORGANISES
    reader = _Reader(names, known, owners, together, frozenset(clients))
    return list(reader.read(lines))


def _by_role(document: Document) -> Mapping[Role, tuple[str, ...]]:
    return {
        role: tuple(link.organisation for link in document.organisations if link.role is role)
        for role in Role
    }


class _Reader:
    """Reads the sentences of one document; the subject of a paragraph or section carries over."""

    def __init__(
        self,
        names: OrganisationNameIndex,
        known: Sequence[str],
        owners: tuple[str, ...],
        together: Part,
        clients: frozenset[str],
    ) -> None:
        self._names = names
        self._known = known
        self._owners = owners
        self._together = together
        self._clients = clients
        self._block = -1
        self._meant: tuple[str, ...] = ()
        self._mood = Mood.DOES

    def read(self, lines: Sequence[DocumentSentence]) -> Iterator[tuple[Attribution, ...]]:
        for line in lines:
            if line.block != self._block:
                self._block, self._meant = line.block, self._of_headings(line.headings)
                self._mood = Mood.DOES
            yield tuple(self._line(line))

    def _of_headings(self, headings: Sequence[str]) -> tuple[str, ...]:
        """The organisation that the innermost heading naming a possible subject is about."""
        if self._together is Part.DOES:
            return ()  # all of it is about one
        may_be = {*self._owners} if self._together is Part.SHARED else {*self._known}
        for heading in reversed(headings[1:] if len(headings) > 1 else headings):
            found = {m.organisation for m in self._find(heading)} & may_be
            if len(found) == 1:
                return tuple(found)
        return ()

    def _find(self, text: str) -> list[NameMention]:
        return self._names.find(text, among=self._known)

    def _line(self, line: DocumentSentence) -> Iterator[Attribution]:
        mentions = self._find(line.text)
        others = [m for m in mentions if self._is_other(m.organisation)]
        said = list(self._named(line.text, mentions)) if others else []
        yield from said
        telling = [a for a in said if a.organisation not in self._alone]
        if any(a.part in (Part.DOES, Part.SPEAKS) for a in telling):
            doing = tuple(a.organisation for a in said if a.part is Part.DOES)
            self._meant = doing if len(doing) == 1 else ()
            return
        if said and self._together is not Part.DOES:
            self._meant = ()
            if any(a.part is not Part.MENTION for a in said):
                return
        yield from self._unnamed(line)

    @property
    def _of_meant(self) -> Part:
        """The part of the subject that carries over, if no verb gives one: at events they speak."""
        return Part.SPEAKS if self._together is Part.ORGANISES else Part.DOES

    @property
    def _alone(self) -> tuple[str, ...]:
        return self._owners if len(self._owners) == 1 else ()

    def _is_other(self, organisation: str) -> bool:
        """Whether a name says more than whose document it is."""
        return organisation not in self._alone

    def _unnamed(self, line: DocumentSentence) -> Iterator[Attribution]:
        """What a sentence that names nobody, or only in passing, says of its subjects."""
        if self._meant:
            owners, part = self._meant, _part_told(line.text) or self._of_meant
        elif self._together is Part.SHARED and _TOGETHER.search(line.text):
            owners, part = self._owners, Part.DOES
        else:
            owners, part = self._owners, self._together
        for clause in clauses(line.text, self._mood):
            self._mood = Mood.DENIES if line.denied else clause.mood
            told = part if self._mood is Mood.DOES else _PARTS[self._mood]
            for owner in owners:
                yield Attribution(clause.start, clause.end, owner, told)

    def _named(self, text: str, mentions: Sequence[NameMention]) -> Iterator[Attribution]:
        """The part of each organisation that a sentence names, with the stretch that says so."""
        for n, mention in enumerate(mentions):
            end = self._stretch(text, mentions, n)
            part = self._part(text, mention, end)
            from_start = n == 0 or (part is Part.DOES and _is_agent(text, mention))
            start = 0 if from_start else mention.start
            if part is Part.DOES and mention.organisation in self._clients:
                part = Part.CLIENT
            yield Attribution(start, end, mention.organisation, part)

    def _stretch(self, text: str, mentions: Sequence[NameMention], n: int) -> int:
        """Where the words about a name end: at the next name that is not merely joined to it."""
        for before, after in zip(mentions[n:], mentions[n + 1 :], strict=False):
            between = text[before.end : after.start]
            if len(between.split()) > 3 or re.search(r"[;.:]", between):
                return after.start
        return len(text)

    def _part(self, text: str, mention: NameMention, end: int) -> Part:
        before, after = text[: mention.start], text[mention.end : end][:_AFTER_NAME]
        if _FOR.search(before):
            return Part.CLIENT
        if agent := _AGENT.search(before):
            by_whom = (p for p, pattern in _BY_WHOM if pattern.search(before[: agent.start()]))
            return next(by_whom, Part.DOES)
        if _BESIDE.search(before):
            return Part.MENTION
        if told := _part_told(after):
            return told
        return Part.DOES if _LISTED.match(after) else Part.MENTION


def _part_told(text: str) -> Part | None:
    """The part that the first verb of a text gives; ``None`` without one."""
    found = [(m.end(), n, p) for n, (p, v) in enumerate(_VERBS) if (m := v.search(text))]
    return min(found)[2] if found else None


def _is_agent(text: str, mention: NameMention) -> bool:
    return _AGENT.search(text[: mention.start]) is not None
