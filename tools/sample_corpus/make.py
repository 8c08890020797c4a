"""Make the PDF, DOCX and XLSX files of the sample corpus from their sources.

    pip install typst python-docx openpyxl pyyaml
    python tools/sample_corpus/make.py [NAME ...]

The sources lie beside this script, in the folders of the corpus:

    profiles/grande-orsa.typ        → corpus/profiles/grande-orsa.pdf     (typst)
    profiles/quota-falco.md         → corpus/profiles/quota-falco.docx    (python-docx)
    profiles/registro-specialisti.yaml → corpus/profiles/registro-specialisti.xlsx (openpyxl)

With NAMEs, only the sources with these names (``grande-orsa``) are made. The fonts are those that
typst brings along. Everything else in the corpus, sidecars included, is edited by hand.
"""

from __future__ import annotations

import calendar
import re
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent.parent / "corpus"
MOMENT = datetime(2026, 9, 1)  # written into the files, so that making them twice gives the same


def make_pdf(source: Path, target: Path) -> None:
    import typst

    typst.compile(
        str(source),
        output=str(target),
        root=str(HERE),
        ignore_system_fonts=True,
        timestamp=calendar.timegm(MOMENT.timetuple()),
    )


def make_docx(source: Path, target: Path) -> None:
    """Headings, paragraphs, bullets and tables of a small Markdown, in Word's own styles."""
    import docx

    document = docx.Document()
    properties = document.core_properties
    properties.author = ""
    properties.comments = ""
    properties.language = "it-IT"
    properties.created = properties.modified = MOMENT
    for part in source.read_text(encoding="utf-8").split("\n\n"):
        lines = part.strip().splitlines()
        if not lines:
            continue
        marker, _, rest = lines[0].partition(" ")
        if marker and not marker.strip("#"):
            level = len(marker) - 1
            document.add_heading(rest, level)
            if level == 0:
                properties.title = rest
        elif marker == "-":
            for line in lines:
                document.add_paragraph(line.removeprefix("- "), style="List Bullet")
        elif lines[0].startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            table = document.add_table(len(rows), len(rows[0]), style="Light Grid Accent 1")
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(" ".join(line.strip() for line in lines))
    document.save(str(target))


def make_xlsx(source: Path, target: Path) -> None:
    """One row for each entry, one column for each key; dates, numbers and booleans stay such."""
    import openpyxl
    import yaml

    rows = yaml.safe_load(source.read_text(encoding="utf-8"))
    columns = list(dict.fromkeys(key for row in rows for key in row))
    book = openpyxl.Workbook()
    book.properties.creator = ""
    book.properties.created = MOMENT
    sheet = book.worksheets[0]
    sheet.title = "Cooperative"
    sheet.append(columns)
    for row in rows:
        sheet.append([_cell(row.get(column)) for column in columns])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    book.save(target)


def _cell(value: object) -> str | int | bool | date | None:
    if isinstance(value, list):
        return " | ".join(str(item) for item in value)
    if value is None or isinstance(value, str | int | date):
        return value
    raise TypeError(f"no cell for {value!r}")


def settle(target: Path) -> None:
    """Write a DOCX or XLSX again without the time of the day, which its parts would carry."""
    with zipfile.ZipFile(target) as old:
        parts = [(info.filename, old.read(info)) for info in old.infolist()]
    stamp = f"{MOMENT:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts:
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            part = zipfile.ZipInfo(name, (MOMENT.year, MOMENT.month, MOMENT.day, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, data)


MAKERS = {
    ".typ": (make_pdf, ".pdf"),
    ".md": (make_docx, ".docx"),
    ".yaml": (make_xlsx, ".xlsx"),
}


def main(names: list[str]) -> int:
    known = set()
    for source in sorted(HERE.glob("*/*")):
        if source.suffix not in MAKERS:
            continue
        known.add(source.stem)
        if names and source.stem not in names:
            continue
        make, suffix = MAKERS[source.suffix]
        target = CORPUS / source.parent.name / f"{source.stem}{suffix}"
        make(source, target)
        if suffix != ".pdf":
            settle(target)
        print(target.relative_to(CORPUS.parent))
    for name in set(names) - known:
        print(f"no source named {name}; there are: {', '.join(sorted(known))}", file=sys.stderr)
    return 1 if set(names) - known else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
