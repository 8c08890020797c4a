"""Measures who is credited with what: how often the statements of a document are right.

    python -m tools.attributions tests/indexer/entities/who_does_what/*.jsonl

Each line of such a file is a document with its organisations and, for phrases of its text, what
each of them does with it: "does", "denies" (it does not do it, or no longer) or "speaks" (at an
event). Who is not named for a phrase does none of these.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from indexer.domain import (
    Document,
    DocumentKind,
    Organisation,
    OrganisationLink,
    Part,
    Role,
)
from indexer.parsing import parse_file
from indexer.pipeline.chunking import PassageSplitter
from indexer.text.language import detect_language
from indexer.text.organisation_names import OrganisationNameIndex
from search_service.evaluation.measures import ratio_interval

_SAID = {
    Part.DOES: "does",
    Part.DENIES: "denies",
    Part.FORMER: "denies",
    Part.SPEAKS: "speaks",
}


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A document whose phrases are judged.

    Attributes:
        id: Names it.
        kind: What it is.
        roles: The role of each organisation that its metadata names.
        client: Whom the work was for, or empty.
        text: Markdown.
        judged: For each phrase of the text, what each organisation does with it.

    """

    id: str
    kind: DocumentKind
    roles: Mapping[str, Role]
    client: str
    text: str
    judged: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of an organisation and a phrase, and what is right; "" for nothing."""

    document: str
    phrase: str
    organisation: str
    said: str
    right: str


def read_judged(path: Path) -> list[JudgedDocument]:
    """The documents of a file, a JSON object a line."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        one = json.loads(line)
        roles = {name: Role(role) for name, role in one["roles"].items()}
        kind = DocumentKind(one["kind"])
        found.append(
            JudgedDocument(
                one["id"], kind, roles, one.get("client", ""), one["text"], one["judged"]
            )
        )
    return found


def verdicts(documents: Sequence[JudgedDocument]) -> Iterator[Verdict]:
    """What the product says of every organisation and judged phrase of some documents."""
    every = sorted({name for d in documents for name in _names(d)})
    names = OrganisationNameIndex({name: (name,) for name in every})
    splitter = PassageSplitter(
        count_tokens=lambda texts: [len(text.split()) for text in texts],
        size=200,
        longest=500,
        names=names,
        organisations={name: Organisation(name, name) for name in every},
        region=lambda _: "",
    )
    for one in documents:
        (parsed,) = parse_file("d.md", one.text.encode())
        named = dict.fromkeys(m.organisation for b in parsed.blocks for m in names.find(b.text))
        roles = {**dict.fromkeys(named, Role.MENTION), **one.roles}
        document = Document(
            one.id,
            "d.md",
            one.kind,
            "Documento",
            detect_language(one.text),
            "",
            tuple(OrganisationLink(name, role) for name, role in roles.items()),
            client=one.client,
        )
        passages = splitter.split(document, parsed.blocks)
        for phrase, right in one.judged.items():
            passage = next((p for p in passages if phrase in p.text), None)
            if passage is None:
                raise ValueError(f"{one.id}: no passage holds the phrase {phrase!r}")
            start = passage.text.index(phrase)
            end = start + len(phrase)
            for name in roles:
                parts = {
                    _SAID[s.part]
                    for s in passage.statements
                    if s.organisation == name
                    and s.part in _SAID
                    and s.start < end
                    and start < s.end
                }
                said = next((s for s in ("denies", "does", "speaks") if s in parts), "")
                yield Verdict(one.id, phrase, name, said, right.get(name, ""))


def _names(document: JudgedDocument) -> set[str]:
    return {*document.roles, *(name for who in document.judged.values() for name in who)}


class Ratio(TypedDict):
    """A share from 0 to 1, its 95% interval, and out of how many."""

    share: float
    interval: tuple[float, float]
    of: int


def measures(found: Sequence[Verdict]) -> dict[str, dict[str, Ratio]]:
    """Precision and recall of what is said, each with its 95% interval over the documents."""
    outcome: dict[str, dict[str, Ratio]] = {}
    for what in ("does", "denies", "speaks"):
        hit = Counter(v.document for v in found if v.said == v.right == what)
        said = Counter(v.document for v in found if v.said == what)
        right = Counter(v.document for v in found if v.right == what)
        outcome[what] = {"precision": _ratio(hit, said), "recall": _ratio(hit, right)}
    return outcome


def _ratio(hit: Counter[str], of: Counter[str]) -> Ratio:
    documents = sorted(of)
    values, counts = [hit[d] for d in documents], [of[d] for d in documents]
    low, high = ratio_interval(values, counts)
    share = sum(values) / sum(counts)
    return {
        "share": round(share, 3),
        "interval": [round(low, 3), round(high, 3)],
        "of": sum(counts),
    }


def main() -> None:
    """Print the measures of some files, or what is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list each wrong verdict")
    options = parser.parse_args()
    for path in options.files:
        found = list(verdicts(read_judged(path)))
        print(json.dumps({"file": path.name, **measures(found)}, indent=1))
        for v in found if options.wrong else ():
            if v.said != v.right:
                print(f"{v.document} {v.phrase!r} {v.organisation}: {v.said!r}, not {v.right!r}")


if __name__ == "__main__":
    main()
