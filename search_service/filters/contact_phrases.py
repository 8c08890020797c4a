"""How people ask whom to contact: "contatti di chi fa GDPR" asks for who does GDPR. Pure.

How to reach somebody is on every card, and nothing to look for.
"""

from __future__ import annotations

import re

_GIVE = (
    r"(?:(?:mi|ci)\s+)?(?:dai|date|dammi|datemi|dateci|(?:puoi|potete)\s+dar[mc]i|avete|vorrei|vorremmo"
    r"|serve|servono|cerco|cerchiamo|qual\s+e|quali\s+sono|give\s+me|what\s+(?:is|are)|i\s+need)"
)
_ARTICLE = r"(?:(?:il|i|la|le|un|dei|del|the|any)\s+|l')"
_CONTACTS = (
    r"(?:contatt[oi]|recapit[oi](?:\s+telefonic[oi])?|(?:indirizzo\s+)?e-?mail|mail|pec|riferiment[oi]"
    r"|(?:numero\s+(?:di\s+)?)?telefono|contacts?(?:\s+(?:details?|info(?:rmation)?))?"
    r"|e-?mail\s+address(?:es)?|phone(?:\s+numbers?)?)"
)
_SOMEBODY = (
    r"(?:chi|qualcun|una?\s|un'|cooperativ|coop\b|aziend|who|some(?:one|body)|any(?:one|body)|an?\s"
    r"|cooperatives?|compan)"
)
# "Email di benvenuto" is a subject, "email di chi …" is none.
_OF_SOMEBODY = rf"(?:per|for)\s+|(?:di|d'|of)\s*(?={_SOMEBODY})"
_WHOM = (
    r"come\s+(?:posso\s+|possiamo\s+|si\s+)?contatt\w+|how\s+(?:can|do)\s+(?:i|we)\s+(?:contact|reach)"
    r"|(?:(?:a|con)\s+)?chi\s+(?:posso|possiamo|devo|dobbiamo)\s+"
    r"(?:contattare|chiamare|sentire|rivolger(?:mi|ci)|parlare)\s+(?:per|di|su)"
    r"|a\s+chi\s+(?:scrivere|telefonare|chiedere|rivolgersi|(?:mi|ci)\s+rivolg\w+|scriv(?:o|iamo))\s+(?:per|di)"
    r"|who\s+to\s+(?:contact|call|ask|write\s+to)\s+(?:for|about)"
    r"|who\s+(?:can|should|do)\s+(?:i|we)\s+(?:contact|call|talk\s+to|ask)\s+(?:for|about)"
)
ASKING_FOR_CONTACTS = re.compile(
    rf"(?:{_GIVE}\s+)?{_ARTICLE}?{_CONTACTS}\s+(?:{_OF_SOMEBODY})|(?:{_WHOM})\s+"
)
