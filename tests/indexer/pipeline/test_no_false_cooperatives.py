"""Which cooperatives a folder gives, from files as members send them: each one, and no other."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from indexer.domain import Problem, Severity
from indexer.pipeline.build import check_corpus
from indexer.settings import Settings
from tests.toy import ToyEncoder

PARSING = Path(__file__).parents[1] / "parsing"
SAMPLES, REGISTERS = PARSING / "samples", PARSING / "registers"


def checked(folder: Path) -> tuple[list[str], Sequence[Problem]]:
    """The cooperatives' names and the problems of a folder."""
    report = check_corpus(Settings(corpus=folder, index=folder.parent / "index"), ToyEncoder())
    return [one.name for one in report.cooperatives], report.problems


def profiles_of(corpus: Path, *files: Path) -> Path:
    (corpus / "profiles").mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, corpus / "profiles" / file.name)
    return corpus


def test_a_pdf_that_a_program_titled_is_of_the_cooperative_in_its_heading(tmp_path: Path) -> None:
    """Titles of the files: "Presentazione standard di PowerPoint" and "Microsoft Word - …"."""
    sent = profiles_of(tmp_path / "corpus", SAMPLES / "acero.pdf", SAMPLES / "robinia.pdf")
    assert checked(sent) == (["Acero", "Robinia"], ())


def test_formulas_totals_notes_and_sources_of_registers_are_no_cooperatives(tmp_path: Path) -> None:
    names = ("formula", "noname", "total")
    sent = profiles_of(tmp_path / "corpus", *(REGISTERS / f"{name}.xlsx" for name in names))
    found, problems = checked(sent)
    assert found == ["Calicanto", "Robinia"]
    told = {(p.path, p.detail) for p in problems}
    assert all(p.severity is Severity.WARNING for p in problems)
    assert (
        "profiles/formula.xlsx",
        "row 2: no name is stated, and none was found: of no cooperative",
    ) in told
    (left,) = [detail for path, detail in told if path == "profiles/total.xlsx"]
    for quoted in ("«Totale» (row 4)", "«* in liquidazione» (row 7)"):
        assert quoted in left


def test_two_known_names_in_one_string_are_two_cooperatives(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    for path, text in {
        "profiles/a.md": "---\nname: Calicanto\n---\nSiti.\n",
        "profiles/b.md": "---\nname: Robinia\n---\nReti.\n",
        "case_studies/rete.md": "---\ntitle: Rete wifi\ncooperatives: Calicanto, Robinia\n---\n"
        "Abbiamo cablato la scuola.\n",
    }.items():
        (corpus / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus / path).write_text(text)
    report = check_corpus(Settings(corpus=corpus, index=tmp_path / "index"), ToyEncoder())
    assert [one.name for one in report.cooperatives] == ["Calicanto", "Robinia"]
    assert report.problems == ()
    assert all("proof" not in one.missing for one in report.cooperatives)  # each has the case
