"""A small generation made by hand, for tests of what happens to generations on disk."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from indexer.domain import (
    Document,
    DocumentKind,
    Organisation,
    OrganisationLink,
    Passage,
    Period,
    Place,
    PlaceLevel,
    Problem,
    Reason,
    Role,
    Severity,
)
from indexer.index import bm25, late_interaction
from indexer.index.dense import serialise_index
from indexer.index.manifest import FORMAT, BuildFingerprint, Manifest, Segment
from indexer.index.originals import keep_file
from indexer.index.publishing import publish
from indexer.index.serialisation import (
    dump_documents,
    dump_organisations,
    dump_passage,
    dump_vocabulary,
)
from indexer.text.tokens import TOKENISER
from indexer.vocabulary import Vocabulary
from tests.lexical import lexical_parts

ORIGINAL = b"Facciamo reti e cloud."
HASH = hashlib.sha256(ORIGINAL).hexdigest()
BARDI = Place("comune:034002", PlaceLevel.COMUNE, "Bardi", "PR")
ARCA = Organisation("arca", "Arca", ("L'Arca",), seat=BARDI, works_in=(BARDI,), members=0)
DOCUMENT = Document(
    "profiles/è.md",
    "profiles/è.md",
    DocumentKind.PROFILE,
    "Arca è qui",
    "it",
    HASH,
    (OrganisationLink("arca", Role.SUBJECT),),
    period=Period.parse("2024-02"),
    place=BARDI,
)
PASSAGES = tuple(
    Passage(
        f"profiles/è.md#{n}", "profiles/è.md", n, text, "Arca", ("Servizi",), 1, ("arca",), "it"
    )
    for n, text in enumerate(("Facciamo reti.", "Facciamo cloud."))
)
VECTORS = np.eye(2, 4, dtype=np.float32)
CODER = late_interaction.TokenCoder(np.zeros(4, np.float32), np.eye(4, dtype=np.float32))
CODES = CODER.encode(np.eye(3, 4, dtype=np.float32))
PROBLEM = Problem("x.pdf", Severity.ERROR, Reason.ENCRYPTED, "È cifrato.", "Togli la password.")
MANIFEST = Manifest(
    format=FORMAT,
    created="2026-01-01T00:00:00+00:00",
    build_fingerprint=BuildFingerprint("toy", "toy", 200, TOKENISER, late_interaction.CODER, "0"),
    dimension=4,
    corpus="corpus",
    corpus_fingerprint="f",
    files=1,
    documents=1,
    organisations=1,
    passages=2,
    problems=(PROBLEM,),
    parts={},
    segments=(Segment(2, "passages.jsonl", "tokens.codes"),),
    dense_files=("dense.faiss",),
)


def parts(document: Document = DOCUMENT) -> dict[str, bytes]:
    return {
        "passages.jsonl": b"".join(dump_passage(p) + b"\n" for p in PASSAGES),
        "documents.json": dump_documents([document]),
        "organisations.json": dump_organisations([ARCA]),
        "dense.faiss": serialise_index(VECTORS),
        "token_coder.npy": CODER.to_bytes(),
        "vocabulary.json": dump_vocabulary(Vocabulary([], {})),
        "tokens.codes": b"".join(late_interaction.token_file([CODES[:1], CODES[1:]])),
        **lexical_parts([bm25.TermCounts.of([["ret", "rete"], ["cloud"]])]),
    }


def published(index: Path, times: int = 1) -> list[str]:
    """Publish generations that differ; their names, oldest first."""
    keep_file(index, HASH, ORIGINAL)
    return [publish(index, replace(MANIFEST, corpus=f"corpus {n}"), parts()) for n in range(times)]


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1 << (position % 8)
    path.write_bytes(data)


def folder(index: Path, name: str) -> Path:
    return index / "generations" / name
