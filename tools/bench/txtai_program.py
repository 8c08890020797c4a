"""txtai under measurement, for ``contest``: it indexes texts, and answers questions.

Runs in an environment of its own (``environment.py``), with the same model as the product: txtai
reads its sentence-transformers folder by transformers. It keeps the texts, as the product does, and
finds by vectors and words.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from txtai import Embeddings

from tools.bench.child import memory, obey

_SHOWN = 10  # results of a question


def main(model: str, texts: Path, folder: Path) -> None:
    """Serve orders.

    Args:
        model: Folder of the model.
        texts: A JSON list of what is to be indexed.
        folder: Of the index; where there is one, it is loaded at once.
    """
    passages = json.loads(texts.read_text("utf-8"))
    embeddings = Embeddings(
        path=model,
        instructions={"query": "query: ", "data": "passage: "},
        content=True,
        hybrid=True,
    )
    if folder.exists():
        embeddings.load(str(folder))
        embeddings.search("pronti", 1)
    else:
        embeddings.batchtransform(["pronti"], "query")  # loads the model

    def index(_: str) -> int:
        embeddings.index(passages)
        embeddings.save(str(folder))
        return len(passages)

    obey(
        {
            "index": index,
            "ask": lambda question: len(embeddings.search(question, _SHOWN)),
            "encode": lambda text: embeddings.batchtransform([text], "data")[0].tolist(),
            "memory": memory,
        }
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
