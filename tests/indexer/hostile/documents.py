"""Files of other formats made to swell, to loop or to reach out; and texts that are none."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache

from docx import Document
from openpyxl import Workbook

MB = 1_000_000
_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BODY = "word/document.xml"
_SHEET = "xl/worksheets/sheet1.xml"
_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY l0 "ha">'
    + b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)
_OUTSIDE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@cache
def _word() -> bytes:
    made = io.BytesIO()
    Document().save(made)
    return made.getvalue()


@cache
def _book() -> bytes:
    book = Workbook()
    book.active.append(["nome", "sede"])  # type: ignore[union-attr]
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def packed(whole: bytes, parts: Mapping[str, bytes]) -> bytes:
    """An Office file with some of its parts in the place of others."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return made.getvalue()


def word(body: bytes, doctype: bytes = b"", more: Mapping[str, bytes] = {}) -> bytes:
    xml = _XML + doctype + b"<w:document %b><w:body>%b</w:body></w:document>" % (_WORD, body)
    return packed(_word(), {_BODY: xml, **more})


def sheet(rows: bytes, doctype: bytes = b"") -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    xml = _XML + doctype + b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (space, rows)
    return packed(_book(), {_SHEET: xml})


def _cell(text: bytes) -> bytes:
    return b'<row r="1"><c r="A1" t="inlineStr"><is><t>%b</t></is></c></row>' % text


# --- archives ------------------------------------------------------------------------------


def zip_of_zeros() -> bytes:
    return packed(_word(), {"word/media/zero.bin": bytes(250 * MB)})


def zip_of_high_ratio() -> bytes:
    return word(b"<w:p><w:r><w:t>" + b" " * 60 * MB + b"</w:t></w:r></w:p>")


def zip_in_a_zip() -> bytes:
    inner = packed(_word(), {"word/media/zero.bin": bytes(50 * MB)})
    for _ in range(3):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as outer:
            for n in range(10):
                outer.writestr(f"word/{n}.docx", inner)
        inner = made.getvalue()
    return inner


def zip_of_many_parts() -> bytes:
    return packed(_word(), {f"word/media/{n}": b"" for n in range(20_000)})


def zip_of_overlapping_parts() -> bytes:
    """A thousand names for the same bytes."""
    data = zlib.compress(bytes(MB), 9)[2:-4]
    name = b"word/document.xml"
    crc = zlib.crc32(bytes(MB))
    fixed = (20, 0, 8, 0, 0, crc, len(data), MB, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *fixed) + name + data
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *fixed, 0, 0, 0, 0, 0) + name
    entries = entry * 1000
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1000, 1000, len(entries), len(local), 0)
    return local + entries + end


def zip_that_lies_of_its_size() -> bytes:
    data = bytearray(zip_of_zeros())
    size = struct.pack("<I", 250 * MB)
    return bytes(data).replace(size, struct.pack("<I", 10))


def zip_that_is_cut() -> bytes:
    return _word()[: len(_word()) // 2]


def zip_with_a_password() -> bytes:
    data = bytearray(_word())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def parts_that_lead_out() -> bytes:
    return packed(_word(), {"../../../../tmp/escaped.xml": b"<x/>", _BODY: b"<x/>"})


# --- XML -----------------------------------------------------------------------------------


def word_of_laughs() -> bytes:
    return word(b"<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", _LAUGHS)


def word_that_reads_files() -> bytes:
    return word(b"<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", _OUTSIDE)


def word_of_late_laughs() -> bytes:
    """What declares them comes after more than anyone looks through."""
    return word(b"<w:p>&l9;</w:p>", b"<!--" + b"x" * 200_000 + b"-->" + _LAUGHS)


def word_in_another_alphabet() -> bytes:
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + _OUTSIDE.decode() + "<x>&e;</x>"
    return packed(_word(), {_BODY: xml.encode("utf-16")})


def word_nested() -> bytes:
    return word(b"<w:p>" * 100_000 + b"</w:p>" * 100_000)


def word_tables_nested() -> bytes:
    return word(b"<w:tbl><w:tr><w:tc>" * 80 + b"</w:tc></w:tr></w:tbl>" * 80)


def word_of_many_elements() -> bytes:
    return word(b"<w:p/>" * 3 * MB)


def word_that_is_no_xml() -> bytes:
    return packed(_word(), {_BODY: bytes(range(256)) * 100})


def word_that_refers_to_itself() -> bytes:
    links = (
        _XML + b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/officeDocument" Target="_rels/.rels"/></Relationships>'
    )
    return packed(_word(), {"_rels/.rels": links})


def sheet_of_laughs() -> bytes:
    return sheet(_cell(b"&l9;"), _LAUGHS)


def sheet_of_late_laughs() -> bytes:
    return sheet(_cell(b"&l9;"), b"<!--" + b"x" * 200_000 + b"-->" + _LAUGHS)


def sheet_that_reads_files() -> bytes:
    return sheet(_cell(b"&e;"), _OUTSIDE)


def sheet_of_far_cells() -> bytes:
    """The last cell of the last row of the last column, and nothing before it."""
    return sheet(b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row>' * 2)


def sheet_of_many_rows() -> bytes:
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(1, 120_000)
    )
    return sheet(rows)


def sheet_of_a_billion_rows() -> bytes:
    return sheet(b'<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>')


def sheet_nested() -> bytes:
    return sheet(b"<row>" * 100_000 + b"</row>" * 100_000)


# --- pages and texts -----------------------------------------------------------------------


def page_nested() -> bytes:
    return b"<html><body>" + b"<div>" * 100_000 + b"</div>" * 100_000


def page_of_laughs() -> bytes:
    return b"<!DOCTYPE html " + _LAUGHS[11:] + b"<html><body></body></html>"


def page_of_attributes() -> bytes:
    names = b" ".join(b"a%d=x" % n for n in range(200_000))
    return b"<html><body><p " + names + b"></p></body></html>"


def page_of_scripts() -> bytes:
    return b"<html><body>" + b"<script><!--<style>" * 300_000


def page_of_an_endless_title() -> bytes:
    return b"<html><head><title>" + b"a" * 70 * MB + b"</title></head><body></body></html>"


def text_of_zeros() -> bytes:
    return b"\0" * MB


def text_with_zeros() -> bytes:
    return b"La cooperativa\0\0\0 fa reti.\0" * 1000


def text_of_noise() -> bytes:
    return bytes((n * n + n // 7) % 256 for n in range(200_000))


def text_of_one_line() -> bytes:
    return b"a" * 50 * MB


def text_of_one_wide_line() -> bytes:
    return "a".encode("utf-32") * 2 + ("à" * 12 * MB).encode("utf-32-le")


def text_of_surrogates() -> bytes:
    return b"\xff\xfe" + b"\x00\xd8" * 100_000


def text_that_is_a_picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(1000)


def pdf_that_is_a_text() -> bytes:
    return b"Un testo che si chiama pdf."


def marks_nested() -> bytes:
    return b"> " * 100_000 + b"\n"


def brackets_nested() -> bytes:
    return b"[" * 2 * MB


def stars_nested() -> bytes:
    return b"*a_ " * 2 * MB


def fields_nested() -> bytes:
    return b"---\na: " + b"[" * 60_000 + b"\n---\n"


def fields_of_laughs() -> bytes:
    lines = [b"a0: &a0 ha"]
    lines += [b"a%d: &a%d [%b]" % (n, n, b"*a%d," % (n - 1) * 9) for n in range(1, 20)]
    return b"---\n" + b"\n".join(lines) + b"\n---\n"


def rows_beyond_number() -> bytes:
    return b"nome;sede\n" + b"a;b\n" * 3 * MB


def quote_without_end() -> bytes:
    return b'nome;sede\n"' + b"a\n" * 10 * MB


def columns_beyond_number() -> bytes:
    return b";".join(b"c%d" % n for n in range(500_000)) + b"\n" + b";" * 500_000 + b"\n"


_SUFFIXES = {
    "zip": ".docx",
    "parts": ".docx",
    "word": ".docx",
    "sheet": ".xlsx",
    "page": ".html",
    "text": ".txt",
    "pdf": ".pdf",
    "marks": ".md",
    "brackets": ".md",
    "stars": ".md",
    "fields": ".md",
    "rows": ".csv",
    "quote": ".csv",
    "columns": ".csv",
}
DOCUMENTS: dict[str, Callable[[], bytes]] = {
    f"events/{name}{_SUFFIXES[name.split('_')[0]]}": function
    for name, function in list(globals().items())
    if callable(function) and name.split("_")[0] in _SUFFIXES and "_" in name
}
