"""Tabs and accordions: which label opens which panel."""

from __future__ import annotations

from lxml.etree import _Element as Element

from indexer.parsing.cleaning import clean_line
from indexer.parsing.html.elements import HEADINGS, visible_text

_TOGGLES = frozenset({"collapse", "tab", "pill", "accordion", "toggle"})
_TARGETS = ("aria-controls", "data-bs-target", "data-target", "href")
_LONGEST_LABEL = 200  # characters


class Panels:
    """The panels of a page with their labels, by identifiers and what refers to them."""

    def __init__(self, root: Element) -> None:
        by_id = {one.get("id"): one for one in root.iter() if one.get("id")}
        self._labels: dict[Element, str] = {}
        self._placed: set[Element] = set()
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            if is_toggle(element) and (panel := by_id.get(_target(element))) is not None:
                self._pair(element, panel)
            elif element.get("role") == "tabpanel":
                label = by_id.get(element.get("aria-labelledby"))
                if label is not None:
                    self._pair(label, element)

    def label(self, panel: Element) -> str:
        """The label that opens a panel, to be read above it; empty where it has none."""
        return self._labels.get(panel, "")

    def is_placed(self, toggle: Element) -> bool:
        """Whether a label is read above its panel, and not where it stands."""
        return toggle in self._placed

    def _pair(self, toggle: Element, panel: Element) -> None:
        if next(panel.iter("nav"), None) is not None or next(
            toggle.iterancestors(*HEADINGS, "summary", "dt"), None
        ) is not None:  # fmt: skip
            return  # a menu's panel; or a heading, which stands above its panel by itself
        text = clean_line(visible_text(toggle))
        if text and len(text) <= _LONGEST_LABEL and next(toggle.iter(*HEADINGS), None) is None:
            self._labels.setdefault(panel, text)
            self._placed.add(toggle)


def is_toggle(element: Element) -> bool:
    """Whether a click on an element opens or shows something of the page."""
    return (
        element.get("role") == "tab"
        or element.get("data-bs-toggle") in _TOGGLES
        or element.get("data-toggle") in _TOGGLES
        or (
            (element.tag == "button" or element.get("role") == "button")
            and (element.get("aria-controls") or element.get("aria-expanded")) is not None
        )
    )


def _target(toggle: Element) -> str:
    for name in _TARGETS:
        value = (toggle.get(name) or "").strip()
        if value.startswith("#") or (value and name == "aria-controls"):
            return value.removeprefix("#").split(" ", 1)[0]
    return ""
