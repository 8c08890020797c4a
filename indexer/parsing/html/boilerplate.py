"""What of a page is its content, and what is the site around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element
from lxml.etree import iterwalk


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED = _names(
    """
    aside audio button canvas datalist dialog embed footer head iframe input map menu meter
    nav noscript object option progress script select style svg template textarea title
    video
    """
)
_DROPPED_ROLES = _names(
    """
    alert alertdialog banner complementary contentinfo dialog menu menubar navigation search
    toolbar
    """
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Panels that a click opens; and what opens over the page, which is no panel.
_PANEL = re.compile(
    r"(?<![a-z])(?:accordion|collapse|collapsible|panel|tab-?pane|tab-?content|tabs?-?panel|faq"
    r"|toggle|answer|risposta)(?![a-z])",
    re.IGNORECASE,
)
_OVERLAY = re.compile(
    r"modal|popup|pop-up|overlay|lightbox|off-?canvas|drawer|navbar|menu|nav\b|dialog|tooltip"
    r"|dropdown|spinner|preload",
    re.IGNORECASE,
)
_TITLES = _names("h1 h2 h3 h4 h5 h6 dt summary button")
# A notice of cookies: by its name, by what it says, and by what one can answer.
_CONSENT = re.compile(r"cookie|gdpr|consent|iubenda|onetrust|privacy|cmp", re.IGNORECASE)
_NOTICE = re.compile(
    r"(?:cookie|consent|gdpr)s?[-_]?(?:banner|bar|notice|law|popup|box|info|message|alert|consent"
    r"|modal|dialog|wrapper|container)|cookiebot|onetrust|iubenda-cs|cc-window",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"cookie", re.IGNORECASE)
_ANSWER = re.compile(
    r"accett|accept|rifiut|reject|declin|chiudi|close|\bok\b|consent|preferenz|preference|agree"
    r"|ho capito|got it|impostazioni|settings|personalizza|informativa|read more|leggi",
    re.IGNORECASE,
)
_CONSENT_SIZE = 2_000
# Of the text of a page outside its links, so much must be in its main part for that to be all.
_MAIN_SHARE = 0.5
_PROSE = 40  # characters: no slogan of a site's head is longer


def main_parts(root: Element) -> list[Element]:
    """The elements that hold the content, in order: what the page marks as such, or all of it.

    A hero in a header above the main part is content too: it has the title or prose.
    """
    body = root.find("body")
    body = root if body is None else body
    choice = _marked(body)
    if choice is None or prose_length(choice) < _MAIN_SHARE * prose_length(body):
        return [body]
    titled = next(choice.iter("h1"), None) is not None
    outside = (
        header
        for header in body.iter("header")
        if not _contains(choice, header) and not _contains(header, choice)
    )
    return [*(one for one in outside if (_has_prose(one) if titled else is_hero(one))), choice]


def is_hero(header: Element) -> bool:
    """Whether a header says something, beyond the name and the menu of the site."""
    return next(header.iter("h1"), None) is not None or _has_prose(header)


def _has_prose(header: Element) -> bool:
    return any(prose_length(one) >= _PROSE for one in header.iter("p"))


def is_dropped(element: Element, *, inside_main: bool) -> bool:
    """Whether an element is not read.

    Args:
        element: the element.
        inside_main: whether it lies in the part that holds the content, where a header is one of
            a section.

    """
    tag = element.tag
    if tag in _DROPPED or (tag == "header" and not inside_main and not is_hero(element)):
        return tag != "button" or next(element.iter(*_TITLES - {"button"}), None) is None
    if (element.get("role") or "") in _DROPPED_ROLES:
        return not (tag == "header" and is_hero(element))
    if _is_hidden(element):
        return not is_panel(element)
    return _is_consent(element)


def is_panel(element: Element) -> bool:
    """Whether an element is what a click opens: a tab, or an answer under its question."""
    names = _names_of(element)
    if element.get("role") == "tabpanel":
        return True
    if _OVERLAY.search(names) or next(element.iter("nav", "dialog"), None) is not None:
        return False
    if _PANEL.search(names) or element.get("aria-labelledby") or element.tag == "dd":
        return True
    title = element.getprevious()
    return title is not None and (
        title.tag in _TITLES or next(title.iter("button", "summary"), None) is not None
    )


def is_shorter(element: Element, limit: int = _CONSENT_SIZE) -> bool:
    """Whether an element has less text than this many characters."""
    length = 0
    for text in element.itertext():
        length += len(text)
        if length > limit:
            return False
    return True


def prose_length(element: Element) -> int:
    """The characters of an element that are read and are not in links, as a menu's are."""
    return sum(len(text.strip()) for text in _prose(element))


def _prose(element: Element) -> Iterator[str]:
    walk = iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            outside = node is not element and node.tag == "header" and not is_hero(node)
            if node is not element and (
                node.tag == "a" or outside or is_dropped(node, inside_main=True)
            ):
                walk.skip_subtree()
            elif node.text:
                yield node.text
        elif node is not element and node.tail:
            yield node.tail


def _marked(body: Element) -> Element | None:
    """What the page marks as its main part; a lone article too, if the title is not outside."""
    articles = []
    for element in body.iter("main", "article", "div", "section"):
        if element.tag == "main" or element.get("role") == "main":
            return element
        if element.tag == "article":
            articles.append(element)
    if len(articles) != 1:
        return None
    titles = list(body.iter("h1"))
    inside = any(_contains(articles[0], title) for title in titles)
    return articles[0] if inside or not titles else None


def _contains(outer: Element, inner: Element) -> bool:
    return inner is outer or any(one is outer for one in inner.iterancestors())


def _is_hidden(element: Element) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or _HIDDEN_STYLE.search(element.get("style") or "") is not None
    )


def _is_consent(element: Element) -> bool:
    """Whether an element is a notice of cookies: others have "gdpr" in their names as well."""
    names = _names_of(element)
    if element.tag == "body" or not _CONSENT.search(names) or not is_shorter(element):
        return False
    if not _COOKIES.search("".join(map(str, element.itertext()))):
        return False
    if _NOTICE.search(names):
        return True
    answers = element.iter("button", "a", "input")
    return next(element.iter("h1"), None) is None and any(
        _ANSWER.search(f"{''.join(map(str, one.itertext()))} {one.get('value') or ''}")
        for one in answers
    )


def _names_of(element: Element) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}"
