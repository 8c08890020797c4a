"""What a build costs among many passages: ``python -m tools.one_change [--passages 100000]``.

Makes a corpus of Markdown files (one cooperative in three documents, with paragraphs of the sample
corpus of which some words are left out), builds it, adds a line to one case study and builds again.
Prints one JSON object: seconds by stage, bytes written, peak of memory. Each build is a process of
its own. The model is a table of random word vectors, so that what is measured is everything else.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np

from indexer.domain import Encoded
from indexer.pipeline.build import build_index
from indexer.settings import Settings

ROOT = Path(__file__).parent.parent
_A_DOCUMENT = 4  # passages, about
_SECTIONS = 4  # of a document
_LEFT_OUT = 0.2  # of a paragraph's words
_SEATS = ("Bologna", "Torino", "Bari", "Palermo", "Trento", "Ancona", "Bardi", "Prato")
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")
_WORD = re.compile(r"\w+")


class TableEncoder:
    """A vector for each word, of a table; a text's is their mean."""

    fingerprint = "table-1"
    dimension = 384
    max_tokens = 512

    def __init__(self) -> None:
        table = np.random.default_rng(1).normal(size=(4096, self.dimension)).astype(np.float32)
        self._table = table / np.linalg.norm(table, axis=1, keepdims=True)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About as many as a model's tokeniser finds."""
        return [4 * len(_WORD.findall(text)) // 3 for text in texts]

    def passage_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """The words, every third twice."""
        spans = [match.span() for match in _WORD.finditer(text)]
        return tuple(span for n, span in enumerate(spans) for _ in range(1 + (n % 3 == 0)))

    def encode_query(self, text: str) -> Encoded:
        """The vectors of a text."""
        spans = self.passage_spans(text) or ((0, len(text)),)
        tokens = self._table[[crc32(text[a:b].encode()) % len(self._table) for a, b in spans]]
        whole = tokens.mean(axis=0)
        return Encoded(whole / np.linalg.norm(whole), tokens, spans)

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """The vectors of some texts."""
        return [self.encode_query(text) for text in texts]


def make_corpus(folder: Path, passages: int) -> None:
    """Write a corpus that is cut into about so many passages.

    Args:
        folder: Where; it does not exist yet.
        passages: How many.
    """
    chance = random.Random(1)
    paragraphs = [
        " ".join(block.split())
        for path in sorted((ROOT / "corpus").rglob("*.md"))
        for block in path.read_text("utf-8").rpartition("---\n")[2].split("\n\n")
        if len(block.split()) > 25
    ]
    for kind in ("profiles", "case_studies", "events"):
        (folder / kind).mkdir(parents=True)
    for n in range(-(-passages // _A_DOCUMENT) // 3 + 1):
        name = "".join(chance.choices(_SYLLABLES, k=5)).capitalize()
        seat = chance.choice(_SEATS)
        heads = {
            "profiles": f"name: {name}\nvat: IT{n:011}\nseat: {seat}\ncompetencies: [sviluppo web]",
            "case_studies": f"title: Un lavoro di {name}\ncooperatives: [{name}]\nplace: {seat}",
            "events": f"title: Giornata {n}\norganisers: [{name}]\nplace: {seat}",
        }
        for kind, head in heads.items():
            body = "\n\n".join(
                f"## Parte {k}\n\n{_varied(chance.choice(paragraphs), chance)}"
                for k in range(_SECTIONS)
            )
            text = f"---\n{head}\nfictional: true\n---\n\n{body}\n"
            (folder / kind / f"{name.lower()}-{n}.md").write_text(text, encoding="utf-8")


def _varied(paragraph: str, chance: random.Random) -> str:
    return " ".join(word for word in paragraph.split() if chance.random() > _LEFT_OUT)


def build(corpus: Path, index: Path) -> dict[str, object]:
    """Build in this process; what it took, in seconds and MB."""
    before = _files(index)
    started, busy = time.perf_counter(), time.process_time()
    report = build_index(Settings(corpus=corpus, index=index), TableEncoder())
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    after = _files(index)
    folder = index / "generations" / report.generation
    own = {path.stat().st_ino: path.stat().st_size for path in folder.iterdir()}
    new = sum(
        size
        for inode, (name, size) in after.items()
        if inode not in before and ".sqlite" not in name
    )
    return {
        "passages": report.passages,
        "documents": report.documents,
        "embedded": report.embedded,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "stages": {name: round(value, 1) for name, value in report.seconds.items()},
        "generation_mb": round(sum(own.values()) / 1e6, 1),
        "index_mb_written": round(new / 1e6, 1),
        "share_written": round(new / sum(own.values()), 3),
        "caches_mb": round(sum(size for path, size in after.values() if ".sqlite" in path) / 1e6),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _files(index: Path) -> dict[int, tuple[str, int]]:
    """The files of an index, by inode: a file that two generations share is one."""
    found = (path for path in index.rglob("*") if path.is_file())
    return {path.stat().st_ino: (path.name, path.stat().st_size) for path in found}


def measure(folder: Path, passages: int) -> dict[str, object]:
    """A first build, and one after a change.

    Args:
        folder: Of the corpus and the index; one that holds them already is used again.
        passages: How many.
    """
    corpus, found = folder / "corpus", {}
    if not corpus.exists():
        make_corpus(corpus, passages)
    if not (folder / "index" / "CURRENT").exists():
        found["first"] = _apart(folder)
    changed = sorted(corpus.glob("case_studies/*.md"))[passages // 50]
    text = changed.read_text("utf-8")
    changed.write_text(f"{text}\nUna riga in più, la {len(text)}.\n", encoding="utf-8")
    found["one_change"] = _apart(folder)
    return found


def measured(passages: int) -> dict[str, object]:
    """The same in a folder that is removed afterwards.

    Args:
        passages: How many.
    """
    with tempfile.TemporaryDirectory() as scratch:
        return measure(Path(scratch), passages)


def _apart(folder: Path) -> object:
    command = [sys.executable, "-m", "tools.one_change", "--folder", str(folder), "--one"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.one_change", description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep corpus and index there")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(build(arguments.folder / "corpus", arguments.folder / "index")))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(measure(arguments.folder or Path(scratch), arguments.passages), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
