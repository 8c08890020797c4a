"""An association's own vocabulary, from the file in its corpus to the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.domain import BuildReport, Level, Reason, Severity
from indexer.index.snapshot import Generation, load_current_levels
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from tests.toy import ToyEncoder

PROFILE = """\
---
name: Vela
competencies: [scuola di vela]
---
Insegniamo a navigare.
"""
SAILING = """\
concepts:
- id: sailing-school
  it: scuola di vela
  en: sailing school
  broader: [adult-training]
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    root = tmp_path / "corpus"
    (root / "profiles").mkdir(parents=True)
    (root / "profiles" / "vela.md").write_text(PROFILE, "utf-8")
    return root


def build(corpus: Path, vocabulary: str | bytes | None = None) -> BuildReport:
    if vocabulary is not None:
        data = vocabulary.encode() if isinstance(vocabulary, str) else vocabulary
        (corpus / "vocabulary.yaml").write_bytes(data)
    return build_index(Settings(corpus=corpus, index=corpus.parent / "index"), ToyEncoder())


def generations(corpus: Path) -> dict[Level, Generation]:
    found, refused = load_current_levels(corpus.parent / "index")
    assert refused == ()
    return found


def concepts(generation: Generation) -> set[str]:
    return {c for p in generation.passages for s in p.statements for c in s.concepts}


def test_the_corpus_is_read_with_its_own_vocabulary_which_the_index_keeps(corpus: Path) -> None:
    build(corpus)
    before = generations(corpus)[Level.PUBLIC]
    assert "sailing-school" not in concepts(before)
    broader = before.linker.vocabulary.concepts["cybersecurity"].id  # the built-in one
    report = build(corpus, SAILING.replace("adult-training", broader))
    assert report.published
    assert report.problems == ()
    after = generations(corpus)[Level.PUBLIC]
    assert "sailing-school" in concepts(after)
    assert after.linker.vocabulary.concepts["sailing-school"].en == "sailing school"
    assert "sailing-school" in after.linker.vocabulary.within(broader)
    (corpus / "vocabulary.yaml").unlink()
    kept = generations(corpus)[Level.PUBLIC]
    assert kept.linker.vocabulary.concepts.keys() == after.linker.vocabulary.concepts.keys()
    assert build(corpus).published


def test_only_a_change_of_the_vocabulary_makes_a_new_index(corpus: Path) -> None:
    own = SAILING.replace("adult-training", "cybersecurity")
    assert build(corpus, own).published
    assert not build(corpus, own).published
    assert build(corpus, own.replace("scuola di vela", "corsi di vela")).published


@pytest.mark.parametrize(
    ("vocabulary", "reason", "detail"),
    [
        (SAILING.replace("adult-training", "nothing"), Reason.BAD_VOCABULARY, "needs a 'family'"),
        ("concepts: [{id: x, nome: y}]", Reason.BAD_VOCABULARY, "x: a new concept needs its It"),
        ("concepts: [", Reason.BAD_VOCABULARY, "metadata: line 1"),
        (b"x: \xff\xfe\x00", Reason.BAD_VOCABULARY, ""),
        ("# " + "x" * 70_000 + "\nconcepts: []", Reason.BAD_VOCABULARY, "longer than 64 KiB"),
    ],
)
def test_a_file_that_cannot_be_used_takes_nothing_else_away(
    corpus: Path, vocabulary: str | bytes, reason: Reason, detail: str
) -> None:
    report = build(corpus, vocabulary)
    (problem,) = report.problems
    assert (problem.path, problem.severity) == ("vocabulary.yaml", Severity.ERROR)
    assert problem.reason is reason
    assert detail in problem.detail
    assert problem.detail.endswith("read with the built-in vocabulary")
    assert problem.remedy
    assert report.organisations == 1
    assert "cybersecurity" in generations(corpus)[Level.PUBLIC].linker.vocabulary.concepts


def test_a_file_that_cannot_be_read_says_what_follows(corpus: Path) -> None:
    (corpus / "vocabulary.yaml").symlink_to("/etc/hostname")  # leads outside the corpus
    report = build(corpus)
    assert [(p.path, p.severity) for p in report.problems] == [
        ("vocabulary.yaml", Severity.ERROR),
        ("vocabulary.yaml", Severity.WARNING),
    ]
    assert report.problems[1].reason is Reason.BAD_VOCABULARY
    assert report.problems[1].detail.endswith("read with the built-in vocabulary")
    assert report.organisations == 1


def test_one_vocabulary_serves_all_levels(corpus: Path) -> None:
    secret = PROFILE.replace("name: Vela", "name: Remo\nvisibility: admin")
    (corpus / "profiles" / "remo.md").write_text(secret, "utf-8")
    build(corpus, SAILING.replace("adult-training", "cybersecurity"))
    levels = generations(corpus)
    assert levels[Level.PUBLIC].organisations.keys() != levels[Level.ADMIN].organisations.keys()
    assert levels[Level.PUBLIC].linker is levels[Level.ADMIN].linker
    assert "sailing-school" in concepts(levels[Level.PUBLIC])


def test_a_document_of_the_same_name_stays_closed_until_its_sidecar_is_clear(corpus: Path) -> None:
    (corpus / "vocabulary.txt").write_text("Un testo.", "utf-8")
    report = build(corpus, SAILING.replace("adult-training", "cybersecurity"))
    misnamed = [p for p in report.problems if p.reason is Reason.ORPHAN_SIDECAR]
    assert [p.path for p in misnamed] == ["vocabulary.yaml"]
    assert "vocabulary.txt" not in generations(corpus)[Level.PUBLIC].documents


def test_elsewhere_a_file_of_that_name_is_a_sidecar(corpus: Path) -> None:
    (corpus / "profiles" / "vocabulary.yaml").write_text("concepts: []", "utf-8")
    (problem,) = build(corpus).problems
    assert (problem.path, problem.reason) == ("profiles/vocabulary.yaml", Reason.ORPHAN_SIDECAR)
