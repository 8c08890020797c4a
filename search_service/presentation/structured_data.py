"""What pages say to programs that read them: schema.org's terms, as JSON-LD. Pure."""

from __future__ import annotations

from indexer.domain import Document, DocumentKind, Organisation
from search_service.presentation.urls import (
    document_path,
    mail_link,
    organisation_path,
    web_link,
)

_CONTEXT = "https://schema.org"


def organisation_data(one: Organisation, origin: str) -> dict[str, object]:
    """An Organization, with what its page shows."""
    mails = [contact for contact in one.contacts if mail_link(contact)]
    stated = {
        "alternateName": list(one.aliases),
        "vatID": f"IT{one.vat}" if one.vat else "",
        "address": one.seat.label if one.seat else "",
        "sameAs": web_link(one.website),
        "email": mails[0] if mails else "",
        "knowsAbout": list(one.competencies),
    }
    told = {key: value for key, value in stated.items() if value}
    url = origin + organisation_path(one.id)
    return {
        "@context": _CONTEXT,
        "@type": "Organization",
        "@id": url,
        "url": url,
        "name": one.name,
        **told,
    }


def event_data(document: Document, origin: str) -> dict[str, object] | None:
    """An Event, where a document is of one and says when it is."""
    period = document.period
    if document.kind is not DocumentKind.EVENT or period is None or period.start is None:
        return None
    stated = {
        "endDate": period.end.isoformat() if period.end else "",
        "location": {"@type": "Place", "name": document.place.label} if document.place else "",
    }
    return {
        "@context": _CONTEXT,
        "@type": "Event",
        "url": origin + document_path(document.id),
        "name": document.title,
        "startDate": period.start.isoformat(),
        **{key: value for key, value in stated.items() if value},
    }
