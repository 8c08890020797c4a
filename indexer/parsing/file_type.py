"""Content type detection, and decoding bytes to text."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from indexer.domain import Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.legacy_encoding import decode_legacy

TEXT = "text"
HTML = "HTML"
PDF = "a PDF document"
DOCX = "a Word document (.docx)"
XLSX = "an Excel workbook (.xlsx)"
ODS = "an OpenDocument spreadsheet (.ods)"
ODT = "an OpenDocument text (.odt)"
PPTX = "a PowerPoint presentation (.pptx)"

# Limits of an archive, far above those of real documents and far below a zip bomb's.
MAX_UNPACKED = 200 * 1024 * 1024  # bytes
MAX_RATIO = 300  # unpacked to packed size, checked above _SUSPICIOUS_SIZE
MAX_MEMBERS = 5_000
_SUSPICIOUS_SIZE = 20 * 1024 * 1024  # bytes
_PROLOG = 64 * 1024  # bytes in which a document type declaration must start
_XML_SUFFIXES = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")
# What the pages and the index of an EPUB book may begin with: it names a type, and defines nothing.
_BARE_DOCTYPE = re.compile(
    rb"""<!DOCTYPE\s+(?:html|ncx|package)(?:\s+(?:PUBLIC|SYSTEM|"[^"<>\[]*"|'[^'<>\[]*'))*\s*>""",
    re.I,
)

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"ID3", "an MP3 recording"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
_PRINTABLE_START = frozenset({b"BM", b"ID3", b"MZ", b"GIF8"})
# Formats that are ZIP archives, by a part that each has.
_ARCHIVE_PARTS = (
    ("word/", DOCX),
    ("xl/", XLSX),
    ("ppt/", PPTX),
    ("content.xml", "an OpenDocument file"),
    ("META-INF/container.xml", "an EPUB book"),
)
# OpenDocument files are told apart by a part that states their type.
_MIMETYPE, _LONGEST_TYPE = "mimetype", 100  # bytes
_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.spreadsheet": ODS,
    b"application/vnd.oasis.opendocument.text": ODT,
    b"application/vnd.oasis.opendocument.text-template": ODT,
}
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TEXT_CONTROLS = frozenset(range(32)) - {8, 9, 10, 11, 12, 13, 26, 27}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REMEDY_WRONG_TYPE = "Correct its suffix, or save it again in the format it claims."


def check_content(suffix: str, data: bytes, *, accepts: frozenset[str]) -> None:
    """Refuse a file whose content does not match its suffix.

    Args:
        suffix: the file's suffix, for the error message.
        data: the whole file.
        accepts: the content types that the suffix allows.

    Raises:
        UnreadableFileError: ``WRONG_TYPE``; ``ENCRYPTED`` for a password-protected Office file;
            ``TOO_LARGE`` for an archive that unpacks beyond the limits; ``CORRUPT`` for a
            damaged one.

    """
    found = content_type(data)
    if found not in accepts:
        _check_encrypted(data)
        raise _wrong_type(suffix, found)
    if data.startswith(_ZIP):
        _check_packed(data)


def content_type(data: bytes) -> str:
    """What the bytes seem to be: ``TEXT``, ``HTML``, ``PDF`` …, or words such as "a PNG image"."""
    if data.startswith(_ZIP):
        return _describe_zip(data)
    if _is_pdf(data):
        return PDF
    if data.startswith(_OLE):
        return "an old Office document (.doc, .xls or .ppt)"
    for magic, words in _MAGIC:
        if data.startswith(magic) and (magic not in _PRINTABLE_START or not is_text(data)):
            return words
    if not is_text(data):
        return "binary data"
    return HTML if is_html(data) else TEXT


def _is_pdf(data: bytes) -> bool:
    """PDF readers accept a header anywhere in the first KiB; plain text may mention one, too."""
    head = data[:1024]
    return head.lstrip().startswith(b"%PDF-") or (b"%PDF-" in head and b"endobj" in data)


def is_html(data: bytes) -> bool:
    """Whether the bytes start like an HTML page."""
    return _HTML.match(data[:4096].removeprefix(codecs.BOM_UTF8)) is not None


def is_text(data: bytes) -> bool:
    """Whether the bytes are text in an encoding that ``decode`` handles."""
    if bom_encoding(data) or _wide_encoding(data):
        return True
    head = data[:65536]
    return sum(byte in _TEXT_CONTROLS for byte in head) <= len(head) // 200 and 0 not in head


def decode(data: bytes) -> str:
    """Decode text: by its byte-order mark, else as UTF-8, else as what reads best of old."""
    encoding = bom_encoding(data) or _wide_encoding(data)
    if encoding:
        return data.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode_legacy(data)


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are valid UTF-8: text in another encoding is not, unless it is ASCII."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def bom_encoding(data: bytes) -> str | None:
    """The encoding that a byte-order mark declares, if there is one."""
    return next((name for bom, name in _BOMS if data.startswith(bom)), None)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte-order mark: in Western text every other byte is zero."""
    head = data[:2048]
    if len(head) < 4 or len(data) % 2:
        return None
    half = len(head) // 2
    if head[1::2].count(0) > half * 0.8 and 0 not in head[0::2]:
        return "utf-16-le"
    if head[0::2].count(0) > half * 0.8 and 0 not in head[1::2]:
        return "utf-16-be"
    return None


def _describe_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            mimetype = archive.read(_MIMETYPE)[:_LONGEST_TYPE] if _MIMETYPE in names else b""
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "a damaged ZIP archive"
    if mimetype in _OPEN_DOCUMENTS:
        return _OPEN_DOCUMENTS[mimetype]
    for part, words in _ARCHIVE_PARTS:
        if any(name.startswith(part) for name in names):
            return words
    return "a ZIP archive"


def _check_encrypted(data: bytes) -> None:
    if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableFileError(
            Reason.ENCRYPTED,
            "It is protected by a password.",
            remedy="Save a copy without the password.",
        )


def _check_packed(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive)
    except UnreadableFileError:
        raise
    except Exception as error:
        raise UnreadableFileError(
            Reason.CORRUPT,
            "Its archive is damaged and cannot be opened.",
            remedy="Open it in the program that made it and save it again.",
        ) from error


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that unpacks beyond the limits, or has XML that defines entities."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    bomb = unpacked > _SUSPICIOUS_SIZE and unpacked > MAX_RATIO * max(packed, 1)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or bomb:
        raise UnreadableFileError(
            Reason.TOO_LARGE,
            f"It unpacks to {unpacked // 1024 // 1024} MiB in {len(members)} parts.",
            remedy="Check where it comes from; if it is genuine, save the text alone, or split it.",
        )
    for member in members:
        if member.filename.lower().endswith(_XML_SUFFIXES):
            with archive.open(member) as part:
                _check_prolog(part.read(_PROLOG))


def _check_prolog(head: bytes) -> None:
    """Refuse a document type that may define entities, which can expand without end."""
    if b"<!DOCTYPE" in _BARE_DOCTYPE.sub(b"", head.replace(b"\x00", b"")):
        raise UnreadableFileError(
            Reason.CORRUPT,
            "Its XML has a document type declaration, which may define entities.",
            remedy="Check where it comes from; open it in the program that made it and save it "
            "again.",
        )


def _wrong_type(suffix: str, found: str) -> UnreadableFileError:
    seems = {TEXT: "plain text", HTML: "an HTML page"}.get(found, found)
    return UnreadableFileError(
        Reason.CORRUPT if found == "a damaged ZIP archive" else Reason.WRONG_TYPE,
        f"It is named {suffix} but seems to be {seems}.",
        remedy=_REMEDY_WRONG_TYPE,
    )
