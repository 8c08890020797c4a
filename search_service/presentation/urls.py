"""Paths of the pages, and links to files and other sites."""

from __future__ import annotations

import re
from urllib.parse import quote

from indexer.domain import Document, Passage

_URL = re.compile(r"https?://[^\s<>\"'\\\x00-\x1f\x7f]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def organisation_path(organisation: str) -> str:
    """The path of an organisation's page."""
    return f"/organisations/{quote(organisation, safe='')}"


def document_path(document: str) -> str:
    """The path of a document's page."""
    return f"/documents/{quote(document)}"


def original_url(document: Document, page: int | None = None) -> str:
    """The address of the original file, at a page of a PDF; empty if it must not be seen."""
    if not document.content_hash:
        return ""
    is_pdf = document.path.lower().endswith(".pdf")
    anchor = f"#page={page}" if page is not None and is_pdf else ""
    return f"/api/v1/documents/{quote(document.id)}/original{anchor}"


def web_link(url: str) -> str:
    """The URL if a page may link to it (http or https), else nothing."""
    return url if _URL.fullmatch(url) else ""


def mail_link(contact: str) -> str:
    """A mailto: link if the contact is an e-mail address, else nothing."""
    return f"mailto:{contact}" if _EMAIL.fullmatch(contact) else ""


def passage_url(passage: Passage) -> str:
    """The page that shows a passage in its document."""
    return f"/documents/{quote(passage.document)}#p{passage.ordinal}"
