"""What an association hands out to its members: a register and three documents to fill in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from indexer.cli.language import Language
from indexer.errors import CorpusError
from indexer.places import Gazetteer

REGISTER = "modello-soci.xlsx"
DOCUMENTS = {
    "profilo": "modello-profilo.md",
    "caso": "modello-caso.md",
    "evento": "modello-evento.md",
}
_ROWS = 500  # in which a cell offers its list
_EXAMPLE = PatternFill("solid", fgColor="FFEEEEEE")
_HEADER = PatternFill("solid", fgColor="FFFFE699")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its name and its example in Italian and in English, and what it offers."""

    italian: tuple[str, str]
    english: tuple[str, str]
    choices: str = ""  # a list that ``_offered`` knows
    width: int = 18

    def said(self, language: Language) -> tuple[str, str]:
        return self.italian if language is Language.ITALIAN else self.english


_COLUMNS = (
    _Column(("Denominazione", "Robinia soc. coop."), ("Name", "Robinia soc. coop."), width=28),
    _Column(("Partita IVA", "01234567890"), ("VAT number", "01234567890")),
    _Column(("Forma giuridica", "cooperativa"), ("Legal form", "cooperativa"), "forms", 26),
    _Column(("Comune", "Imola"), ("Town", "Imola")),
    _Column(("Provincia", "BO"), ("Province", "BO"), "provinces", 11),
    _Column(
        ("Opera in", "Emilia-Romagna; Marche"), ("Works in", "Emilia-Romagna; Marche"), width=26
    ),
    _Column(("A distanza", "sì"), ("Remote", "yes"), "yes_no", 11),
    _Column(
        ("Competenze", "cablaggio strutturato; reti in fibra"),
        ("Competencies", "structured cabling; fibre networks"),
        width=40,
    ),
    _Column(("Certificazioni", "ISO 9001"), ("Certifications", "ISO 9001")),
    _Column(("N. soci", "12"), ("Members", "12"), width=10),
    _Column(("Addetti", "15"), ("Employees", "15"), width=10),
    _Column(("Sito internet", "https://robinia.example"), ("Website", "https://robinia.example")),
    _Column(("E-mail", "info@robinia.example"), ("E-mail", "info@robinia.example"), width=24),
    _Column(("Referente", "Anna Rossi"), ("Contact person", "Anna Rossi")),
    _Column(("Visibilità", "pubblico"), ("Visibility", "public"), "levels", 12),
    _Column(
        ("Descrizione", "Posiamo reti per scuole e comuni."),
        ("Description", "We lay networks for schools and towns."),
        width=60,
    ),
)
_TITLES = {
    Language.ITALIAN: "Una cooperativa per riga, sotto i nomi delle colonne. "
    "La riga grigia è un esempio.",
    Language.ENGLISH: "One cooperative a row, under the columns' names. "
    "The grey row is an example.",
}


_FORMS = [
    "cooperativa",
    "cooperativa sociale di tipo A",
    "cooperativa sociale di tipo B",
    "cooperativa sociale di tipo A e B",
    "cooperativa di comunità",
    "consorzio",
]
_CHOICES = {
    Language.ITALIAN: {
        "forms": _FORMS,
        "yes_no": ["sì", "no"],
        "levels": ["pubblico", "soci", "amministratori"],
    },
    Language.ENGLISH: {
        "forms": _FORMS,
        "yes_no": ["yes", "no"],
        "levels": ["public", "members", "admin"],
    },
}


def write_handouts(folder: Path, language: Language) -> list[Path]:
    """Write the register and the documents into a folder, and return their paths.

    Raises CorpusError where one of them is there already.
    """
    written = {
        REGISTER: _register(language),
        **{name: _document(kind, language) for kind, name in DOCUMENTS.items()},
    }
    there = [name for name in written if (folder / name).exists()]
    if there:
        raise CorpusError(
            f"{folder / there[0]} exists already.",
            remedy="Name another folder, or remove what is there.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in written]


def _document(kind: str, language: Language) -> bytes:
    return (files("indexer.cli") / "handout_files" / f"{kind}.{language}.md").read_bytes()


def _register(language: Language) -> bytes:
    """A workbook whose example stands above the header, where it is nobody's row."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Soci" if language is Language.ITALIAN else "Members"
    said = [column.said(language) for column in _COLUMNS]
    sheet.append([_TITLES[language]])
    sheet.append([example for _, example in said])
    sheet.append([name for name, _ in said])
    sheet["A1"].font = Font(bold=True)
    for cell in sheet[2]:
        cell.fill, cell.font = _EXAMPLE, Font(italic=True, color="FF666666")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[3]:
        cell.fill, cell.font = _HEADER, Font(bold=True)
    sheet.freeze_panes = "B4"
    offered = _offered(book, language)
    for number, column in enumerate(_COLUMNS, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        if column.choices:
            choice = DataValidation("list", formula1=offered[column.choices], allow_blank=True)
            sheet.add_data_validation(choice)
            choice.add(f"{letter}4:{letter}{_ROWS}")
    sheet["B2"].number_format = "@"
    for row in range(4, _ROWS):
        sheet.cell(row, 2).number_format = "@"  # text: a number would lose its zeros
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _offered(book: Workbook, language: Language) -> dict[str, str]:
    """The lists to choose from, as a validation's formula: short ones within it.

    The provinces do not fit, and go on a hidden sheet.
    """
    gazetteer = Gazetteer.load()
    italy = gazetteer.comuni(gazetteer.get("country:it"))
    provinces = sorted({gazetteer.get(comune).province for comune in italy})
    sheet = book.create_sheet("Elenchi" if language is Language.ITALIAN else "Lists")
    sheet.sheet_state = "hidden"
    for province in provinces:
        sheet.append([province])
    lists = {name: f'"{",".join(values)}"' for name, values in _CHOICES[language].items()}
    return {**lists, "provinces": f"'{sheet.title}'!$A$1:$A${len(provinces)}"}
