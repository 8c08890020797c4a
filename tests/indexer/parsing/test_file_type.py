"""What a file really is, and the limits of archives, whatever format they are of."""

from __future__ import annotations

import io
import zipfile

import pytest

from indexer.domain import Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.file_type import _ARCHIVE_PARTS, check_content, content_type

ENTITIES = b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "aaaa">]><html>&a;</html>'
XHTML = b"""<?xml version="1.0"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html/>"""


def archive(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return packed.getvalue()


def refusal(data: bytes, accepts: frozenset[str]) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        check_content(".x", data, accepts=accepts)
    return caught.value


@pytest.mark.parametrize(("part", "kind"), _ARCHIVE_PARTS)
def test_every_kind_of_archive_is_limited_and_its_xml_looked_into(part: str, kind: str) -> None:
    def with_part(**others: bytes) -> bytes:
        return archive(**{part + "x" if part.endswith("/") else part: b"", **others})

    check_content(".x", with_part(), accepts=frozenset({kind}))
    bomb = refusal(with_part(b=bytes(64 * 1024 * 1024)), frozenset({kind}))
    assert bomb.reason is Reason.TOO_LARGE
    for name in ("a.xml", "a.rels", "OEBPS/A.XHTML", "a.opf", "a.ncx", "a.html"):
        hostile = refusal(with_part(**{name: ENTITIES}), frozenset({kind}))
        assert (hostile.reason, "entities" in str(hostile)) == (Reason.CORRUPT, True), name


def test_an_archive_that_no_part_tells_is_limited_too_where_it_is_accepted() -> None:
    bomb = archive(a=bytes(64 * 1024 * 1024))
    assert refusal(bomb, frozenset({content_type(bomb)})).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("bare", [XHTML, b"<!DOCTYPE html>", b"<!DOCTYPE ncx SYSTEM 'ncx.dtd' >"])
def test_a_document_type_that_defines_nothing_is_no_danger(bare: bytes) -> None:
    book = archive(**{"META-INF/container.xml": b"<container/>", "p.xhtml": bare})
    check_content(".epub", book, accepts=frozenset({"an EPUB book"}))


@pytest.mark.parametrize(
    "hidden",
    [
        b'<!DOCTYPE html SYSTEM ">" [<!ENTITY a "aaaa">]>',
        b'<!DOCTYPE html PUBLIC "x" "y" [<!ENTITY a "aaaa">]>',
        b"<!DOCTYPE other>",
        "<!DOCTYPE html [<!ENTITY a 'aaaa'>]>".encode("utf-16"),
    ],
)
def test_a_document_type_that_may_define_entities_is_refused(hidden: bytes) -> None:
    book = archive(**{"META-INF/container.xml": b"<container/>", "p.xhtml": hidden})
    assert refusal(book, frozenset({"an EPUB book"})).reason is Reason.CORRUPT
