"""The words that tell the mood of a clause, and where a sentence's moods may change."""

from __future__ import annotations

import re

# Somebody without a name: "un avvocato", "una ditta di Torino", "altri".
_SOMEBODY = (
    r"(?:(?:altr[ie]|terz[ie])\b|(?:un['’]?|uno|una|an?|(?:il|la|our)(?=\s+(?:nostr[oa]\s+)?(?:commercialist"
    r"|fornitor|consulent|notai|supplier|accountant|lawyer)))\s*(?:(?:altr[oa]|nostr[oa]|\w+)\s+)?"
    r"(?:fornitor|societ[aà]\b|ditt[ae]\b|aziend|agenzi|impres[ae]\b|studio\b|tecnic[oah]|consulent|professionist"
    r"|commercialist|avvocat|notai|architett|geometra|ingegner|tipografi|perito\b|caf\b|freelanc|collega\b"
    r"|partner\b|firm\b|agency\b|company\b|supplier|contractor|lawyer|accountant|architect\b|consultant)\w*)"
)
_PARTICIPLE = r"\w+(?:[aiu]t|tt|st|rt|lt|nt|s)[oaie]"
# "Li ha scritti un avvocato", "la tiene un commercialista", "is kept by a firm".
_BY_OTHERS = (
    rf"(?:(?:\b(?:lo|la|li|le)\s+|\bl['’]\s*)(?:(?:ha|hanno)\s+)?(?!\w*iamo\b)\w+\s+{_SOMEBODY}"
    r"|\b(?:è|sono|era|erano|fu|furono|viene|vengono)\s+(?:stat[oaie]\s+)?"
    rf"(?:{_PARTICIPLE}\s+)?d(?:i|a|al|alla|allo)\s+{_SOMEBODY}"
    rf"|\b(?:is|are|was|were)\s+\w+\s+by\s+{_SOMEBODY}"
    # "Di pratiche si occupano gli sportelli."
    r"|\bd\w{1,4}['’]?\s*[^,;.:]{3,60}\bsi\s+occupa(?:no)?\s+(?:(?:il|lo|la|i|gli|le|un[ao]?)\s+|l['’])"
    r"(?!(?:nostr|soci|cooperativ|coop)\w*))"
)
# Words after which the mood may change.
TURN = re.compile(
    r"\s*;\s*|\s*,?\s+(?=(?:ma|però|invece|mentre|bensì|eccetto|tranne|anche\s+se|but|while|whereas|except|although|even\s+if"
    r"|though)\b)|\s*,\s*(?=(?:non|niente|né|no|mai|not|never|we\s+do\s+not|we\s+don['’]t)\b)"
    r"|\s*[:–—]\s+(?=(?:non|niente|no|mai|never|not|none)\b)"
    r"|\s*,\s*(?=(?:per\s+(?:quell[oaie]|quest[oaie]|il\s+resto|i|le|la|il|gli)\b[^,;]*"
    r"\b(?:ci\s+rivolgiamo|ci\s+affidiamo|ci\s+appoggiamo)))"
    # "Il progetto lo scriviamo noi, la rendicontazione no", "…, i collaudi li firma un altro".
    r"|\s*,\s*(?=(?:e\s+)?(?:(?:il|la|lo|i|gli|le)\s+|l['’])[^,;:.]{2,40}?\s(?:no|sì|mai)\s*(?:[.;,:]|$))"
    rf"|(?:\s*,\s*(?:(?:e|and)\s+)?|\s+(?:e|and)\s+)(?=(?:(?:il|la|lo|i|gli|le|our|the)\s+|l['’])[^,;:.]{{2,50}}?{_BY_OTHERS})",
    re.IGNORECASE,
)
# "Non siamo uno studio: i rilievi li facciamo": behind a denial's colon stands another verb.
DENIAL_THEN = re.compile(
    r"\s*(?:non|no)\b[^:;.]*:\s+(?P<then>(?!\s*(?:non|no)\b)[^:;.]*?\b(?<!\bnon\s)(?!(?:lavor|collabor|mand|rivolg|chiam|gir|pass|segnal|consigl|chied|affid|lasc|appogg)\w*iamo\b)[a-zà-ù]{2,}iamo\b)"
    r"|\s*(?:nobody|no|not|we\s+do(?:\s+not|n['’]t))\b[^:;.]*:\s+(?P<english>we\s+(?!do\s*n|refer|send|ask|never|leave)\w+)",
    re.IGNORECASE,
)
_OVER = r"(?:chius|cess|vendut|dismess|abbandonat|cedut|closed|sold|discontinued|dropped)\w*"
# "…, ma il ramo è stato chiuso", "…; poi lo abbiamo venduto": what was said before is over.
IS_OVER = re.compile(
    r"(?:^\W*|,\s*)(?:(?:ma|però|but|poi|then)\s+)+(?:(?:il\s+(?:ramo|servizio|settore|reparto)|l['’]attività)"
    r"\s+(?:\w+\s+){0,3}|(?:l[oaie]\s+|l['’]\s*)abbiamo\s+(?:\w+\s+)?|(?:it|the\s+(?:service|branch|unit))\s+(?:was|has\s+been)\s+"
    rf"|we\s+(?=\w+\s+it\b)){_OVER}",
    re.IGNORECASE,
)
# "Le dirette sui social invece le abbiamo abbandonate": bare words before, then the verb.
INSTEAD = re.compile(r"\W*(?:invece|però)\b", re.IGNORECASE)
VERB = re.compile(
    r"\b(?:\w{2,}iamo|è|sono|h[ao]|hanno|we|is|are|offr\w+|f(?:a|anno))\b", re.IGNORECASE
)
FORMER = re.compile(
    r"\b(?:fino\s+(?:al?l?['’]?|alla|allo)\s*(?:\w+\s+){0,2}(?:19|20)\d\d"
    r"|fino\s+a\s+(?:qualche|poch|du|tre|quattro|cinque)\w*\s+ann|un\s+tempo(?!\s+(?:di|medi[oa]|minim[oa]|massim[oa]|\w+\s+di)\b)|in\s+passato"
    r"|una\s+volta\s+(?:facev|ci\s+occupav|offriv)\w*|non\s+(?:più|piu)(?!\s+(?:di|che))"
    r"|abbiamo\s+(?:smesso|(?:cedut|dismess|abbandonat)[oaie]"
    r"|(?:chiuso|lasciato)\s+(?:l['’]attività|il\s+(?:servizio|ramo|settore|reparto)))"
    r"|(?:attività|servizio|ramo|reparto|settore)\s+(?:poi\s+)?(?:cessat|chius|dismess|cedut)[oaie]"
    r"|\w+(?:av|ev|iv)amo|(?:we|they)\s+used\s+to|until\s+(?:19|20)\d\d|no\s+longer|we\s+(?:have\s+)?stopped"
    r"|formerly|we\s+(?:have\s+)?(?:closed|discontinued|dropped|gave\s+up|sold\s+off))\b",
    re.IGNORECASE,
)
USES = re.compile(
    r"\b(?:usiamo|utilizziamo|ci\s+avvaliamo|adoperiamo|adottiamo|ci\s+serviamo|ci\s+appoggiamo|ci\s+affidiamo"
    r"|ci\s+rivolgiamo|acquistiamo|compriamo|noleggiamo"
    r"|(?:abbiamo|ho)\s+(?:acquistat|comprat|adottat|frequentat|commissionat"
    r"|partecipat(?!\w*\s+all[oa']?\s*(?:svilupp|realizz|progett|costru))"
    r"|ricevut(?!\w*\s+(?:l['’]|un\s+)incaric)|fatto\s+un\s+(?:corso|master)\s+(?:di|su)\b"
    r"|affidat|seguit[oa]\s+(?:un|il|la|una)\s+(?:cors|formazion|webinar|seminari|master))\w*"
    r"|ci\s+siamo\s+(?:affidati|rivolti|iscritti|formati|appoggiati|fatti)"
    r"|(?:partecipiamo|frequentiamo|assistiamo)\s+a"
    r"|(?:ce|me)\s+l[oaie]\s+(?:ha|hanno|fa|fanno|cura|gestisce|segue)"
    # "Le perizie le facciamo fare", "SAP lo conosciamo solo come clienti".
    r"|facciamo\s+(?:fare|svolgere|eseguire)"
    r"|(?:siamo|è|è\s+stat[ao]|sono)\s+(?:(?:fra|tra)\s+)?(?:i\s+)?(?:prim[ie]\s+)?(?:client|utent)[ei]\s+d\w+"
    r"|(?:solo|soltanto|only)\s+(?:come|da|as)\s+(?:client|utent|utilizzator|user|customer)\w*"
    r"|(?:i\s+nostri|our)\s+(?:client|committent|customer)\w*\s+(?:fanno|producono|vendono|gestiscono"
    r"|si\s+occupano|lavorano|make|sell|produce|run)"
    # Courses that were followed and meetings that were led are about others' competencies.
    r"|(?:ha|hanno)\s+(?:frequentat|seguit[oa]\s+(?:un|il|la|una)\s+(?:cors|formazion|webinar))\w*"
    r"|cors[oi]\s+(?:frequentat|seguit)[oi]"
    r"|(?:abbiamo|we(?:\s+have)?)\s+(?:moderat|ospitat|moderated|hosted|chaired)\w*"
    # Whom the work was for had it before.
    r"|avevano?\s+già|had\s+already|(?:ran|had)\s+(?:its|their)\s+own"
    r"|per\s+noi\s+(?:lo|la|li|le)?\s*(?:fa|cura|gestisce|segue|ha)|stiamo\s+(?:imparando|studiando)"
    r"|we\s+(?:use|bought|buy|rent|rely\s+on|attended|attend|took\s+part|joined|hired|outsource)"
    r"|(?:is|are|was|were)\s+(?:outsourced|run\s+for\s+us|done\s+for\s+us|built\s+for\s+us))\b"
    rf"|{_BY_OTHERS}",
    re.IGNORECASE,
)
# What is used to do something is done: "Usiamo i droni per fotografare le frane".
TO_DO_IT = re.compile(
    r"\b(?:per|così\s+da)\s+\w+(?:are|ere|ire|arre|orre)\b|\bto\s+(?!(?:our|the|us)\b)[a-z]+",
    re.IGNORECASE,
)
ATTEND = re.compile(
    r"partecip|frequent|iscritt|cors|attend|took|imparando|studiando|moderat|ospitat|host|chair",
    re.IGNORECASE,
)
INTENDS = re.compile(
    r"\b(?:vorremmo|ci\s+piacerebbe|stiamo\s+(?:pensando|valutando|cercando(?!\s+di))"
    r"|abbiamo\s+in\s+programma|prossimamente|speriamo\s+di|intendiamo"
    r"|cerchiamo\s+(?:un|una|chi|qualcuno|partner|aiuto|fornitor)\w*|ci\s+serv(?:e|irebbe)"
    r"|abbiamo\s+bisogno|ci\s+stiamo\s+(?:lavorando|pensando|attrezzando)"
    r"|se\s+ne\s+(?:parla|riparla)\s+(?:nel|tra|fra|l['’]anno)"
    r"|:\s+(?:dal(?:l['’])?\s*(?:prossim[oa]|anno)\b|in\s+arrivo\b|from\s+next\b|coming\s+soon)"
    r"|we\s+(?:would\s+like|plan|intend|hope|are\s+(?:looking|considering|planning)"
    r"|need\s+(?:an?|some|someone|somebody|help|to\s+find))"
    r")\b",
    re.IGNORECASE,
)
# "Training isn't", "court work is beyond us", "la telemedicina non ci compete".
_NOT = r"(?:is|are)(?:\s+not|n['’]t)"
NOT_OURS = re.compile(
    rf"^\W*(?:[\w'’-]+\s+){{0,5}}[\w-]+\s+{_NOT}\s*(?:[:.;,]|$)"
    rf"|\b(?:is|are)\s+beyond\s+us\b|\b{_NOT}\s+(?:our\s+(?:job|trade|business|field|thing)|for\s+us)\b"
    r"|\bnon\s+(?:ci|gli|le)\s+compet(?:e|ono)\b"
    r"|\bnon\s+(?:è|sono)\s+(?:il\s+nostro\s+(?:mestiere|lavoro|campo)|(?:cosa|roba)\s+nostra"
    r"|di\s+nostra\s+competenza)\b"
    r"|\bnon\s+siamo\s+(?:noi\b|un(?:['’]\s*|[oa]?\s+)(?!sempli|solit|normal|grand|piccol|comun|cooperativ)\w+"
    r"(?![^.;:]*\b(?:come|qualsiasi|qualunque|classic\w+|tradizional\w+|sol[oa])\b))"
    # What something is not, before a colon, is said to be somebody else's.
    r"|^\W*non\s+(?:è|sono)\s+(?!sol[oaie]\b)[^,.;:]{2,50}:"
    r"|\bnon\s+(?:troverete|troverai|trovate|trovi)\s+(?:da\s+noi|qui)\b"
    r"|\byou\s+(?:will\s+not|won['’]t)\s+find\s+here\b",
    re.IGNORECASE,
)
# "Traduzioni giurate: non ne facciamo": a subject, and what is said of it.
DENIED_AT_ONCE = re.compile(
    r"^\W*(?:(?:non|not|we\s+do(?:\s+not|n['’]t))\b|(?:niente|no|mai|none|never)\s*(?:[.,;:]|$)"
    r"|(?:mai|no|never)\s+(?!un)\w+\W*$)",
    re.IGNORECASE,
)
BARE_NO = re.compile(r"^\W*(?:niente|no|mai|none|never)\s*(?:[.,;:]|$)", re.IGNORECASE)
# "Vendita telefonica mai", "Contabilità e bilanci no: per quello …": the denial comes last.
DENIED_AT_LAST = re.compile(
    r"^\W*(?:[\w'’-]+,?\s+){1,7}(?<!\b[èe]\s)(?<!\bse\s)(?<!\bo\s)(?<!\bche\s)(?:no|mai|niente)\s*(?:[:.;,]|$)",
    re.IGNORECASE,
)
# "No biometric identification of any kind", "no COBOL": things without a verb.
NO_SUCH = re.compile(
    r"^\W*no\s+(?!(?:matter|wonder|doubt|problem|need|one|longer|less|fewer|more|sooner|code)\b)"
    r"(?:(?!(?:is|are|was|were|do|does|did|have|has|can|will|we|you|too)\b)[^\s?!:;]+\s*){1,8}$",
    re.IGNORECASE,
)
# "Metà di noi usa uno screen reader": what the members use, not what a system that they made uses.
MEMBERS_USE = re.compile(
    r"\b(?:di\s+noi|soci|socie|colleghi|colleghe)\b[^,;.:]{0,40}\b(?:usa|utilizza)(?:no)?\b"
    r"|\b(?:of\s+us|members|colleagues)\b[^,;.:]{0,40}\buses?\b",
    re.IGNORECASE,
)
# "Né di prove di intrusione" goes on with a denial.
NOR = re.compile(r"^\W*(?:né|ne['’]|nor|neither)\b", re.IGNORECASE)
SAME_GOES = re.compile(r"^\W*(?:lo\s+stesso|altrettanto|idem|the\s+same|likewise)\b", re.IGNORECASE)
