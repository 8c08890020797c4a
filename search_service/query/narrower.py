"""The narrower competencies that count for a question as well, in words. Pure."""

from __future__ import annotations

from search_service.domain import RecognisedFilter
from search_service.presentation.labels import Named, Words
from search_service.presentation.languages import marked as _

NARROWER = "narrower"  # no filter: what also counts as a competence that the question names
HEADING = _("competenza")
_LISTED = 4


def narrower_label(item: RecognisedFilter, words: Words) -> str:
    """The first few competencies, and how many more there are."""
    names = item.meaning if isinstance(item.meaning, tuple) else ()
    return listed(names, words)


def listed(names: tuple[Named, ...], words: Words) -> str:
    """Some competencies in a few words: "anche penetration testing, SOC e altre 3"."""
    shown = ", ".join(words.competence(name) for name in names[:_LISTED])
    more = len(names) - _LISTED
    if more <= 0:
        return words.language.text("anche %(shown)s", shown=shown)
    return words.language.plural(
        "anche %(shown)s e un'altra", "anche %(shown)s e altre %(n)s", more, shown=shown
    )
