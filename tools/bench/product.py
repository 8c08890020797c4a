"""This product under measurement, for ``contest``: it indexes a corpus, and answers questions."""

from __future__ import annotations

import sys
from pathlib import Path

from indexer.embedding.encoder import load_encoder
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from search_service.search.searcher import Searcher
from search_service.server.process import limit_library_threads, uncollected
from search_service.settings import ServiceSettings
from tools.bench import ROOT
from tools.bench.child import memory, obey


def main(folder: Path) -> None:
    """Serve orders over an index in a folder; where there is one, it is loaded at once."""
    settings = ServiceSettings(corpus=ROOT / "corpus", index=folder)
    limit_library_threads()
    searchers: list[Searcher] = []
    with uncollected():
        encoder = load_encoder(settings)
        encoder.encode_query("pronti")  # loads the model
        if (folder / "CURRENT").exists():
            searchers.append(Searcher(load_current(folder)[0], encoder))

    def ask(question: str) -> int:
        (searcher,) = searchers
        return searcher.search(searcher.understand(question)).total

    obey(
        {
            "index": lambda _: build_index(settings, encoder).passages,
            "ask": ask,
            "encode": lambda text: encoder.encode_passages([text])[0].vector.tolist(),
            "memory": memory,
        }
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
