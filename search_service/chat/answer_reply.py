"""An Answer as a chat says it: the same cooperatives in the same order, shorter. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from indexer.domain import Document, DocumentKind, Passage
from search_service.chat.reply_builder import ReplyBuilder
from search_service.chat.store import Alert
from search_service.chat.types import Item, Link, Reply, ReplySection
from search_service.domain import Answer, DocumentHit, Highlight, OrganisationHit
from search_service.filters.kind import asks_for_documents, kinds_of
from search_service.filters.search_url import SearchUrl
from search_service.presentation import urls
from search_service.presentation.bands import why_line
from search_service.presentation.languages import ITALIAN
from search_service.query import wording
from search_service.search.highlight import best_start

PAGE = 5  # cooperatives of one reply
_QUOTE = 200  # characters of a line of evidence


class AnswerReplies(ReplyBuilder):
    """Says answers in one language."""

    def answer(self, answer: Answer, asked: SearchUrl) -> Reply:
        """The answer to a question: those of one page, what was understood, where to see all.

        Documents come first where the question is for documents ("eventi sul …"), not where the
        evidence was narrowed to a kind of them.
        """
        cooperatives = self._cooperatives(answer)
        if asks_for_documents(answer.query):
            sections = (*self._documents(answer, ()), *cooperatives)
        else:
            sections = (*cooperatives, *self._documents(answer, _shown(answer)))
        return Reply(
            self.language.code,
            self._count(answer),
            self._notes(answer),
            sections,
            self._hints(answer),
            Link(self.language.text("Vedi tutti i risultati"), self.url(asked.url)),
            is_answer=True,
        )

    def _count(self, answer: Answer) -> str:
        found, n = wording.found_line(answer, self.words), _total_documents(answer)
        documents = self.language.plural("%(n)s documento", "%(n)s documenti", n)
        return f"{found} · {documents}" if n else found

    def _notes(self, answer: Answer) -> tuple[str, ...]:
        query, words = answer.query, self.words
        understood = [
            f"{wording.heading(u.aspect, words)}: {wording.label(u, words)}"
            for u in query.understood
        ]
        if query.text:
            understood.insert(0, query.text)
        notes = [f"{self.language.text('Abbiamo cercato')}: {' · '.join(understood)}"]
        notes += [words.widened(answer.widened)] if answer.widened else []
        notes += [words.remote_only()] if answer.remote_only else []
        return tuple(notes)

    def _cooperatives(self, answer: Answer) -> tuple[ReplySection, ...]:
        sections = []
        if answer.documented:
            items = tuple(self._organisation(h, answer) for h in answer.documented[:PAGE])
            sections.append(ReplySection("", items, answer.offset + 1))
        elif close := _close(answer):
            items = tuple(self._organisation(h, answer) for h in close)
            sections.append(ReplySection(self.language.text("Le più vicine") + ":", items))
        if answer.elsewhere and not answer.offset:
            items = tuple(self._organisation(h, answer) for h in answer.elsewhere)
            heading = self.language.text("Fuori dal luogo indicato:")
            sections.append(ReplySection(heading, items))
        return tuple(sections)

    def _documents(self, answer: Answer, shown: Collection[str]) -> tuple[ReplySection, ...]:
        """The documents, but for those ``shown`` as the evidence of a cooperative."""
        hits = answer.documents[:PAGE] if _total_documents(answer) else ()
        items = tuple(self._document(hit) for hit in hits if hit.document.id not in shown)
        return (
            (ReplySection(self.language.text("Documenti"), items, answer.offset + 1),)
            if items
            else ()
        )

    def _hints(self, answer: Answer) -> tuple[str, ...]:
        language = self.language
        more = "altri" if language.code == ITALIAN else "more"
        left = answer.total - answer.offset - len(answer.documented[:PAGE])
        if answer.documented and left > 0:
            return (
                language.plural(
                    "C'è un'altra cooperativa: scrivi «%(word)s».",
                    "Ci sono altre %(n)s cooperative: scrivi «%(word)s».",
                    left,
                    word=more,
                ),
            )
        left = _total_documents(answer) - answer.offset - len(answer.documents[:PAGE])
        if left > 0:
            return (
                language.plural(
                    "C'è un altro documento: scrivi «%(word)s».",
                    "Ci sono altri %(n)s documenti: scrivi «%(word)s».",
                    left,
                    word=more,
                ),
            )
        if answer.total or answer.total_documents:
            return ()
        return (
            language.text("Prova con altre parole, o con parole più comuni."),
            language.text(
                "Non significa che nessuno lo faccia: forse non l'ha ancora documentato."
            ),
        )

    def _organisation(self, hit: OrganisationHit, answer: Answer) -> Item:
        organisation, evidence = hit.organisation, hit.evidence[0]
        facts = [self.words.place(organisation.seat)] if organisation.seat else []
        facts.append(wording.place_match(hit.place_match, answer, self.words))
        facts += [self.language.text("dato inventato")] if organisation.fictional else []
        return Item(
            Link(organisation.name, self.url(urls.organisation_path(organisation.id))),
            _quote(evidence.passage, evidence.highlights, hit.why.start, hit.why.end),
            self._source(evidence.document, evidence.passage),
            tuple(filter(None, facts)),
            why_line(hit, self.words) or self.words.credit(evidence.proof, evidence.part),
            self._dated(evidence.document),
        )

    def _document(self, hit: DocumentHit) -> Item:
        document = hit.document
        fictional = [self.language.text("dato inventato")] if document.fictional else []
        return Item(
            self._source(document, hit.passage),
            _quote(hit.passage, hit.highlights),
            Link(""),
            (self.words.kind(document.kind), *fictional),
            date=self._dated(document),
        )

    def _source(self, document: Document, passage: Passage) -> Link:
        page = f", p. {passage.page}" if passage.page is not None else ""
        path = f"{urls.document_path(document.id)}#p{passage.ordinal}"
        return Link(f"{document.title}{page}", self.url(path))

    def _dated(self, document: Document) -> str:
        if document.period is None:
            return ""
        age = self.words.age(document, self.today)
        return f"{self.words.period(document.period)}{f' ({age})' if age else ''}"

    def alert(self, answer: Answer, alert: Alert) -> Reply:
        """That new cooperatives answer an alert; ``answer`` holds only those."""
        language = self.language
        n = len(answer.documented)
        items = tuple(self._organisation(h, answer) for h in answer.documented[:PAGE])
        return Reply(
            language.code,
            language.plural(
                "Una nuova cooperativa per «%(question)s»",
                "%(n)s nuove cooperative per «%(question)s»",
                n,
                question=alert.question,
            ),
            sections=(ReplySection("", items),),
            hints=(language.text("Per togliere l'avviso: «togli avviso %(n)s».", n=alert.number),),
            more=Link(
                language.text("Vedi tutti i risultati"), self.url(SearchUrl(alert.question).url)
            ),
            is_answer=True,
        )


def is_past_the_end(answer: Answer) -> bool:
    """Whether a page has nothing more to show, as all there is was on those before."""
    documents = answer.documents if _total_documents(answer) else ()
    return bool(answer.offset) and not answer.documented and not documents


def _total_documents(answer: Answer) -> int:
    """How many documents there are to show beside the cooperatives: profiles are these."""
    is_profiles = kinds_of(answer.query) == frozenset({DocumentKind.PROFILE})
    return 0 if is_profiles else answer.total_documents


def _shown(answer: Answer) -> frozenset[str]:
    """The documents that stand under a cooperative."""
    elsewhere = () if answer.offset else answer.elsewhere
    hits = (*answer.documented[:PAGE], *_close(answer), *elsewhere)
    return frozenset(hit.evidence[0].document.id for hit in hits)


def _close(answer: Answer) -> tuple[OrganisationHit, ...]:
    """Those that are only close, where nobody is documented and no documents were asked for."""
    asked = answer.total == 0 and not asks_for_documents(answer.query)
    return answer.close[:PAGE] if asked else ()


def _quote(passage: Passage, marks: Sequence[Highlight], start: int = 0, end: int = 0) -> str:
    """One line of a passage, where most of its marked words are.

    Args:
        passage: The passage.
        marks: Its highlights.
        start: Where the sentence to quote begins in its text, if there is one.
        end: Where it ends.

    """
    if end:
        inside = (m for m in marks if start <= m.start and m.end <= end)
        marks = [replace(m, start=m.start - start, end=m.end - start) for m in inside]
    text = passage.text[start:end] if end else passage.text
    start = best_start(text, marks, _QUOTE)
    line = re.sub(r"\s+", " ", text[start : start + 2 * _QUOTE]).strip()
    opened = "… " if start else ""
    if len(line) <= _QUOTE and start + 2 * _QUOTE >= len(text):
        return f"{opened}{line}"
    space = line.rfind(" ", _QUOTE // 2, _QUOTE)
    return f"{opened}{line[: space if space > 0 else _QUOTE]} …"
