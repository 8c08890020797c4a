"""PDFs, one for each way in which a reader of PDFs has been made to loop, to swell or to fall.

They hold no text: whichever way one is read, it is a file that must be reported.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
MB = 1_000_000


def document(
    objects: Mapping[int, bytes],
    *,
    trailer: bytes = b"",
    root: bytes = b"/Root 1 0 R",
    tail: bytes | None = None,
) -> bytes:
    """A PDF of these objects, with a table of where they are that is right."""
    made = bytearray(b"%PDF-1.7\n")
    offsets: dict[int, int] = {}
    for number, content in objects.items():
        offsets[number] = len(made)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(made)
    size = max(objects) + 1
    made += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        made += b"%d 1\n%010d 00000 n \n" % (number, offset)
    made += b"trailer\n<< /Size %d %b %b >>\n" % (size, root, trailer)
    made += b"startxref\n%d\n%%%%EOF\n" % start if tail is None else tail
    return bytes(made)


def stream(data: bytes, entries: bytes = b"", length: int | None = None) -> bytes:
    length = len(data) if length is None else length
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (length, entries, data)


def page(content: bytes, more: Mapping[int, bytes] = {}, resources: bytes = b"") -> bytes:
    """A document of one page with this content (object 4, with its dictionary)."""
    return document(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
            3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R "
            b"/Resources << /Font << /F 5 0 R >> %b >> >>" % resources,
            4: content,
            5: _FONT,
            **more,
        }
    )


def flate(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def _swollen(times: int) -> bytes:
    """Zeros packed ``times`` times over."""
    data = bytes(100 * MB)
    for _ in range(times):
        data = flate(data)
    return data


# --- filters that swell --------------------------------------------------------------------


def flate_bomb() -> bytes:
    return page(stream(_swollen(1), b"/Filter /FlateDecode"))


def flate_bomb_nested() -> bytes:
    filters = b"/Filter [" + b" /FlateDecode" * 2 + b"]"
    return page(stream(_swollen(2), filters))


def flate_damaged() -> bytes:
    """Read byte by byte by whoever tries to rescue it."""
    data = bytearray(flate(bytes(range(256)) * 20_000))
    data[2:8] = b"\xff" * 6
    return page(stream(bytes(data) + b"\x00" * 4 * MB, b"/Filter /FlateDecode"))


def filters_without_end() -> bytes:
    return page(stream(b"00>", b"/Filter [" + b" /ASCIIHexDecode" * 50_000 + b"]"))


def lzw_bomb() -> bytes:
    """Each code stands for one byte more than the code before."""
    codes = [256]
    for _ in range(400):
        codes += [0, *range(258, 4094), 256]
    bits, width, made, held, count = 0, 9, bytearray(), 0, 258
    for code in codes:
        held = held << width | code
        bits += width
        while bits >= 8:
            bits -= 8
            made.append(held >> bits & 255)
        held &= (1 << bits) - 1
        count = 258 if code == 256 else count + 1
        width = 9 if count < 511 else 10 if count < 1023 else 11 if count < 2047 else 12
    return page(stream(bytes(made), b"/Filter /LZWDecode"))


def run_length_bomb() -> bytes:
    return page(stream(b"\x81 " * 2 * MB + b"\x80", b"/Filter /RunLengthDecode"))


def ascii_hex_without_end() -> bytes:
    return page(stream(b"2 0\n" * 3 * MB, b"/Filter /ASCIIHexDecode"))


def ascii_85_zeros() -> bytes:
    return page(stream(b"z" * 5 * MB + b"~>", b"/Filter /ASCII85Decode"))


def predictor_of_huge_rows() -> bytes:
    parms = b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2147483647 /Colors 32 >>"
    return page(stream(flate(bytes(1000)), parms))


def predictor_of_many_rows() -> bytes:
    parms = b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 1 >>"
    return page(stream(flate(b"\x02\x01" * 10 * MB), parms))


def length_beyond_the_file() -> bytes:
    return page(stream(b"BT ET", length=10**15))


def length_of_itself() -> bytes:
    return page(b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream")


# --- references in circles -----------------------------------------------------------------


def tables_in_a_circle() -> bytes:
    return page(stream(b"BT ET")).replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev 9")


def tables_one_after_the_other() -> bytes:
    """A thousand tables, each with one before it, that is each time read again."""
    made = bytearray(b"%PDF-1.7\n")
    before = len(made)
    for _ in range(20_000):
        here = len(made)
        made += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 9 /Prev %d >>\n" % before
        before = here
    return bytes(made) + b"startxref\n%d\n%%%%EOF" % before


def pages_in_a_circle() -> bytes:
    return document(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>",
            3: b"<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 1 >>",
        }
    )


def pages_beyond_number() -> bytes:
    """Ten levels, each of which names the one below ten times."""
    levels = {
        n: b"<< /Type /Pages /Count 1000000000 /Kids [%b] >>" % (b"%d 0 R " % (n + 1) * 10)
        for n in range(2, 12)
    }
    return document(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            **levels,
            12: b"<< /Type /Page /MediaBox [0 0 9 9] >>",
        }
    )


def page_counted_a_billion_times() -> bytes:
    return page(stream(b"BT ET")).replace(b"/Count 1 ", b"/Count 999999999 ")


def page_inside_itself() -> bytes:
    """What a page does not say its parent says, whose parent is the page."""
    return document(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >>",
            3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
            4: stream(b"BT ET"),
        }
    )


def object_that_is_itself() -> bytes:
    return page(b"4 0 R")


def objects_that_are_each_other() -> bytes:
    chain = {n: b"%d 0 R" % (n + 1) for n in range(6, 5_000)}
    return page(b"6 0 R", {**chain, 5_000: b"6 0 R"})


def outline_in_a_circle() -> bytes:
    return document(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
            4: b"<< /First 5 0 R /Last 5 0 R >>",
            5: b"<< /Title (a) /Next 6 0 R /First 4 0 R /Dest [3 0 R /Fit] >>",
            6: b"<< /Title (b) /Next 5 0 R /First 5 0 R /Dest [3 0 R /Fit] >>",
        }
    )


def outline_without_end() -> bytes:
    items = {
        n: b"<< /Title (x) /Next %d 0 R /First %d 0 R /Dest [3 0 R /Fit] >>" % (n + 1, n + 1)
        for n in range(6, 3_000)
    }
    return page(stream(b"BT ET"), {**items, 3_000: b"<< /Title (x) >>"}).replace(
        b"/Catalog", b"/Catalog /Outlines << /First 6 0 R >>"
    )


def names_in_a_circle() -> bytes:
    return page(
        stream(b"BT ET"), {6: b"<< /Kids [6 0 R 7 0 R] >>", 7: b"<< /Kids [6 0 R] >>"}
    ).replace(b"/Catalog", b"/Catalog /Names << /Dests 6 0 R >> /Outlines << /First 6 0 R >>")


def form_that_draws_itself() -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    return page(stream(b"/X Do"), {6: stream(b"/X Do /X Do", form)}, b"/XObject << /X 6 0 R >>")


def forms_beyond_number() -> bytes:
    """Each draws the next ten times: the last one would be drawn ten billion times."""
    forms = {
        n: stream(
            b"/X Do " * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
            b"/Resources << /XObject << /X %d 0 R >> >>" % (n + 1),
        )
        for n in range(6, 16)
    }
    last = {16: stream(b"BT ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")}
    return page(stream(b"/X Do"), {**forms, **last}, b"/XObject << /X 6 0 R >>")


def object_stream_of_itself() -> bytes:
    """Object 6 is inside object 7, which says that it is inside object 6."""
    table = b"".join(
        kind.to_bytes(1) + where.to_bytes(4) + index.to_bytes(1)
        for kind, where, index in ((0, 0, 0), (2, 7, 0), (2, 1, 0), (2, 6, 0), (2, 7, 0))
    )
    head = b"%PDF-1.7\n9 0 obj\n"
    entries = b"/Type /XRef /Size 8 /W [1 4 1] /Index [0 3 6 2] /Root 1 0 R"
    return head + stream(table, entries) + b"\nendobj\nstartxref\n9\n%%EOF"


def object_stream_of_a_billion() -> bytes:
    entries = b"/Type /ObjStm /N 1000000000 /First 10"
    return page(stream(b"BT ET"), {6: stream(b"1 0 2 0   << >>", entries)}).replace(
        b"/Contents 4 0 R", b"/Contents 9 0 R"
    )


# --- tables of what is where ---------------------------------------------------------------


def table_of_a_billion() -> bytes:
    return page(stream(b"BT ET")).replace(b"xref\n0 1\n", b"xref\n0 999999999\n")


def table_stream_of_huge_fields() -> bytes:
    entries = b"/Type /XRef /Size 2147483647 /W [1 900000000 1] /Index [0 2147483647] /Root 1 0 R"
    return b"%PDF-1.7\n9 0 obj\n" + stream(b"\0" * 64, entries) + b"\nendobj\nstartxref\n9\n%%EOF"


def no_table_in_a_big_file() -> bytes:
    """Whoever looks for the objects one by one looks through all of it each time."""
    objects = b"".join(
        b"%d 0 obj\n<< /A %d 0 R >>\nendobj\n" % (n, n + 1) for n in range(1, 60_000)
    )
    return b"%PDF-1.7\n" + objects + b"trailer\n<< /Root 1 0 R /Size 60000 >>\n"


def no_table_but_spaces() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b" \r\n" * 3 * MB + b"endobj\n%%EOF"


def root_that_is_missing() -> bytes:
    """Every object up to the size that is claimed may be the root."""
    return document({1: b"<< /Type /Nothing >>", 2: b"<< >>"}, root=b"", trailer=b"/Size 999999999")


def start_beyond_the_end() -> bytes:
    return document({1: b"<< /Type /Catalog >>"}, tail=b"startxref\n99999999999999999\n%%EOF")


# --- depth, length and never an end --------------------------------------------------------


def arrays_nested() -> bytes:
    return page(b"[" * 200_000)


def dictionaries_nested() -> bytes:
    return page(b"<< /A " * 100_000 + b">>" * 100_000)


def arrays_nested_in_a_page() -> bytes:
    return page(stream(b"BT [" + b"[" * MB))


def strings_nested() -> bytes:
    return page(stream(b"BT " + b"(" * 5 * MB))


def string_without_end() -> bytes:
    return page(stream(b"BT <" + b"4 " * 3 * MB))


def comment_without_end() -> bytes:
    return page(stream(b"%" * 8 * MB))


def comments_before_an_object() -> bytes:
    return page(b"%c\n" * 2 * MB + b"<< >>")


def spaces_without_end() -> bytes:
    return page(stream(b" \r\n\t" * 3 * MB))


def name_without_end() -> bytes:
    return page(stream(b"/" + b"#41" * 2 * MB))


def number_without_end() -> bytes:
    return page(stream(b"BT " + b"9" * 2 * MB + b" Tf"))


def dictionary_without_end() -> bytes:
    return page(b"<< " + b"/K " * 500_000)


def dictionary_of_rubbish() -> bytes:
    return page(b"<< /A \x00 \xff ) ] } >> >> /B " * 50_000)


def image_in_line_without_end() -> bytes:
    return page(stream(b"BI /W 9 /H 9 /BPC 8 /CS /G ID " + b"E" * 8 * MB))


def image_in_line_of_dct_without_end() -> bytes:
    return page(stream(b"BI /W 9 /H 9 /F /DCT ID \xff\xd8" + b"\xff\x00" * 3 * MB))


def images_in_line() -> bytes:
    return page(stream(b"BI /W 1 /H 1 /BPC 8 /CS /G ID x EI " * 200_000))


def states_pushed() -> bytes:
    return page(stream(b"q " * 3 * MB))


def streams_beyond_number() -> bytes:
    return page(b"[" + b"6 0 R " * 200_000 + b"]", {6: stream(b" " * 10_000)})


def content_of_itself() -> bytes:
    return page(b"[4 0 R 4 0 R]")


# --- fonts, pictures, properties, keys -----------------------------------------------------


def _font(entries: bytes, more: Mapping[int, bytes]) -> bytes:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H %b >>" % entries
    return page(stream(b"BT /G 9 Tf <0000> Tj ET"), {6: font, **more}, b"/Font << /G 6 0 R >>")


def map_of_huge_ranges() -> bytes:
    ranges = b"<00000000> <7fffffff> <0000>\n" * 100
    mapped = stream(b"1 beginbfrange\n" + ranges + b"endbfrange")
    return _font(b"/ToUnicode 7 0 R", {7: mapped})


def map_of_long_values() -> bytes:
    value = b"<" + b"0020" * 100_000 + b">"
    ranges = b"".join(b"<%04x> <%04x> %b\n" % (n * 256, n * 256 + 255, value) for n in range(20))
    mapped = stream(flate(b"20 beginbfrange\n" + ranges + b"endbfrange"), b"/Filter /FlateDecode")
    return _font(b"/ToUnicode 7 0 R", {7: mapped})


def widths_beyond_number() -> bytes:
    widths = b"/DescendantFonts [<< /Subtype /CIDFontType2 /W [0 2000000000 500] >>]"
    return _font(widths, {})


def font_that_descends_from_itself() -> bytes:
    return _font(b"/DescendantFonts [6 0 R] /ToUnicode 6 0 R", {})


def picture_of_huge_size() -> bytes:
    image = b"/Subtype /Image /Width 2147483647 /Height 2147483647 /BitsPerComponent 8 "
    data = stream(b"\xff\xd8\xff\xd9", image + b"/ColorSpace /DeviceRGB /Filter /DCTDecode")
    return page(stream(b"/X Do"), {6: data}, b"/XObject << /X 6 0 R >>")


def properties_of_laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    xmp = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + entities + b"]><x>&l9;</x>"
    return page(stream(b"BT ET"), {6: stream(xmp, b"/Type /Metadata /Subtype /XML")}).replace(
        b"/Catalog", b"/Catalog /Metadata 6 0 R"
    )


def keys_of_rubbish() -> bytes:
    keys = (
        b"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 999999999 /P -1 /O (x) /U (y) "
        b"/OE (x) /UE (x) /Perms (x) /CF << /StdCF << /CFM /AESV3 >> >> /StmF /StdCF >> "
        b"/ID [(a) (b)]"
    )
    return page(stream(b"BT ET")).replace(b"/Root 1 0 R", b"/Root 1 0 R " + keys)


def keys_that_are_locked() -> bytes:
    return page(stream(b"BT ET")).replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 4 0 R /ID [() ()]")


PDFS: dict[str, Callable[[], bytes]] = {
    f"events/{name}.pdf": function
    for name, function in list(globals().items())
    if callable(function)
    and not name.startswith("_")
    and name not in ("Callable", "Mapping", "document", "stream", "page", "flate")
}
