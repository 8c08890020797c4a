"""Which encoding of old a text is in that is not UTF-8: of Windows, of the Mac, or of DOS.

All read every byte as something; they are told apart by whether Italian would be written so. In
Windows-1252 "Forlì" of a Mac ends with an opening quotation mark, and of DOS with no character.
"""

from __future__ import annotations

import re

_USUAL = "cp1252"
_OTHERS = ("mac_roman", "cp850")
_SAMPLE = 65_536  # bytes
_ACCENTED = "àèéìòùÀÈÉÌÒÙáíóúâêîôûäëïöüçñßÁÍÓÚÄÖÜÇÑ"
# What stands after a letter only where another character was meant.
_ODD = re.compile(
    r"(?<=[^\W\d_])(?:[ˆ˜‚„•†‡‰ŠŽš›‹žŸœŒƒ¤¦©«®¯°±²³´µ¶·¸¹º¼½¾¿×÷Þþðýÿ¡¢£¥§¨¬Ø\x80-\x9f\ufffd]"
    r"|[“‘](?![^\W\d_])|—(?=[\s.,;:)|]|$)|(?<=[bcdfghjkmpqtvz])…)"
    r"|[\ufffd\x80-\x9f]|[│┤╡╢╖╕╣║╗╝└┴┬├─┼╚╔╩╦╠═╬▀▄█▌▐░▒▓√∞≈≤≥∂∑∏π∫Ω◊ﬁﬂ]"
)
_WELL_PLACED = re.compile(rf"(?<=[^\W\d_])[{_ACCENTED}](?!\d)|(?<!\w)[èÈ](?!\w)")
_MID_WORD_CAPITAL = re.compile(r"(?<=[a-zà-ÿ])[ÀÈÉÌÒÙÁÍÓÚÄÖÜÇÑÂÊÎÔÛÅÆËÏ]")


def decode_legacy(data: bytes) -> str:
    """Decode text that is not UTF-8: as Windows-1252, unless another encoding reads better."""
    sample = data[:_SAMPLE]
    usual = sample.decode(_USUAL, "replace")
    best, encoding = _badness(usual), _USUAL
    if best:
        for other in _OTHERS:
            text = sample.decode(other, "replace")
            badness = _badness(text)
            if badness < best and _WELL_PLACED.search(text):
                best, encoding = badness, other
    return data.decode(encoding, "replace")


def _badness(text: str) -> int:
    """How many characters stand where nobody writes them."""
    return len(_ODD.findall(text)) + len(_MID_WORD_CAPITAL.findall(text))
