"""The messages of reports, for their Italian catalogue: python -m tools.report_messages.

The source says them in English, as f-strings; here each is a template, its values numbered: "It has
{1} pages". What is new is added without a translation, what is no longer said is taken out. A test
fails while a translation is missing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from indexer.domain import Reason

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "indexer" / "cli" / "locale" / "it.po"
_FILES = ("parsing", "source", "entities", "pipeline", "cli/reports.py", "cli/html_report.py")
# What a report tells is given to one of these, or kept under one of these names before it is.
_CALLS = frozenset(
    {"Problem", "FieldProblem", "UnreadableFileError", "fail", "_place_problem", "say"}
)
_NAMES = frozenset(
    {"why", "detail", "remedy", "warning", "told", "taken", "kept", "hint", "_REMEDY", "_EACH"}
)
# Parts of messages that are joined to others, and what a report says around them.
_FRAGMENTS = (
    "{1} (row {2})",
    "{1} (rows {2})",
    "row {1}",
    "rows {1}",
    "{1} of {2}",
    "{1} and of {2}",
    "its seat beside it, as in {1}, or ",
    "{1} and {2} more",
    "row {1}: {2}",
    "rows {1}: {2}",
    "sheet «{1}»: {2}",
    "front matter: {1}; {2}",
    "metadata: {1}; {2}",
    "line {1}: {2}",
    "{1} column not recognised: {2} · {3} row",
    "{1} column not recognised: {2} · {3} rows",
    "{1} columns not recognised: {2} · {3} row",
    "{1} columns not recognised: {2} · {3} rows",
    "«{1}» (kept as text)",
    "«{1}» (kept as text; perhaps {2}?)",
    "{1}: formulas without a value: open and save it in Excel or LibreOffice",
    "{1}: errors instead of values: mend the formulas",
    "taken for totals, notes or headings, no cooperatives: {1}",
    "page {1}",
    "pages {1}",
    "1 page",
    "{1} pages",
    "a profile",
    "a case study",
    "an event",
    "plain text",
    "an HTML page",
    *("error", "warning", "notice", "nothing", "profile", "case_study", "event"),
    *map(str, Reason),
    *(f"missing: {what}" for what in ("seat", "competencies", "contacts", "proof", "date")),
    *("Cooperative", "Seat", "Competencies", "Documents", "What is missing"),
    "{1}, row {2}",
    # Fields, before what is wrong with their values.
    *("seat", "works_in", "place", "address", "members", "employees", "vat", "date", "updated"),
    *("language", "remote", "fictional"),
)
_JOINED = frozenset(
    {
        "{1} {2} not recognised: {3} · {4} {5}",
        "«{1}» (kept as text{2})",
        "missing: {1}",
        "{1}: {2}",
        "{1}: {2}{3} {4}",
        "{1} ({2})",
    }
)
_METHODS = frozenset({"append"})


def extracted() -> list[str]:
    """Every template, in the order of the files that say them."""
    found = dict.fromkeys(_FRAGMENTS)
    for name in _FILES:
        place = ROOT / "indexer" / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for template in _templates(ast.parse(path.read_text("utf-8"))):
                if " " in template.strip() and template not in _JOINED:
                    found[_whole(template)] = None
    return list(found)


def _whole(template: str) -> str:
    """A template as it is told: what is wrong with a value follows the field and the value."""
    if not template.startswith(("is ", "can be ")):
        return template
    return "{1}: {2} " + re.sub(r"\{(\d)\}", lambda m: f"{{{int(m[1]) + 2}}}", template)


def _templates(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name in _CALLS or (
                name in _METHODS and getattr(getattr(called, "value", None), "id", "") in _TOLD
            ):
                for argument in (*node.args, *(k.value for k in node.keywords)):
                    yield from _said(argument)
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(target, "id", "") in _NAMES for target in targets):
                yield from _said(node.value)
        elif isinstance(node, ast.Yield) and node.value is not None:
            yield from (t for t in _said(node.value) if len(t) > _SHORT and "<" not in t)


_TOLD = frozenset({"told", "warnings"})
_SHORT = 15  # characters; what is yielded and shorter is a value, no message


def _said(node: ast.expr) -> Iterator[str]:
    """The templates that an expression can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield _template(node)
    elif isinstance(node, ast.IfExp):
        yield from (*_said(node.body), *_said(node.orelse))
    elif isinstance(node, ast.BinOp):
        yield from (*_said(node.left), *_said(node.right))
    elif isinstance(node, ast.Tuple | ast.List):
        for one in node.elts:
            yield from _said(one)


def _template(node: ast.JoinedStr) -> str:
    parts, count = [], 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            count += 1
            parts.append(f"{{{count}}}")
    return "".join(parts)


def main() -> None:
    """Write the catalogue again."""
    known = Catalog()
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as file:
            known = read_po(file, locale="it")
    made = Catalog(locale="it", charset="utf-8")
    for template in extracted():
        message = known.get(template)
        made.add(template, message.string if message else "")
    with CATALOGUE.open("wb") as file:
        write_po(file, made, width=100, omit_header=True)


if __name__ == "__main__":
    main()
