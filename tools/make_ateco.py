"""Make ``search_service/filters/data/ateco.tsv`` from ISTAT's classification of activities.

Run once, at authoring time, when ISTAT publishes a new edition::

    python tools/make_ateco.py search_service/filters/data/ateco.tsv

It needs the package ``ateco``, which the project itself does not.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

EDITIONS = ("2025", "2022")  # a code of both has the newer one's words


def read_titles() -> dict[str, str]:
    """The words of each code, in the order of the codes; sections, which are letters, are none."""
    titles: dict[str, str] = {}
    for edition in EDITIONS:
        data = files("ateco") / "data" / edition / "nodes.json"
        for node in _nodes(json.loads(data.read_text("utf-8"))):
            if node["code"][:1].isdecimal():
                titles.setdefault(node["code"], _sentence_case(node["title"]))
    return dict(sorted(titles.items()))


def _nodes(data: object) -> Iterator[dict[str, str]]:
    """The classes of an edition, however deep its file keeps them."""
    if isinstance(data, dict) and "code" in data and "title" in data:
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _nodes(part)


def _sentence_case(title: str) -> str:
    """The older edition writes its upper levels in capitals."""
    text = " ".join(title.split())
    return text.capitalize() if text.isupper() else text


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    target = parser.parse_args().target
    lines = (f"{code}\t{title}\n" for code, title in read_titles().items())
    target.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
