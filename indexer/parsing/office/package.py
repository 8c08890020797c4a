"""The parts of an Office archive, and how they refer to each other.

Parts are read by name; a reference to one that is missing, as some programs leave behind, costs
that part and nothing else.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from datetime import date

from lxml import etree
from lxml.etree import _Element as Element

from indexer.parsing.cleaning import clean_line

# "Strict Open XML" has the same elements under other names; every use of a name is quoted.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


class Package:
    """An archive of XML parts."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = frozenset(self._archive.namelist())

    def part(self, name: str) -> Element | None:
        """The root of a part, or ``None`` if the archive has none of this name."""
        if name not in self._names:
            return None
        source = _STRICT.sub(_TRANSITIONAL, self._archive.read(name))
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        return etree.fromstring(source, parser)

    def main_part(self, usual: str) -> str:
        """The name of the part that holds the document; ``usual`` where the archive names none."""
        return next(iter(self.related("", "officeDocument").values()), usual)

    def related(self, part: str, kind: str) -> dict[str, str]:
        """The parts of a kind that a part refers to.

        Args:
            part: the name of the part; empty for the archive itself.
            kind: how the type of the relationship ends: "styles", "footnotes", "slide".

        Returns:
            Names of parts that exist, by the identifiers under which the part knows them.

        """
        folder, name = posixpath.split(part)
        relations = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        for relation in () if relations is None else relations.iter(_RELATIONSHIP):
            if (relation.get("Type") or "").rsplit("/", 1)[-1] == kind:
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                if target.lstrip("/") in self._names:
                    found[relation.get("Id", "")] = target.lstrip("/")
        return found


def core_properties(package: Package) -> tuple[str, date | None]:
    """The title in an Office file's properties, and the day it was last saved."""
    names = package.related("", "core-properties").values()
    properties = package.part(next(iter(names), "docProps/core.xml"))
    if properties is None:
        return "", None
    saved = properties.findtext(f"{_TERMS}modified") or properties.findtext(f"{_TERMS}created")
    return clean_line(properties.findtext(f"{_DC}title") or ""), day(saved)


def day(stamp: str | None) -> date | None:
    """The day of a time stamp, or ``None`` if it has none."""
    found = _DATE.match(stamp or "")
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None
