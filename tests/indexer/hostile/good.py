"""Good files of every format, each with a word of its own."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas


def write_good(corpus: Path, count: int) -> list[str]:
    """Write ``count`` good files between the hostile ones, by name; return their paths."""
    makers = cycle([_md, _txt, _md, _html, _md, _csv, _md, _pdf, _txt, _docx, _md, _xlsx])
    paths = []
    for n, make in zip(range(count), makers, strict=False):
        name = f"{chr(97 + n % 26)}{n:03d}.{make.__name__.strip('_')}"
        (corpus / "events" / name).write_bytes(make(f"parola{n:03d}"))
        paths.append(f"events/{name}")
    return paths


def _md(word: str) -> bytes:
    return f"---\ntitle: Incontro {word}\n---\n# Incontro\n\nSi parla di {word}.\n".encode()


def _txt(word: str) -> bytes:
    return f"Un incontro sulle reti: si parla di {word}.\n".encode()


def _html(word: str) -> bytes:
    return f"<html><body><h1>Incontro</h1><p>Si parla di {word}.</p></body></html>".encode()


def _csv(word: str) -> bytes:
    return f"nome;sede;descrizione\nCooperativa {word};Bologna;Si occupa di {word}.\n".encode()


def _pdf(word: str) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.drawString(72, 600, f"Un incontro della rete in cui si parla di {word}.")
    canvas.save()
    return made.getvalue()


def _docx(word: str) -> bytes:
    document = Document()
    document.add_paragraph(f"Un incontro della rete in cui si parla di {word}.")
    return _saved(document.save)


def _xlsx(word: str) -> bytes:
    book = Workbook()
    for row in (["nome", "descrizione"], [f"Cooperativa {word}", f"Si occupa di {word}."]):
        book.active.append(row)  # type: ignore[union-attr]
    return _saved(book.save)


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    made = io.BytesIO()
    save(made)
    return made.getvalue()
