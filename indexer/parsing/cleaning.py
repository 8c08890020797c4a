"""Repairs broken characters and removes invisible ones.

Kept as written: superscripts, fractions and signs (no NFKC), curly double quotes, apostrophes used
as accents ("piu'"). Changed for search: all single quotes become "'", since tokenisers split
"l’arte" and "l'arte" differently.
"""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "ſ": "s",  # of the ligature for "st", where a library took it apart
}
# Fonts for symbols put their bullets in the private area: these are the ones Word writes.
_SYMBOL_BULLETS = "\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf0a8\uf06e\uf02d"
_QUOTES = "‘’‚‛ʼ\uff07"
_BREAKS = {"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n\n"}

_REPLACED = str.maketrans({**_LIGATURES, **dict.fromkeys(_SYMBOL_BULLETS, "•"), **_BREAKS})
_APOSTROPHES = str.maketrans(dict.fromkeys(_QUOTES, "'"))
# Invisible: control, format (soft hyphen, zero width, direction marks), surrogate, private use.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}

_MAX_PASSES = 8
_PLAIN = re.compile(r"[\n -~àèéìíòóùúÀÈÉÌÒÙ]*")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_EDGES = re.compile(r" ?\n ?")
_MANY_BREAKS = re.compile(r"\n{3,}")

# UTF-8 read as cp1252. Only the leads "Ã" and "Â" and the general punctuation "â€" are repaired:
# other leads are letters that text may well hold.
_MOJIBAKE = re.compile(r"(?P<before>\w?)(?P<wrong>Ã[^\x00-\x7f]|Â[^\x00-\x7f]|â€[^\x00-\x7f]|â‚¬)")
_MOJIBAKE_A_GRAVE = re.compile(r"(?<=[a-zàèéìòù])Ã(?=[ \n]|$)")

_COMBINING = {
    "`": "\u0300",
    "\u2018": "\u0300",
    "\u02cb": "\u0300",
    "´": "\u0301",
    "'": "\u0301",
    "’": "\u0301",
    "ˆ": "\u0302",
    "^": "\u0302",
    "˜": "\u0303",
    "~": "\u0303",
    "¨": "\u0308",
    '"': "\u0308",
    "¸": "\u0327",
}
_CODE = r"(?P<code>(?<!\w)(`+)[^\s`](?:[^`\n]*[^\s`])?\2(?!\w))"
_ACCENTED = re.compile(
    "|".join(
        (
            _CODE,
            # \`a \`{a} \'e: TeX's source. "\'" also escapes an apostrophe ("dell\'arte"): word end.
            r"""\\(?P<tex>[`‘^~])\{?(?P<tex_v>[aeiouAEIOUnNı])\}?""",
            r"""(?<=\w\w)\\(?P<tex2>['’])\{?(?P<tex2_v>[aeiouAEIOUı])\}?(?!\w)""",
            r"""(?<=\w)\\(?P<tex3>")\{?(?P<tex3_v>[aeiouAEIOU])\}?(?=\w)""",
            # citt`a perch´e: the accent before the vowel, as TeX prints it; a dotless i anywhere.
            r"(?P<pre_word>\w)(?P<pre>[`´ˋ])(?P<pre_v>[aeiouAEIOU](?!['’]?\w)|ı)",
            r"(?P<gap_word>\w{2}) ?(?P<gap>[`´ˋ]) ?(?P<gap_v>[aeiouAEIOU])(?!['’`´]?\w)(?![`´ˋ])",
            r"(?<![\w`])(?P<alone>[`´ˋ])(?P<alone_v>[eE])(?!['’]?\w)(?![`´])",
            r"(?<=\w)(?P<mid>[¨ˆ˜¸]) ?(?P<mid_v>[aeiouAEIOUncCN])(?=\w)",
            # perche` perche´ and "citta `": the accent after the vowel, at the end of a word.
            r"(?P<post_v>(?<![`´])[aeiouAEIOU]) ?(?P<post>[`´ˋ])(?![\w`´])",
        )
    )
)
_COMBINING_AFTER_SPACE = re.compile(
    r"(?P<after>[aeiouAEIOU]) (?P<a_mark>[\u0300\u0301])(?!\w)"
    r"|(?P<before>\w) (?P<b_mark>[\u0300\u0301])(?P<vowel>[aeiouAEIOU])(?!\w)"
)


def clean(text: str) -> str:
    """Repair and normalise ``text``, keeping line breaks and collapsing runs of spaces."""
    for _ in range(_MAX_PASSES):  # removing characters can expose new matches
        cleaned = _clean_once(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def _clean_once(text: str) -> str:
    if not _PLAIN.fullmatch(text):
        text = _mend_mojibake(text).replace("\r\n", "\n")
        text = _visible(text.translate(_REPLACED))
        text = _mend_accents(text).translate(_APOSTROPHES)
    elif "`" in text or "\\" in text:
        text = _mend_accents(text)
    text = _SPACES.sub(" ", text)
    return _MANY_BREAKS.sub("\n\n", _LINE_EDGES.sub("\n", text)).strip()


def clean_line(text: str) -> str:
    """``clean`` for a single line: titles, headings, cells."""
    return " ".join(clean(text).split())


def _visible(text: str) -> str:
    """Without invisible characters; every space is U+0020."""
    return "".join(_visible_char(char) for char in text)


def _visible_char(char: str) -> str:
    if char in "\n\t":
        return char
    category = unicodedata.category(char)
    if category in _INVISIBLE:
        return ""
    return " " if category == "Zs" else char


def _mend_mojibake(text: str) -> str:
    """Undo UTF-8 decoded as cp1252 if it is unambiguous, even if it happened repeatedly."""
    while True:
        mended = _MOJIBAKE_A_GRAVE.sub("à", _MOJIBAKE.sub(_undo_mojibake, text))
        if mended == text:
            return text
        text = mended


def _undo_mojibake(match: re.Match[str]) -> str:
    before, wrong = match["before"], match["wrong"]
    raw = b"".join(_cp1252(char) for char in wrong)
    try:
        right = raw.decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
    # "IRMÃ»" may be meant; inside a word in capitals only a capital can have been broken.
    if before.isupper() and right.islower():
        return match[0]
    return before + right


def _cp1252(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1", "replace")


def _mend_accents(text: str) -> str:
    """Combine accents that are next to their vowel with it."""
    text = _ACCENTED.sub(_compose, text)
    text = _COMBINING_AFTER_SPACE.sub(_attach, text)
    return unicodedata.normalize("NFC", text)


def _compose(match: re.Match[str]) -> str:
    if match["code"] is not None:
        return match[0]
    for rule in ("tex", "tex2", "tex3", "pre", "gap", "alone", "mid", "post"):
        accent = match[rule]
        if accent is not None:
            break
    vowel = match[f"{rule}_v"].replace("ı", "i")
    word = match[f"{rule}_word"] if rule in ("pre", "gap") else ""
    if word == "c" and rule == "pre" and not match.string[: match.start()][-1:].isalpha():
        return match[0]  # "c`e" is "c'è" typed badly, not one word
    return word + unicodedata.normalize("NFC", vowel + _COMBINING[accent])


def _attach(match: re.Match[str]) -> str:
    if match["after"]:
        return match["after"] + match["a_mark"]
    return match["before"] + match["vowel"] + match["b_mark"]
