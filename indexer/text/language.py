"""Language detection among the languages that cooperatives write in."""

from __future__ import annotations

from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

DEFAULT = "it"
_LANGUAGES = (
    Language.ITALIAN,
    Language.ENGLISH,
    Language.FRENCH,
    Language.GERMAN,
    Language.SPANISH,
)
_SAMPLE = 2000  # characters: more text changes nothing
_SHARE = 0.8  # of the total confidence, needed to overrule the default; set by hand


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_LANGUAGES).with_low_accuracy_mode().build()


def detect_language(text: str, among: tuple[str, ...] = ()) -> str:
    """The ISO 639-1 code of the text's language; Italian if undecided.

    ``among`` restricts the result to some codes ("it", "en").
    """
    values = {
        value.language.iso_code_639_1.name.lower(): value.value
        for value in _detector().compute_language_confidence_values(text[:_SAMPLE])
    }
    if among:
        values = {code: value for code, value in values.items() if code in among}
    best = max(values, key=lambda code: values[code], default=DEFAULT)
    return best if values.get(best, 0.0) >= _SHARE * sum(values.values()) > 0 else DEFAULT
