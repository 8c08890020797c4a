"""Words of a question that say nothing of what is looked for: greetings, "cerco", "chi fa". Pure.

A question opens with any number of steps, each a phrase of the lists below: a greeting, a wish, a
need, somebody ("una cooperativa"), what joins them to their work ("che si occupa di"). They are
eaten from the left as long as one fits, so that what carries content is never reached over.
"""

from __future__ import annotations

import re

from indexer.text.tokens import fold_same_length, words
from search_service.filters.contact_phrases import ASKING_FOR_CONTACTS
from search_service.filters.tidying import tidied

# --- the notation ----------------------------------------------------------------------------
# Words parted by spaces; "a|b" is either; "a?" may be left out; an apostrophe ends its word.


def _phrase(text: str) -> str:
    pattern = ""
    for word in text.split():
        end = r"\s*" if word.rstrip("?").endswith("'") else r"(?!\w)\s*"
        choice = "|".join(re.escape(w) for w in word.rstrip("?").split("|"))
        pattern += rf"(?:(?:{choice}){end}){'?' if word.endswith('?') else ''}"
    return pattern


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(_phrase(p) for p in phrases))


# --- the lists -------------------------------------------------------------------------------

_DI = "di|del|della|dello|dei|degli|delle|dell'|d'"
_IN = "in|nel|nello|nella|nei|negli|nelle|nell'"
_ON = "su|sul|sullo|sulla|sui|sugli|sulle|sull'"
_GREETINGS = _any(
    "buongiorno|buonasera|salve|ciao a? tutti|tutte?",
    "buon giorno|pomeriggio",
    "buona sera|giornata",
    "senti|senta|sentite|scusa|scusi|scusate|allora",
    "gentili|cari colleghi|soci",
    "hello|hi there|all|everyone|everybody?",
    "good morning|afternoon|evening",
    "per favore|piacere|cortesia",
    "please|thanks|thank|grazie you|mille?",
)
_WISHES = _any(
    "volevo|volevamo|vorrei|vorremmo sapere|capire|chiedere|chiedervi|chiederti se|invece?",
    "mi|ci sapete|sapreste|potete|potreste|puoi|puo|sai dire|indicare|consigliare|suggerire se?",
    "sapete|sapreste|sapresti se|chi?",
    "sai|sa se",
    "dammi|dateci|datemi delle? informazioni",
    "i|we would|want like? to know if|whether?",
    "i'd|we'd like to know if|whether?",
    "can|could you|someone|somebody|anyone help|assist me|us|out? with|to? do?",
    "could|can you please? tell|show|help|advise me|us if|whether?",
    "do you know|have if|whether?",
)
_NEEDS = _any(
    "c'e|c'era qui|qua|forse?",
    "mi|ci? puo|puoi|potete|potreste|potrebbe|sapete|sapreste aiutare|aiutarmi|aiutarci|assistere"
    f"|assisterci|seguire|seguirci con|a|per|{_IN} fare?",
    f"aiutami|aiutaci|aiutatemi|aiutateci con|a|per|{_IN} fare?",
    "ci sono|sarebbero|sarebbe|fosse stati|state?",
    "esiste|esistono",
    "mi|ci serve|servono|servirebbe|servirebbero|occorre|occorrono|manca",
    "serve|servono|servirebbe|occorre|cercasi",
    "avrei|avremmo|abbiamo|ho|avevamo|avevo bisogno|necessita di|d'",
    "cerco|cerchiamo|cercavo|cercavamo|vorrei|vorremmo trovare?",
    "sto|stiamo cercando",
    "sono|siamo? alla|in ricerca|cerca di|d'",
    "trovami|trovaci|trovate|trovatemi|trovare",
    "i|we am|are? looking|searching for",
    "i'm|we're looking|searching for",
    "looking|searching for",
    "i|we need",
    "i'd|we'd need",
    "is|are there",
    "find me|us?",
)
_ARTICLES = _any(
    *("un'", "un|uno|una", "qualche|alcuni|alcune|dei|degli|delle", "a|an|some|any"),
)
_WHICH = _any("quali|quale|quante|quanti altre|altri?", "which|what other?", "ci sono")
# Before somebody they ask for whoever there is: "l'elenco di tutte le", "show me all the".
_LISTED = _any(
    "dammi|dateci|datemi|vorrei|voglio? la|un|una|l'? elenco|lista|elencami|elencate|mostrami"
    " di|delle|dei|degli? tutte|tutti? le|gli|i|l'?",
    *("tutte|tutti le|gli|i", "a|the? list|show|give me|us? of? all? the?", "all of? the?"),
)
_SOMEBODY = (
    "cooperativa|cooperative|coop|azienda|aziende|impresa|imprese|ditta|ditte|societa|soci|socio"
    "|socia|partner|fornitore|fornitori|fornitrice|realta|organizzazione|organizzazioni|qualcuno"
    "|qualcuna|qualcun|partners|cooperatives|co-operative|co-operatives|company|companies|firm"
    "|firms|organisation|organisations|organization|organizations|supplier|suppliers|provider"
    "|providers|someone|somebody|anyone|anybody|people|gente|quelli|quelle|altro|altri"
)
_HEAD = _any(_SOMEBODY)
# "Bando per cooperative" never begins so; "un partner per i bandi" does.
_FOR = _any("per", "for|to", "con cui|quale|il fare|lavorare?", "che|chi|who|that|which")
# What "cooperativa di …" says of its type, or of its members, is content.
_TYPES = (
    "comunita produzione lavoro consumo abitazione abitanti credito utenti pescatori agricoltori"
    " tipo inserimento servizi medici utenza conferimento garanzia lavoratori donne giovani soci"
)
_GENERIC = ("coop", "aziend", "impres", "realta", "partner", "compan", "firm", "dit")
_OF = re.compile(rf"(?:di|of)\s+(?!(?:{'|'.join(_TYPES.split())})\b)")
_PRONOUNS = _any("ci|mi|vi|ce|me")
_RELATIVES = _any("che|chi|who|that|which")
# Light verbs: with the word they need, they only say that somebody does what follows.
_VERBS = _any(
    "fa|fanno|faccia|facciano|facesse|facessero|fate anche|gia?",
    f"si occupa|occupano|occupi|occupino|occupasse anche|gia? {_DI}",
    "offre|offrono|offra|offrano|propone|propongono|fornisce|forniscono|fornisca|eroga|erogano",
    "sa|sanno|sappia|sappiano|sapesse bene? fare?",
    "conosce|conoscono|conosca|conoscano bene|davvero?",
    "puo|possono|possa|potrebbe? venire|viene|vengono|venga in? sede|presenza? da|di? noi|persona?"
    " a|per? fare?",
    "puo|possono|possa|possano|potrebbe aiutarmi|aiutarci|aiutare|seguirci|assisterci "
    "con|a|in|per|nel|nella?",
    "puo|possono|possa|possano|potrebbe fornire|offrire|fare?",
    "aiuta|aiutano|aiuti|aiutino|aiuterebbe con|a|per|nel|nella|nello|in fare?",
    f"ha|hanno|abbia|abbiano gia? esperienza|esperienze|competenze {_IN}|{_DI}|{_ON}|con",
    "e|sono|sia|siano espert|esperta|esperto|esperti|esperte|specializzata|specializzate"
    f"|specializzato|specializzati|bravo|brava|bravi {_IN}|{_DI}|a",
    "does|do|makes|make|offers|offer|provides|provide|knows|know",
    "is|are able to do|provide|offer|run?",
    "can|could|might help us|me? with?",
    "can|could do|run|offer|provide|make|deliver|handle",
    "works|work|working on|with",
    "specialises|specialise|specializes|specialize in",
    "deals|deal with",
    "has|have some? experience|expertise|skills in|with|of",
)
_MODALS = _any("puo|possono|possa|possano|sa|sanno|sappia|sappiano", "can|could")
_WORKS = re.compile(
    r"(?:lavora|lavorano|lavori|lavorino|works?|working)\s"
)  # stays: it takes "per"
_QUALITIES = _any(
    f"espert|esperta|esperte|esperto|esperti|specializzata|specializzate|specializzato|specializzati"
    f" {_IN}|{_DI}|con",
    "in grado di fare|fornire|offrire?",
    "capace|capaci di fare|fornire|offrire?",
    f"con esperienza|competenze|esperienze {_IN}|{_DI}|{_ON}",
    "with experience|expertise|skills in|with|of",
    "able to do|run|provide|offer?",
    "capable of doing|providing?",
    "specialised|specialized|specialising|specializing|experienced|expert in",
    "doing|offering|providing|making",
    "working on|in|with",
)
_DEEDS = _any(  # of a named organisation, or of nobody: then there is nothing to match
    "che? cosa|cos' ha|hanno|avete fatto|realizzato",
    "che? cosa|cosa? fa|fanno|fate",
    "che cosa fa|fanno",
    "che? cosa|cos' e stato? fatto|successo",
    "di che? cosa si occupa|occupano",
    "che lavori|progetti ha|hanno fatto",
    "chi e|sono",
    f"parlami|parlateci|dimmi|diteci|informazioni|notizie tutto? {_DI}|{_ON}?",
    "what has|have|did|does|do done|do?",
    "who is|are",
    "tell me about",
)
_TAILS = re.compile(
    r"(?:[,;.?!]\s*|\s+)(?:"
    + "|".join(
        _phrase(p)
        for p in (
            "chi lo|la|li|le|se fa|sa|ne fare|occupa|intende?",
            "c'e qualcuno",
            "chi puo|potrebbe aiutarmi|aiutarci|aiutare",
            "avete|conoscete suggerimenti|qualcuno",
            "who does|can do? it|this|that|help",
            "anyone|anybody",
        )
    )
    + r")\s*[?!.]*\s*$"
)
_ANYWHERE = re.compile(
    r"[,;]?\s*(?<!\w)(?:"
    + "|".join(
        _phrase(p)
        for p in (
            "per favore|piacere|cortesia",
            "grazie mille|infinite|tante|in? anticipo?",
            "thank you very|so? much?",
            "thanks a|in? lot|advance?",
            "se possibile|puo|potete|potesse",
            "if possible",
            "please",
        )
    )
    + ")"
)
_INTRODUCTION = re.compile(
    r"(?:(?:io\s+)?(?:sono|siamo|mi\s+chiamo|ci\s+chiamiamo|scrivo|scriviamo|chiamo|lavoro|gestisco"
    r"|gestiamo|faccio)|noi\s+siamo|i\s+am|i'm|we\s+are|we're|we\s+run|my\s+name)\s"
)
_LONGEST_INTRODUCTION = 160  # characters between "siamo una cooperativa di …" and "avremmo bisogno"
_JOIN = re.compile(r"[\s,;.:!?…–—-]*(?:(?:e|ed|and|ma|but|quindi|so|perche)\s+)?")
_SPACE = re.compile(r"[\s,;.:!]*")
_NEED_BEGINS = re.compile(r"(?<!\w)(?=\w)")

# --- reading ---------------------------------------------------------------------------------


# Left alone beside a filter, these ask for whoever passes it: "chi lavora nelle Marche".
_NO_SUBJECT = frozenset(
    "lavora lavorano lavorato lavori lavoro opera operano progetto progetti svolti svolto "
    "realizzati fatti fatto cooperativa cooperative coop societa aziende imprese soci ci sono "
    "sta trova trovano presente presenti attiva attive iscritte venire sede presenza parlami "
    "contact qual numero pec email mail contatti telefono sito indirizzo quanti quante quali "
    "quale dimmi tutto dove attivita works work working cooperatives projects project done "
    "based companies".split()
)
_ACRONYM = re.compile(r"(?<!\w)[A-Z]{2,}(?!\w)")


def content(text: str, *, may_be_empty: bool) -> str:
    """What of a question carries content.

    Where nothing does, that is the empty text if other things were understood, or if everybody is
    asked for ("elenco delle cooperative"), else the question.
    """
    end = len(text)
    folded = fold_same_length(text)
    tail = _TAILS.search(folded)
    if tail and tail.start():
        end = tail.start()
    opening = _Opening(folded[:end])
    kept, position = [], opening.end()
    for match in _ANYWHERE.finditer(folded, position, end):
        kept.append(text[position : match.start()])
        position = match.end()
    kept.append(text[position:end])
    left = tidied(" ".join(kept), ())
    if opening.asks_for_all and not words(left):
        return ""
    if _ACRONYM.search(left) and not left.isupper():  # "AI" is a subject, "ai" a small word
        return left
    if may_be_empty and all(word in _NO_SUBJECT for word in words(left)):
        return ""
    if words(left) or (not may_be_empty and any(c.isalnum() for c in left)):
        return left
    return "" if may_be_empty else text


class _Opening:
    """Reads the content-free opening of a question, step by step, from the left."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._after = ""  # what the last step was: "", "need", "who" or "verb"
        self.asks_for_all = False

    def end(self) -> int:
        """Where what carries content begins."""
        steps = (
            self._deeds,
            self._politeness,
            self._contacts,
            self._need,
            self._verb,
            self._who,
            self._somebody,
        )
        self._introduction()
        while any(step() for step in steps):
            pass
        return self._at

    def _eat(self, pattern: re.Pattern[str], after: str, *, at: int | None = None) -> bool:
        """Move behind a phrase that stands here."""
        match = pattern.match(self._text, self._at if at is None else at)
        if match is None or match.end() == match.start():
            return False
        self._at, self._after = match.end(), after
        return True

    def _joint(self) -> int:
        """Where the next step may begin: behind a comma, or "e" after a greeting or a need."""
        joined = _JOIN.match(self._text, self._at)
        return joined.end() if joined else self._at

    def _introduction(self) -> None:
        """Who asks ("sono la presidente di …"), up to what is needed."""
        while self._politeness():
            pass
        here = _SPACE.match(self._text, self._at)
        begins = here.end() if here else self._at
        if not _INTRODUCTION.match(self._text, begins):
            return
        for word in _NEED_BEGINS.finditer(self._text, begins, begins + _LONGEST_INTRODUCTION):
            if word.start() > begins and _NEEDS.match(self._text, word.start()):
                self._at = word.start()
                return

    def _politeness(self) -> bool:
        at = self._joint()
        return self._eat(_GREETINGS, "", at=at) or self._eat(_WISHES, "need", at=at)

    def _deeds(self) -> bool:
        match = _DEEDS.match(self._text, self._at)
        if match is None or self._after == "who":
            return False
        rest = self._text[match.end() :].strip(" ?!.,")
        if rest and not match[0].startswith(("parlami", "dimmi", "tell", "informazioni su")):
            return False
        return self._eat(_DEEDS, "need")

    def _contacts(self) -> bool:
        return self._eat(ASKING_FOR_CONTACTS, "need", at=self._joint())

    def _need(self) -> bool:
        if not self._eat(_NEEDS, "need", at=self._joint()):
            return False
        self._articles()
        return True

    def _articles(self) -> None:
        """An article before content is no content; before somebody it goes with them."""
        while self._eat(_ARTICLES, self._after):
            pass

    def _who(self) -> bool:
        """A relative ("chi", "che", "who"): only with a light verb, or after somebody."""
        relative = _RELATIVES.match(self._text, self._joint())
        if relative is None:
            return False
        known = self._after == "somebody"
        pronoun = _PRONOUNS.match(self._text, relative.end())
        verb_at = pronoun.end() if pronoun else relative.end()
        if not (known or any(p.match(self._text, verb_at) for p in (_VERBS, _MODALS, _WORKS))):
            return False
        self._at, self._after = verb_at, "who"
        return True

    def _verb(self) -> bool:
        if self._after not in ("who", "which"):
            return False
        if self._eat(_VERBS, "verb") or self._eat(_MODALS, "verb"):
            self._articles()
            return True
        return False

    def _somebody(self) -> bool:
        """A head noun, with its article: only where what follows says what they do."""
        at, which, listed = self._joint(), False, False
        for pattern in (_LISTED, _WHICH, _ARTICLES):
            match = pattern.match(self._text, at)
            if match:
                at, which = match.end(), which or pattern is not _ARTICLES
                listed = listed or pattern is _LISTED
        head = _HEAD.match(self._text, at)
        if head is None:
            return False
        self.asks_for_all = listed
        return self._joined(head, which=which)

    def _joined(self, head: re.Match[str], *, which: bool) -> bool:
        """Take the noun if it is joined to its work, and the joint where it has no content."""
        end = head.end()
        if _RELATIVES.match(self._text, end):
            self._at, self._after = end, "somebody"
        elif self._eat(_QUALITIES, "verb", at=end):
            self._articles()
        elif which and (_VERBS.match(self._text, end) or _MODALS.match(self._text, end)):
            self._at, self._after = end, "which"
        elif self._partner(head) and self._eat(_FOR, "verb", at=end):
            self._articles()
        elif self._of_a_trade(head) or self._nothing_after(end):
            self._at, self._after = end, "verb"
        else:
            return False
        return True

    def _partner(self, head: re.Match[str]) -> bool:
        """A partner "per" something; "software per cooperative" never opens a question so."""
        return self._after == "need" or head[0].startswith(("partner", "qualcun", "someone"))

    def _of_a_trade(self, head: re.Match[str]) -> bool:
        """Whether it is "aziende di trasporto": "società di revisione" says more."""
        return head[0].startswith(_GENERIC) and bool(_OF.match(self._text, head.end()))

    def _nothing_after(self, end: int) -> bool:
        return not any(c.isalnum() for c in self._text[end:])
