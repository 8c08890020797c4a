"""Words by which a clause says that its competence is not the speaker's. Pure.

It is excluded, missing, somebody else's, over, or a wish. Each pattern is of one such relation, in
Italian and English; what merely sounds like one ("non abbiamo dubbi", "il nostro sogno è
diventato…") is no part of them.
"""

from __future__ import annotations

import re

_ELSEWHERE = r"(?:altrove|da\s+un['’]?altra\s+parte|elsewhere|(?:someone|somebody)\s+else)"
_OUR_REACH = (
    r"(?:(?:dal|dalle|dai|dalla)\s+(?:nostr\w+\s+)?(?:perimetro|attività|competenz\w+|corde|servizi|offerta|catalogo"
    r"|menù|menu|campo|mestiere|raggio|portata)|portata)"
)
_STAFF = (
    r"(?:repart\w+|settor\w+|servizi\w*|operator\w+|tecnic\w+|personale|figur\w+|sportell\w+|laborator\w+|officin\w+"
    r"|competenz\w+|esperienz\w+|abilitazion\w+|licenz\w+|autorizzazion\w+|macchinar\w+|attrezzatur\w+|mezzi\b|mezzo\b"
    r"|programmator\w+|sviluppator\w+|grafic[oih]\w*|traduttor\w+|interpret[ei]\b|avvocat\w+|commercialist\w+|espert\w+"
    r"|specialist\w+|consulent\w+|medic[oi]\b|psicolog\w+|elettricist\w+)"
)
# "Escludiamo le perizie", "resta fuori dal nostro perimetro", "out of scope", "per i loghi bussate
# altrove".
EXCLUDED = re.compile(
    r"\b(?:esclud(?:iamo|ono)|rifiut(?:iamo|ano)|declin(?:iamo|ano)"
    r"|esul(?:a|ano)\s+d\w+|non\s+(?:è|sono)\s+nelle\s+nostre\s+corde)"
    rf"|\bfuori\s+{_OUR_REACH}"
    r"|\b(?:è|sono|resta|restano|rimane|rimangono)\s+esclus[oaie]\b|^\W*(?:[\w'’-]+\s+){1,4}esclus[oaie]\W*$"
    r"|^\W*(?:tranne|salvo|eccetto|fuorché|except)\s+(?!(?:che|se|quando|per|we|it|they|if|when|that)\b)(?:[\w'’-]+\s*){1,5}\W*$"
    rf"|\b(?:bussa|chiede|rivolge|andate?|cerca|guarda|prova)\w*\s+(?:\w+\s+)?{_ELSEWHERE}"
    rf"|\b(?:ask|call|try|look|go|hire|contact)\s+(?:\w+\s+)?{_ELSEWHERE}"
    r"|\bsbagliat\w+\s+(?:porta|indirizzo|posto)|\bnon\s+da\s+noi\b|\bnon\s+(?:chiedete|cercate)\w*\b"
    r"|\b(?:che|cosa)\s+non\s+(?:troverete|troverai|trovate)\b|\brispondiamo\s+(?:di|sempre)\s+no\b"
    r"|\b(?:out\s+of|outside|beyond)\s+(?:our\s+)?(?:scope|remit|reach)|\boff\s+(?:the|our)\s+menu\b"
    r"|\byou\s+(?:will\s+not|won['’]t)\s+(?:get|find)\b[^.;]*\b(?:from\s+us|here)\b|\bnot\s+(?:from|by|with)\s+us\b"
    r"|\bwe\s+(?:turn\s+down|decline|refuse|exclude)\s|\bexcluded\W*$"
    r"|^\W*not\s+an?\s+(?:\w+\s+){0,2}(?:firm|agency|company|school|shop|studio|bank|lab)\b"
    r"|^\W*magari\W*$|\bno\s+(?:grazie|thanks|thank\s+you)\b",
    re.IGNORECASE,
)
# "Non abbiamo un reparto stampa", "ci manca un esperto", "nessuno di noi sa di blockchain".
MISSING = re.compile(
    rf"\bnon\s+(?:abbiamo|ho|disponiamo\s+di)\s+(?:(?:un['’]?|uno|una|il|la|i|le|gli|nessun\w*|più|ancora|né)\s*)*{_STAFF}"
    r"|\bnon\s+sappiamo\s+(?:nulla|niente)\b|\bnon\s+(?:ce\s+ne\s+)?intendiamo\b"
    r"|(?<!\bnon\s)(?<!\bnon\sci\s)\b(?:ci\s+)?manca(?:no)?\s+(?:ancora\s+)?(?:un['’]?|una|uno|chi|qualcuno|persone|le\s+competenze|la\s+competenza)"
    r"|\bnessuno\s+(?:di\s+noi|da\s+noi|qui|in\s+cooperativa|dei\s+soci)\s+"
    r"(?:sa|fa|ha|può|conosce|vende|si\s+occupa|lavora|parla|tratta|programma|è)\b"
    r"|\bnobody\s+(?:here|of\s+us|on\s+the\s+team|in\s+the\s+team)\s+\w+s\b|\bnone\s+of\s+us\b"
    r"|\bwe\s+(?:lack|have\s+no)\s+(?!(?:doubt|fear|secret|problem|limit|boss|president)\w*)",
    re.IGNORECASE,
)
# Firms, and people who are said to be from outside: "corsi tenuti da professionisti" are one's own.
_OTHERS = (
    r"(?:(?:un['’]?\s*|un|uno|una|an?|another|the|di\s+un['’]?)\s*)?(?:altr[oaei]\s+|other\s+|external\s+)?"
    r"(?:ditt|societ|impres|aziend|agenzi|fornitor|provider|cooperativa\s+(?:amica|vicina|esterna)|esterni?\b|terzi\b"
    r"|altri\b|altre\b|amic[oh]|friend|firm\b|agency|company|supplier|contractor|freelanc|outsider)"
)
# "In mano a una ditta esterna", "subappaltate", "paghiamo una cooperativa amica", "we turn to".
OTHERS_DO = re.compile(
    rf"\bin\s+mano\s+a[d]?\s+(?!noi)|\b(?:sub)?appalt(?:at[oaie]|iamo)\b(?!\s+(?:a|da)\s+noi)|\b(?:esternalizziamo|(?:abbiamo|è|sono|viene|vengono)\s+(?:stat[oaie]\s+)?esternalizzat[oaie])\b"
    rf"|\bpaghiamo\s+(?!(?:i\s+soci|gli\s+stipendi|le\s+tasse|tutti)\b)|\bpresso\s+un['’]?[ao]?\s*(?:provider|fornitor|altr[oa]\b)"
    rf"|\b(?:fatt|tenut|curat|gestit|realizzat|svolt|forniti?|offert)[oaie]?\s+da(?:\s+un['’]?|gli|\s+)?\s*{_OTHERS}"
    rf"|\b(?:la|lo|le|li|l['’])\s*(?:fa|fanno|segue|cura|tiene)\s+(?:lui|lei|loro\s+stessi|altri)\b"
    r"|\b(?:con\s+l['’]aiuto\s+di|tramite|attraverso)\s+(?:esterni|terzi|altri)\b"
    r"|\b(?:è|sono)\s+di\s+un['’]?\s*altr[oa]\s+\w+|\bd(?:i|ell)['’]?\s*un['’]?\s*altr[ao]\s+(?:cooperativa|società|azienda|ditta)\b"
    r"|\b(?:non\s+è|non\s+sono|isn['’]t|aren['’]t)\s+(?:nostr[oaie]|ours)\b|\bil\s+merito\s+(?:è|va)\s+(?!nostr|a\s+noi)"
    r"|\blo\s+subiamo\b|\brivend(?:iamo|ono)\b|\b(?:è|sono)\s+affittat[oaie]\s+a\b|\bsiamo\s+stati\s+(?:formati|aiutati|seguiti)\b"
    r"|\bsiamo\s+(?:\w+\s+)?clienti\b|\bospitiamo\b[^,;.]*\btenut[oaie]\s+da\b"
    r"|\bwe\s+(?:turn\s+to|leave\s+\w+(?:\s+\w+){0,3}\s+to|outsource|subcontract|resell|pay)\b(?!\s+(?:our|fair))"
    r"|\b(?:provided|given|supplied)\s+to\s+us\b|\b(?:someone|somebody)\s+else\s+(?:does|did|runs|handles|takes)\b"
    rf"|\b(?:handled|made|done|run|managed|built|written|kept)\s+by\s+(?:our\s+(?:consortium|landlord|parent)|{_OTHERS})",
    re.IGNORECASE,
)
# "C'era anche la falegnameria", "è stato ceduto", "we sold our print shop".
OVER = re.compile(
    r"\b(?:c['’]era|c['’]erano)\s+anche\b"
    r"|\b(?:è|sono|fu|furono|venne|vennero)\s+(?:stat[oaie]\s+)?(?:cedut|vendut|dismess|soppress|cessat|sospes)[oaie]\b"
    r"|\bfino\s+a\s+(?:\w+\s+)?(?:mes[ei]|ann[oi])\s+fa\b|\bun\s+paio\s+d['’]anni\s+fa\s+\w+(?:av|ev|iv)a"
    r"|\bwe\s+(?:sold|closed|shut|gave\s+up|wound\s+up)\s|\b(?:it|which)\s+(?:was\s+)?(?:closed|shut|sold|ended)\b",
    re.IGNORECASE,
)
# "Per ora solo un sogno", "apriremo", "we are learning", "not yet".
WISHED = re.compile(
    r"\b(?:solo|soltanto|ancora)\s+un\s+sogno\b|\bnon\s+ancora\b\W*$|\bper\s+ora\s+(?:no|solo\s+un['’]?\s*ide[ae])\b"
    r"|\bil\s+prossimo\s+anno\b|\bstiamo\s+(?:imparando|studiando|formando)\b|\bvorremmo\b"
    r"|\bon\s+our\s+wish\s*list\b|(?:^\W*|[:,]\s*)not\s+yet\b\W*$|\bwe(?:\s+are|['’]re)\s+(?:learning|studying)\b",
    re.IGNORECASE,
)
