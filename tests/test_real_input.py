"""Real input, as it comes: PDFs of public bodies, broken files, directories of organisations.

The files lie beside the project, not in it; without them these tests say so and are skipped.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from indexer.domain import BuildReport, Level, Reason, Severity
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index, check_corpus
from indexer.settings import Settings
from tests.toy import ToyEncoder

REAL = Path(__file__).parents[2] / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real input: {REAL} is not there")

UNREADABLE = {
    "real/pdf/js_bug1782186.pdf": Reason.ENCRYPTED,
    "real/pdf/sample_lo-password.pdf": Reason.ENCRYPTED,
    "real/pdf/js_scan-bad.pdf": Reason.NO_TEXT,
    "real/pdf/js_issue9105_other.pdf": Reason.CORRUPT,
    "real/pdf/enorme.pdf": Reason.TOO_LARGE,
    "real/vecchio.doc": Reason.UNSUPPORTED,
}
READABLE = {
    "InnovazioneLibera_2013.pdf",
    "Metadati_Open_Data.pdf",
    "RapportoLinuxDay2014.pdf",
    "ANAC_UPSI_StrutturaDataLakeANAC_V1.pdf",
    "tl_frontespizio.pdf",
    "js_copy_paste_ligatures.pdf",
    "pypdf_r6-empty-password.pdf",
    "pypdf_r6-user-password.pdf",
    "js_poppler-395-0-fuzzed.pdf",
}


def as_register(source: Path, target: Path) -> int:
    """Turn a directory in JSON Lines into a register; returns its rows."""
    rows = [json.loads(line) for line in source.read_text("utf-8").splitlines() if line.strip()]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["name", "seat", "competencies", "website", "text"])
        for row in rows:
            in_italy = row.get("country") in (None, "Italy")
            seat = (row.get("city") or row.get("region") or "") if in_italy else ""
            skills = [*(row.get("services") or ()), *(row.get("technologies") or ())]
            text = row.get("description") or ""
            writer.writerow([row["name"], seat, " | ".join(skills), row.get("url") or "", text])
    return len(rows)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    base = tmp_path_factory.mktemp("real")
    corpus = base / "corpus"
    (corpus / "real" / "pdf").mkdir(parents=True)
    for path in (REAL / "pdf").glob("*.pdf"):
        shutil.copyfile(path, corpus / "real" / "pdf" / path.name)
    with (corpus / "real" / "pdf" / "enorme.pdf").open("wb") as file:
        file.truncate(200_000_000)
    (corpus / "real" / "vecchio.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (corpus / "events").mkdir()
    for path in (REAL / "events").glob("*.txt"):
        shutil.copyfile(path, corpus / "events" / path.name)
    (corpus / "profiles").mkdir()
    for path in (REAL / "directories").glob("*.jsonl"):
        as_register(path, corpus / "profiles" / f"{path.stem}.csv")
    return Settings(corpus=corpus, index=base / "index")


@pytest.fixture(scope="module")
def report(settings: Settings) -> BuildReport:
    return build_index(settings, ToyEncoder())


def test_each_unreadable_file_is_named_with_its_reason(report: BuildReport) -> None:
    files = {p.path: p.reason for p in report.errors if p.reason is not Reason.DUPLICATE_ID}
    assert files == UNREADABLE
    assert all(p.remedy for p in report.problems)


def test_every_readable_file_is_indexed(settings: Settings, report: BuildReport) -> None:
    # One of them says "Uso Interno": only administrators see it, and the report says so.
    whole, _ = load_current(settings.index, Level.ADMIN)
    generation, _ = load_current(settings.index)
    everything, public = (
        {path.rsplit("/", 1)[-1] for path in seen.documents if "/pdf/" in path}
        for seen in (whole, generation)
    )
    assert everything == READABLE
    assert everything - public == {"ANAC_UPSI_StrutturaDataLakeANAC_V1.pdf"}
    assert any("Uso Interno" in problem.detail for problem in report.problems)
    documents = generation.documents
    assert "events/legacoop-ict-roma-2025-03-05.txt" in documents
    assert report.published
    assert len(whole.dense) == report.passages == len(whole.passages)


def test_every_row_of_the_directories_is_an_organisation_or_reported(
    settings: Settings, report: BuildReport
) -> None:
    generation, _ = load_current(settings.index)
    for path in (REAL / "directories").glob("*.jsonl"):
        rows = sum(1 for line in path.read_text("utf-8").splitlines() if line.strip())
        prefix = f"profiles/{path.stem}.csv"
        indexed = sum(1 for d in generation.documents.values() if d.path == prefix)
        refused = sum(1 for p in report.errors if p.path.startswith(prefix))
        assert indexed + refused == rows
        assert refused <= rows * 0.02


def test_passages_of_a_pdf_say_their_page(settings: Settings, report: BuildReport) -> None:
    generation, _ = load_current(settings.index)
    pdf = [p for p in generation.passages if p.document.endswith("RapportoLinuxDay2014.pdf")]
    pages = [p.page for p in pdf]
    assert None not in pages
    assert pages == sorted(page for page in pages if page)
    document = generation.documents[pdf[0].document]
    assert document.pages is not None
    assert max(page for page in pages if page) <= document.pages


def test_a_second_build_does_nothing(settings: Settings, report: BuildReport) -> None:
    again = build_index(settings, ToyEncoder())
    assert (again.published, again.embedded) == (False, 0)
    assert again.generation == report.generation
    assert again.problems == report.problems


def test_check_says_the_same_and_writes_nothing(settings: Settings, report: BuildReport) -> None:
    before = sorted(p.name for p in settings.index.rglob("*"))
    checked = check_corpus(settings, ToyEncoder())
    assert sorted(p.name for p in settings.index.rglob("*")) == before
    assert (checked.documents, checked.passages) == (report.documents, report.passages)
    assert [p for p in checked.problems if p.severity is Severity.ERROR] == list(report.errors)
