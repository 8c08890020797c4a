"""The pages that every check and screenshot covers; a new page is added here."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

LANGUAGES = ("it", "en")  # the first is the site's own
LOOKS = ("light", "dark")
WIDTHS = (360, 768, 1440)  # a phone, a tablet, a desktop; in CSS pixels

QUESTION = "chi fa data engineering in Emilia-Romagna?"
NOBODY = "chi ripara sottomarini nucleari in Molise?"
CLOSE = "realtà virtuale"  # nobody is documented, some come close
REMOTE = "accessibilità web a Palermo"  # only cooperatives that work at a distance
OTHER = "paginachiara"
ACCESSIBILITY = "accessibilità dei siti web"


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the site: ``path`` is its address without the host, ``status`` the expected one."""

    name: str
    path: str
    status: int = 200

    def address(self, language: str) -> str:
        """The page's address in a language."""
        if language == LANGUAGES[0]:
            return self.path
        path, anchor, fragment = self.path.partition("#")
        joint = "&" if urlsplit(path).query else "?"
        return f"{path}{joint}lang={language}{anchor}{fragment}"


def asking(question: str, **filters: str) -> str:
    """The address of a search."""
    return f"/?{urlencode({'q': question, **filters})}"


PAGES = (
    Place("home", "/"),
    Place("search", asking(QUESTION)),
    Place("search-filtered", asking(ACCESSIBILITY, place="Toscana", since="2020")),
    Place("close", asking(CLOSE)),
    Place("remote", asking(REMOTE)),
    Place("nobody", asking(NOBODY)),
    Place("refused", asking("x", since="ieri"), 400),
    Place("organisation", "/organisations/it99900018880"),
    Place("document", "/documents/events/cooperative-digitali-roma-2025.md"),
    Place("document-pdf", "/documents/case_studies/accessibilita-ateneo.pdf"),
    Place("document-table", "/documents/profiles/nuvolabassa.md"),
    Place("network", "/network"),
    Place("organisations", "/organisations"),
    Place(
        "organisations-filtered", "/organisations?place=regione%3A08&competence=data-engineering"
    ),
    Place("competencies", "/competencies"),
    Place("competencies-filtered", "/competencies?q=dati"),
    Place("competence", "/competencies/data-engineering"),
    Place("shortlist-empty", "/shortlist"),
    Place("shortlist", f"/shortlist?{urlencode({'q': QUESTION})}&pick=it99900018880&pick={OTHER}"),
    Place(
        "shortlist-named",
        f"/shortlist?pick={OTHER}&pick=refolo&pick=tensorella&list=Gara&note.refolo=Sentita",
    ),
    Place("ranking", "/ranking"),
    Place("api", "/api"),
    Place("accessibility", "/accessibility"),
    Place("privacy", "/privacy"),
    Place("login", "/login"),
    Place("embed", f"/embed?{urlencode({'q': QUESTION})}"),
    Place("missing", "/non-esiste", 404),
)
VISITS = [(place, language) for place in PAGES for language in LANGUAGES]
VISIT_IDS = [f"{place.name}-{language}" for place, language in VISITS]
