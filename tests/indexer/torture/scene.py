"""What the torture tests share: a small corpus, an index of two generations, and what must hold."""

from __future__ import annotations

from pathlib import Path

from indexer.index.integrity import verify
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from tests.toy import ToyEncoder

ENCODER = ToyEncoder()
FORGET = "Zaccaria Quintavalle"
_FILES = {
    "profiles/arca.md": "---\nname: Arca\nseat: Bardi\n---\nReti in montagna.\n",
    "profiles/registro.csv": "nome;sede;descrizione\nRefolo;Trieste;Interfacce.\n",
    "events/giornata.txt": "Una giornata sui dati aperti.",
}


def put(settings: Settings, path: str, text: str) -> None:
    """Write a file of the corpus."""
    (settings.corpus / path).parent.mkdir(parents=True, exist_ok=True)
    (settings.corpus / path).write_text(text)


def settings_in(root: Path) -> Settings:
    """The settings of a scene in the folder ``root``."""
    return Settings(corpus=root / "corpus", index=root / "index")


def make(root: Path) -> Settings:
    """A corpus, and an index of it with two generations."""
    settings = settings_in(root)
    for path, text in _FILES.items():
        put(settings, path, text)
    build_index(settings, ENCODER)
    put(settings, "events/incontro.md", f"Un incontro con {FORGET} sulle reti.")
    build_index(settings, ENCODER)
    return settings


def change(settings: Settings) -> None:
    """Add, edit and delete a file of the corpus."""
    put(settings, "events/nuovo.md", "Un testo nuovo, che prima non c'era.")
    put(settings, "profiles/arca.md", _FILES["profiles/arca.md"] + "Anche in pianura.\n")
    (settings.corpus / "events/giornata.txt").unlink()


def served(settings: Settings) -> str:
    """The generation that a service would answer from; it must be the current one, and whole."""
    generation, refused = load_current(settings.index)
    assert refused == (), refused
    assert verify(settings.index, "toy").faults == ()
    return generation.id


def mend(settings: Settings) -> None:
    """Whatever happened: the next build works, all is whole, and nothing half done is left."""
    report = build_index(settings, ENCODER)
    assert report.generation == served(settings)
    assert verify(settings.index, "toy", every=True).faults == ()
    left = list(settings.index.rglob(".*"))
    assert left == [], left
    documents = {d.path for d in load_current(settings.index)[0].documents.values()}
    wanted = {p.relative_to(settings.corpus).as_posix() for p in settings.corpus.glob("*/*")}
    assert documents == wanted, documents ^ wanted
