"""Every reply other than an answer: help, refusals, alerts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from indexer.domain import DocumentKind
from search_service.chat.reply_builder import ReplyBuilder
from search_service.chat.store import MAX_IN_CHANNEL, Alert
from search_service.chat.types import Link, Reply
from search_service.domain import MAX_LENGTH
from search_service.filters.search_url import SearchUrl
from search_service.presentation.languages import ITALIAN

_EXAMPLES = {
    ITALIAN: "chi fa accessibilità web in Toscana?",
    "en": "who does penetration testing near Bologna?",
}

_NEWS = {
    ITALIAN: "avvisami quando qualcuno fa accessibilità web in Toscana",
    "en": "alert me when somebody does penetration testing near Bologna",
}


class ServiceReplies(ReplyBuilder):
    """Makes, in one language, every reply other than an answer."""

    def _reply(self, heading: str, *notes: str, hints: Sequence[str] = ()) -> Reply:
        return Reply(self.language.code, heading, notes, hints=tuple(hints))

    def help(self) -> Reply:
        """How to ask, and what else is possible."""
        language, example = self.language, _EXAMPLES[self.language.code]
        return Reply(
            language.code,
            language.text("Trova le cooperative della rete in base a ciò che sanno fare."),
            (
                language.text("Per esempio: %(example)s", example=example),
                language.text(
                    "Per affinare la ricerca: «e in Liguria?», «solo casi di studio», «altri»."
                ),
                language.text("Avvisi: «avvisami quando …», «avvisi», «togli avviso 3»."),
            ),
            more=Link(language.text("Come funziona la classifica"), self.url("/ranking")),
        )

    def empty(self) -> Reply:
        """To a message without a question."""
        language, example = self.language, _EXAMPLES[self.language.code]
        return self._reply(
            language.text("Che cosa cerchi?"),
            language.text("Per esempio: %(example)s", example=example),
            hints=(language.text("Scrivi «aiuto» per vedere che cosa puoi chiedere."),),
        )

    def greeting(self) -> Reply:
        """To a greeting."""
        language, example = self.language, _EXAMPLES[self.language.code]
        return self._reply(
            language.text("Ciao! Dimmi che cosa cerchi."),
            language.text("Per esempio: %(example)s", example=example),
        )

    def welcome(self) -> Reply:
        """To a message that only says thanks."""
        language, example = self.language, _EXAMPLES[self.language.code]
        return self._reply(
            language.text("Prego! Se ti serve altro, chiedi."),
            language.text("Per esempio: %(example)s", example=example),
        )

    def nothing_before(self) -> Reply:
        """To a request for more without a search before it."""
        language, example = self.language, _EXAMPLES[self.language.code]
        return self._reply(
            language.text("Non c'è una ricerca recente da continuare."),
            language.text("Scrivi una domanda, per esempio: %(example)s", example=example),
        )

    def no_more(self, asked: SearchUrl) -> Reply:
        """To a request for more when everything has been shown."""
        page = Link(self.language.text("Vedi tutti i risultati"), self.url(asked.url))
        return replace(self._reply(self.language.text("Non ci sono altri risultati.")), more=page)

    def unknown_place(self, name: str, question: str) -> Reply:
        """To a follow-up that names a place we do not know."""
        language = self.language
        return self._reply(
            language.text(
                "Non conosco il luogo «%(name)s»: la ricerca copre solo l'Italia.", name=name
            ),
            language.text("La ricerca precedente resta: %(question)s", question=question),
            hints=(
                language.text("Prova con un altro luogo, per esempio: «e in Liguria?»."),
                language.text("Se non è un luogo, scrivi la domanda per intero."),
            ),
        )

    def included(self, kinds: Sequence[DocumentKind]) -> Reply:
        """To a follow-up that adds kinds of document already included."""
        language = self.language
        named = language.text(" e ").join(self.words.kinds(kind) for kind in kinds)
        return self._reply(
            language.text("La ricerca comprende già: %(kinds)s.", kinds=named),
            language.text("Per vedere solo quelli: «solo %(kinds)s».", kinds=named),
        )

    def too_long(self) -> Reply:
        """To a question that is too long."""
        return self._reply(
            self.language.text(
                "La domanda è troppo lunga: una o due frasi, al massimo %(n)s caratteri.",
                n=self.words.number(MAX_LENGTH),
            )
        )

    def not_understood(self) -> Reply:
        """To a question that cannot be used."""
        language, example = self.language, _EXAMPLES[self.language.code]
        return self._reply(
            language.text("Non ho capito la domanda."),
            language.text("Prova a scriverla così: %(example)s", example=example),
        )

    def starting(self) -> Reply:
        """While the service is starting."""
        return self._reply(self.language.text("La ricerca si sta avviando: riprova tra un minuto."))

    def no_index(self) -> Reply:
        """When there is no index."""
        return self._reply(
            self.language.text("La ricerca non è disponibile: l'indice manca o non è leggibile."),
            self.language.text(
                "Chiedi a chi gestisce il servizio di ricostruire l'indice, poi riprova."
            ),
        )

    def failed(self) -> Reply:
        """After an internal error."""
        return self._reply(
            self.language.text("Qualcosa è andato storto"),
            self.language.text(
                "Riprova. Se il problema continua, avvisa chi gestisce il servizio."
            ),
        )

    def late(self) -> Reply:
        """When an answer takes longer than the platform waits."""
        return self._reply(self.language.text("Ci vuole più del solito: riprova tra poco."))

    def too_many(self) -> Reply:
        """To a person who asks too often."""
        return self._reply(
            self.language.text("Troppe domande in un minuto: aspetta un momento e riprova.")
        )

    def alert_created(self, number: int, question: str, now: int) -> Reply:
        """Confirm an alert.

        Args:
            number: The alert's number, by which it can be removed.
            question: What it watches.
            now: How many cooperatives answer the question today.
        """
        language = self.language
        return self._reply(
            language.text(
                "Avviso %(number)s attivo: «%(question)s»", number=number, question=question
            ),
            language.text("Scrivo qui quando si aggiunge una nuova cooperativa."),
            language.plural(
                "Oggi corrisponde %(n)s cooperativa.", "Oggi corrispondono %(n)s cooperative.", now
            ),
            hints=(language.text("Per toglierlo: «togli avviso %(number)s».", number=number),),
        )

    def alerts_unavailable(self) -> Reply:
        """When the platform cannot post alerts."""
        return self._reply(
            self.language.text("In questa chat gli avvisi non sono disponibili."),
            self.language.text("Chi gestisce il servizio può attivarli."),
        )

    def alert_without_text(self) -> Reply:
        """To a request for an alert that does not say what to watch for."""
        language, example = self.language, _NEWS[self.language.code]
        return self._reply(
            language.text("Di che cosa vuoi ricevere avvisi?"),
            language.text("Scrivilo così: %(example)s", example=example),
            hints=(language.text("Scrivi «avvisi» per vedere l'elenco."),),
        )

    def remove_without_number(self) -> Reply:
        """To a request to remove an alert that does not say which."""
        language = self.language
        return self._reply(
            language.text("Quale avviso vuoi togliere?"),
            language.text("Scrivi il suo numero: «togli avviso 3»."),
            hints=(language.text("Scrivi «avvisi» per vedere l'elenco."),),
        )

    def too_many_alerts(self) -> Reply:
        """When a channel has as many alerts as it may have."""
        return self._reply(
            self.language.text(
                "Qui ci sono già %(n)s avvisi: togline uno per aggiungerne un altro.",
                n=MAX_IN_CHANNEL,
            )
        )

    def alerts(self, kept: Sequence[Alert]) -> Reply:
        """The alerts of a channel."""
        language = self.language
        if not kept:
            return self._reply(
                language.text("Qui non ci sono avvisi."),
                language.text("Per crearne uno: «avvisami quando …»."),
            )
        heading = language.plural("%(n)s avviso", "%(n)s avvisi", len(kept))
        lines = (
            f"{w.number}. {w.question} ({self.words.day(date.fromisoformat(w.made))})" for w in kept
        )
        return self._reply(
            heading, *lines, hints=(language.text("Per toglierne uno: «togli avviso N»."),)
        )

    def alert_removed(self, number: int, found: bool) -> Reply:
        """Confirm that an alert is removed, or say that there was none."""
        if found:
            return self._reply(self.language.text("Avviso %(number)s tolto.", number=number))
        return self._reply(
            self.language.text("Qui non c'è un avviso %(number)s.", number=number),
            self.language.text("Scrivi «avvisi» per vedere l'elenco."),
        )
