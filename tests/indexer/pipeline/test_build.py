"""The whole pipeline: what is published, what is spared, and what is never lost."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from filelock import FileLock

from indexer.domain import BuildReport, Encoded, Reason, Severity
from indexer.errors import BusyError, CorpusError
from indexer.index.late_interaction import _CALIBRATION
from indexer.index.originals import file_path
from indexer.index.snapshot import Generation, current_name, generation_names, load_current
from indexer.pipeline import build as building
from indexer.pipeline import embed, file_drafts
from indexer.pipeline.build import build_index, check_corpus
from indexer.settings import Settings
from indexer.text.tokens import terms
from tests.toy import ToyEncoder

FILES = {
    "profiles/arca.md": """
        ---
        name: Arca
        vat: "00488410010"
        seat: Bardi
        competencies: [reti, cloud]
        ---
        # Chi siamo

        Progettiamo reti a banda larga per i comuni di montagna.
        """,
    "profiles/registro.csv": """
        nome;sede;competenze;descrizione
        Refolo;Trieste;usabilità;Facciamo interfacce che si capiscono.
        Lumecivico;Torino;open data;Pubblichiamo dati aperti.
        """,
    "case_studies/banda.md": """
        ---
        title: La banda larga
        cooperatives: [Arca soc. coop.]
        place: Bardi
        ---
        Sette ponti radio e diciannove frazioni raggiunte.
        """,
    "events/giornata.txt": "Una giornata sui dati aperti con Lumecivico.",
    "events/giornata.txt.yaml": "title: Giornata dei dati\norganisers: [Refolo]\n",
}


class CountingEncoder(ToyEncoder):
    """The toy, remembering what it was asked to read."""

    def __init__(self, fingerprint: str = "toy") -> None:
        self.fingerprint = fingerprint
        self.read: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        if texts is not _CALIBRATION:
            self.read += texts
        return super().encode_passages(texts)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    root = tmp_path / "corpus"
    for name, text in FILES.items():
        put(root, name, text)
    return root


def put(root: Path, name: str, text: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dedent(text).lstrip("\n").encode() if isinstance(text, str) else text)
    return path


def settings(corpus: Path, **changes: object) -> Settings:
    return Settings(corpus=corpus, index=corpus.parent / "index", **changes)  # type: ignore[arg-type]


def run(corpus: Path, **changes: object) -> tuple[BuildReport, list[str]]:
    encoder = CountingEncoder()
    return build_index(settings(corpus, **changes), encoder), encoder.read


def current(corpus: Path) -> Generation:
    generation, refused = load_current(corpus.parent / "index")
    assert refused == ()
    return generation


def reasons(report: BuildReport) -> dict[str, Reason]:
    return {problem.path: problem.reason for problem in report.problems}


# --- the first build -----------------------------------------------------------------------


def test_a_build_publishes_everything_and_counts_it(corpus: Path) -> None:
    report, read = run(corpus)
    assert report.published
    assert report.problems == ()
    assert (report.files, report.documents, report.organisations) == (4, 5, 3)
    assert (report.passages, report.embedded, report.reused) == (len(read), len(read), 0)
    assert report.generation == current_name(corpus.parent / "index")
    assert set(report.seconds) == {"scan", "parse", "split", "embed", "publish"}
    found = current(corpus)
    assert list(found.documents) == [
        "case_studies/banda.md",
        "events/giornata.txt",
        "profiles/arca.md",
        "profiles/registro.csv/lumecivico",
        "profiles/registro.csv/refolo",
    ]
    assert {o.id: o.name for o in found.organisations.values()} == {
        "it00488410010": "Arca",
        "lumecivico": "Lumecivico",
        "refolo": "Refolo",
    }
    assert len(found.passages) == report.passages


def test_each_row_of_the_index_is_its_own_passage(corpus: Path) -> None:
    run(corpus)
    found = current(corpus)
    encoded = ToyEncoder().encode_passages([p.embedded_text for p in found.passages])
    assert np.array_equal(found.dense.vectors(), np.stack([e.vector for e in encoded]))
    for row, e in enumerate(encoded):
        best = found.tokens.max_similarities(e.tokens, [row])
        assert float(best.mean()) > 0.95, "each token's best match is itself, but for the coding"
    for row, passage in enumerate(found.passages):
        if "ponti radio" in passage.text:
            assert row in [r for r, _ in found.lexical.search(terms("radio", "it"), 9)]


def test_passages_vote_for_those_their_documents_speak_of(corpus: Path) -> None:
    run(corpus)
    votes = {p.document: p.organisations for p in current(corpus).passages}
    assert votes["case_studies/banda.md"] == ("it00488410010",)
    assert votes["profiles/registro.csv/refolo"] == ("refolo",)
    assert votes["events/giornata.txt"] == ("refolo",)  # who held it


def test_originals_are_kept_as_they_were(corpus: Path) -> None:
    run(corpus)
    found = current(corpus)
    before = (corpus / "profiles/arca.md").read_bytes()
    put(corpus, "profiles/arca.md", "cambiato")
    assert found.original(found.documents["profiles/arca.md"]) == before


def test_the_same_corpus_gives_the_same_passages_anywhere(corpus: Path, tmp_path: Path) -> None:
    run(corpus)
    other = tmp_path / "elsewhere" / "corpus"
    for name, text in reversed(FILES.items()):
        put(other, name, text)
    run(other)
    assert list(current(corpus).passages) == list(current(other).passages)
    assert current(corpus).documents == current(other).documents


# --- building again ------------------------------------------------------------------------


def test_a_build_with_nothing_to_do_reads_embeds_and_publishes_nothing(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = run(corpus)
    monkeypatch.setattr(building, "read_content", None)  # calling it would fail
    second, read = run(corpus)
    assert (second.published, second.embedded, read) == (False, 0, [])
    assert second.generation == first.generation
    assert generation_names(corpus.parent / "index") == [first.generation]
    assert (second.passages, second.documents) == (first.passages, first.documents)


def test_a_build_with_nothing_to_do_still_tells_what_is_wrong(corpus: Path) -> None:
    put(corpus, "profiles/x.rtf", "x")
    run(corpus)
    report, _ = run(corpus)
    assert not report.published
    assert reasons(report) == {"profiles/x.rtf": Reason.UNSUPPORTED}


def test_an_edit_embeds_only_what_changed(corpus: Path) -> None:
    run(corpus)
    text = (corpus / "case_studies/banda.md").read_text()
    put(corpus, "case_studies/banda.md", text.replace("Sette ponti", "Otto ponti"))
    report, read = run(corpus)
    assert report.published
    assert [t.splitlines()[-1] for t in read] == [
        "Otto ponti radio e diciannove frazioni raggiunte."
    ]
    assert (report.embedded, report.reused) == (1, report.passages - 1)
    assert any("Otto ponti" in p.text for p in current(corpus).passages)
    assert not any("Sette ponti" in p.text for p in current(corpus).passages)


def test_a_renamed_file_embeds_nothing_and_has_its_new_address(corpus: Path) -> None:
    run(corpus)
    (corpus / "case_studies/banda.md").rename(corpus / "case_studies/larga.md")
    report, read = run(corpus)
    assert (report.published, read) == (True, [])
    assert "case_studies/larga.md" in current(corpus).documents
    assert "case_studies/banda.md" not in current(corpus).documents


def test_a_removed_file_disappears_with_its_organisation_and_its_vectors(corpus: Path) -> None:
    run(corpus)
    text = (corpus / "profiles/registro.csv").read_text()
    put(corpus, "profiles/registro.csv", "".join(text.splitlines(keepends=True)[:2]))
    _, read = run(corpus)
    assert read == []
    assert "lumecivico" not in current(corpus).organisations
    assert not any(p.document.endswith("lumecivico") for p in current(corpus).passages)
    put(corpus, "profiles/registro.csv", text)
    again, read = run(corpus)
    assert again.embedded == len(read) > 0, "forgotten vectors must be computed again"


def test_two_passages_with_one_text_are_embedded_once_and_stay_two(corpus: Path) -> None:
    for name in ("a", "b"):
        put(corpus, f"events/{name}.md", "---\ntitle: Uguali\n---\nLa stessa frase.\n")
    _, read = run(corpus)
    assert sum("La stessa frase." in text for text in read) == 1
    same = [p.id for p in current(corpus).passages if p.text == "La stessa frase."]
    assert same == ["events/a.md#0", "events/b.md#0"]


def test_another_model_embeds_everything_again(corpus: Path) -> None:
    first, _ = run(corpus)
    encoder = CountingEncoder("other")
    report = build_index(settings(corpus), encoder)
    assert report.published
    assert report.embedded == first.embedded == len(encoder.read)
    assert current(corpus).manifest.build_fingerprint.model_fingerprint == "other"


def test_other_settings_or_other_code_build_again(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(corpus)
    assert run(corpus, passage_tokens=64)[0].published
    assert not run(corpus, passage_tokens=64)[0].published
    monkeypatch.setattr(building, "_code_hash", lambda: "other")
    report, read = run(corpus, passage_tokens=64)
    assert (report.published, read) == (True, [])


@pytest.mark.parametrize("part", ["dense-*", "tokens-*", "passages-*", "documents*", "manifest*"])
def test_a_damaged_index_is_mended_by_building_again(corpus: Path, part: str) -> None:
    first, _ = run(corpus)
    (path,) = (corpus.parent / "index" / "generations" / first.generation).glob(part)
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    report, read = run(corpus)
    assert (report.published, read) == (True, [])
    assert current(corpus).id == report.generation


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"x" * 9)])
def test_a_damaged_original_is_mended_by_building_again(corpus: Path, damage: object) -> None:
    run(corpus)
    document = current(corpus).documents["profiles/arca.md"]
    damage(file_path(corpus.parent / "index" / "files", document.content_hash))  # type: ignore[operator]
    run(corpus)
    assert current(corpus).original(document) == (corpus / "profiles/arca.md").read_bytes()


# --- what is wrong stays small -------------------------------------------------------------


def test_a_broken_file_never_loses_the_others(corpus: Path) -> None:
    whole, _ = run(corpus)
    put(corpus, "profiles/rotto.pdf", b"%PDF-1.7 ma poi niente")
    put(corpus, "profiles/finto.docx", b"\x00\x01\x02")
    put(corpus, "events/vuoto.txt", b"")
    put(corpus, "events/nota.rtf", b"x")
    put(corpus, "events/yaml.md", "---\ntitle: [aperta\n---\nIl testo resta.\n")
    put(corpus, "events/dove.md", "---\ntitle: Dove\nplace: Atlantide\ndate: ieri\n---\nTesto.\n")
    report, _ = run(corpus)
    assert report.documents == whole.documents + 2
    found = reasons(report)
    assert set(found) == {
        "profiles/rotto.pdf",
        "profiles/finto.docx",
        "events/vuoto.txt",
        "events/nota.rtf",
        "events/yaml.md",
        "events/dove.md",
    }
    assert found["events/vuoto.txt"] is Reason.EMPTY
    assert found["events/nota.rtf"] is Reason.UNSUPPORTED
    assert {p.path for p in report.errors} == {p for p in found if not p.endswith(".md")}
    assert all(problem.remedy for problem in report.problems)
    assert any(p.text == "Il testo resta." for p in current(corpus).passages)
    assert current(corpus).manifest.problems == report.problems


@pytest.mark.parametrize(
    ("content", "sidecar"),
    [
        ("---\ntitle: Il forno\n---\nUn forno di pietra.\n", ""),
        ("# Il forno\n\nUn forno di pietra.\n", "title: Il forno\n"),
        ("---\ntitle: [aperta\n---\n# Il forno\n\nUn forno di pietra.\n", ""),
    ],
)
def test_a_readme_in_a_folder_is_a_document_if_it_has_fields(
    corpus: Path, content: str, sidecar: str
) -> None:
    put(corpus, "case_studies/forno/README.md", content)
    if sidecar:
        put(corpus, "case_studies/forno/README.md.yaml", sidecar)
    run(corpus)
    assert current(corpus).documents["case_studies/forno/README.md"].title == "Il forno"


@pytest.mark.parametrize(
    "name", ["profiles/Readme.md", "profiles/README.txt", "profiles/README", "README.txt"]
)
def test_a_readme_in_a_folder_without_fields_explains_it_and_is_reported(
    corpus: Path, name: str
) -> None:
    whole, _ = run(corpus)
    put(corpus, name, "# I nostri profili\n\nUno per cooperativa.\n")
    report, _ = run(corpus)
    assert (report.documents, report.organisations) == (whole.documents, whole.organisations)
    (problem,) = report.problems
    assert (problem.path, problem.reason, problem.severity) == (
        name,
        Reason.FOLDER_NOTE,
        Severity.WARNING,
    )
    assert problem.remedy == "If it is a document, give it fields (a title), or another name."


def test_errors_come_before_warnings_then_by_path(corpus: Path) -> None:
    for name in ("z.rtf", "a.rtf"):
        put(corpus, f"events/{name}", "x")
    for name in ("b.md", "a.md"):
        put(corpus, f"events/{name}", "---\ntitle: T\ndate: ieri\n---\nTesto.\n")
    report, _ = run(corpus)
    assert [(p.severity, p.path) for p in report.problems] == [
        (Severity.ERROR, "events/a.rtf"),
        (Severity.ERROR, "events/z.rtf"),
        (Severity.WARNING, "events/a.md"),
        (Severity.WARNING, "events/b.md"),
    ]


def test_a_broken_sidecar_costs_its_fields_not_the_document(corpus: Path) -> None:
    put(corpus, "events/giornata.txt.yaml", "date: 2024\ntitle: [aperta")
    report, _ = run(corpus)
    assert reasons(report) == {"events/giornata.txt.yaml": Reason.BAD_METADATA}
    assert current(corpus).documents["events/giornata.txt"].title == "Giornata"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("events/x.md", "---\nplace: [aperta\ntitle: Prova\nfictional: true\n---\nTesto.\n"),
        ("events/giornata.txt.yaml", "place: [aperta\ntitle: Prova\nfictional: true\n"),
    ],
)
def test_broken_metadata_loses_only_what_is_broken(corpus: Path, path: str, content: str) -> None:
    put(corpus, path, content)
    report, _ = run(corpus)
    (problem,) = report.problems
    assert (problem.path, problem.reason) == (path, Reason.BAD_METADATA)
    assert "of it were read: title, fictional" in problem.detail
    assert problem.remedy == (
        "Correct the YAML: one 'key: value' a line, text with ': ' in quotes, lists with '- '."
    )
    document = current(corpus).documents[path.removesuffix(".yaml")]
    assert (document.title, document.fictional, document.place) == ("Prova", True, None)


def test_a_mark_of_invented_data_that_cannot_be_read_is_reported(corpus: Path) -> None:
    put(corpus, "events/x.md", "---\ntitle: a: b\nfictional: [tru\n---\nTesto.\n")
    report, _ = run(corpus)
    assert "fictional: '[tru' is neither yes nor no" in [p.detail for p in report.problems]


def test_a_sidecar_wins_over_what_the_file_says(corpus: Path) -> None:
    put(corpus, "case_studies/banda.md.yaml", "title: Dal sidecar\n")
    run(corpus)
    assert current(corpus).documents["case_studies/banda.md"].title == "Dal sidecar"


@pytest.mark.parametrize("seat", ["Trieste", ""])
def test_two_rows_of_one_cooperative_are_one_document_and_a_problem(
    corpus: Path, seat: str
) -> None:
    text = (corpus / "profiles/registro.csv").read_text()
    put(corpus, "profiles/registro.csv", text + f"REFOLO soc. coop.;{seat};;Un altro testo.\n")
    report, _ = run(corpus)
    assert reasons(report) == {"profiles/registro.csv, row 4": Reason.DUPLICATE_ID}
    assert "profiles/registro.csv/refolo" in current(corpus).documents


def test_two_rows_with_one_name_and_two_seats_are_two_cooperatives(corpus: Path) -> None:
    text = (corpus / "profiles/registro.csv").read_text()
    put(corpus, "profiles/registro.csv", text + "REFOLO soc. coop.;Roma;;Un altro testo.\n")
    report, _ = run(corpus)
    assert report.errors == ()
    found = current(corpus)
    for identity in ("refolo--trieste-ts", "refolo--roma-rm"):
        profile = found.documents[f"profiles/registro.csv/{identity}"]
        assert [link.organisation for link in profile.organisations] == [identity]
        assert identity in found.organisations


@pytest.mark.parametrize(
    "line",
    [
        r'title: "\ud800 rotto"',
        r'title: "nul \0 qui"',
        r'competencies: ["\udfff", reti]',
        r'"\ud800": x',
        "title: '  '",
        "title: 🙂",
        "members: " + "9" * 5000,
        "date: 2024-13-45",
        "updated: 0000-00-00",
        "title: {a: [b, {c: d}]}",
        "? [a, b]\n: c",
        "seat: " + "Bologna " * 200,
        "aliases: [" + "a, " * 500 + "a]",
    ],
)
def test_strange_metadata_stops_nothing(corpus: Path, line: str) -> None:
    put(corpus, "profiles/strano.md", f"---\n{line}\n---\nUn testo qualunque.\n")
    run(corpus)
    assert any(p.text == "Un testo qualunque." for p in current(corpus).passages)


def test_a_name_in_nfd_has_an_address_in_nfc(corpus: Path) -> None:
    put(corpus, unicodedata.normalize("NFD", "events/Comunità.md"), "Un testo qualunque.")
    run(corpus)
    assert unicodedata.normalize("NFC", "events/Comunità.md") in current(corpus).documents


# --- errors of the whole -------------------------------------------------------------------


def test_an_empty_corpus_is_an_error_and_keeps_the_old_index(corpus: Path, tmp_path: Path) -> None:
    first, _ = run(corpus)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CorpusError, match="it holds no documents"):
        build_index(Settings(corpus=empty, index=tmp_path / "index"), ToyEncoder())
    put(empty, "a.rtf", "x")
    with pytest.raises(CorpusError, match=r"a\.rtf: files of type \.rtf"):
        build_index(Settings(corpus=empty, index=tmp_path / "index"), ToyEncoder())
    assert current(corpus).id == first.generation


def test_a_missing_folder_is_an_error_and_keeps_the_old_index(corpus: Path, tmp_path: Path) -> None:
    first, _ = run(corpus)
    with pytest.raises(CorpusError, match="does not exist"):
        build_index(Settings(corpus=tmp_path / "nowhere", index=tmp_path / "index"), ToyEncoder())
    assert current(corpus).id == first.generation


def test_a_second_writer_is_refused_and_harms_nothing(corpus: Path) -> None:
    first, _ = run(corpus)
    put(corpus, "events/nuovo.md", "Un testo nuovo.")
    with (
        FileLock(corpus.parent / "index" / "lock"),
        pytest.raises(BusyError, match="Another program is writing") as caught,
    ):
        run(corpus)
    assert "Wait" in caught.value.remedy
    assert current(corpus).id == first.generation
    assert run(corpus)[0].published


def test_a_model_that_fails_midway_keeps_the_old_index_and_what_was_computed(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(CountingEncoder):
        def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
            if self.read:
                raise MemoryError
            return super().encode_passages(texts)

    monkeypatch.setattr(embed, "_BATCH", 2)
    failing = Failing()
    with pytest.raises(MemoryError):
        build_index(settings(corpus), failing)
    assert current_name(corpus.parent / "index") is None
    report, read = run(corpus)
    assert (report.reused, len(failing.read)) == (2, 2)
    assert not set(read) & set(failing.read)


# --- check ---------------------------------------------------------------------------------


def test_a_check_reports_like_a_build_and_writes_nothing(corpus: Path) -> None:
    put(corpus, "events/nota.rtf", "x")
    encoder = CountingEncoder()
    report = check_corpus(settings(corpus), encoder)
    assert not (corpus.parent / "index").exists()
    assert (report.published, report.generation, encoder.read) == (False, "", [])
    built, _ = run(corpus)
    assert (report.documents, report.organisations, report.passages) == (
        built.documents,
        built.organisations,
        built.passages,
    )
    assert report.problems == built.problems


def test_a_check_of_an_empty_corpus_says_what_a_build_would(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no documents"):
        check_corpus(Settings(corpus=tmp_path, index=tmp_path / "index"), ToyEncoder())


class Heard:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []

    def step(self, stage: str, done: int, total: int) -> None:
        self.steps.append((stage, done, total))


def test_progress_goes_from_the_first_to_the_last_of_each_stage(corpus: Path) -> None:
    heard = Heard()
    report = build_index(settings(corpus), ToyEncoder(), heard)
    assert [s for s in heard.steps if s[0] == "parse"] == [("parse", n, 4) for n in range(1, 5)]
    assert [s for s in heard.steps if s[0] == "split"] == [("split", n, 5) for n in range(1, 6)]
    assert heard.steps[-1] == ("embed", report.embedded, report.embedded)


# --- what one file says never ends a build -------------------------------------------------


def test_a_value_that_is_no_number_is_reported(corpus: Path) -> None:
    put(corpus, "profiles/nan.md", "---\nname: Nan\nmembers: .nan\n---\nTesto.\n")
    report, _ = run(corpus)
    (problem,) = report.problems
    assert (problem.path, problem.reason) == ("profiles/nan.md", Reason.BAD_METADATA)
    assert problem.detail == "members: nan is not a number"


def test_a_file_whose_fields_break_the_reading_is_reported_and_the_others_are_indexed(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_drafts.draft

    def breaking(path: str, *rest: object) -> object:
        if path == "profiles/arca.md":
            raise OverflowError("too much")
        return real(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(file_drafts, "draft", breaking)
    report, _ = run(corpus)
    (problem,) = report.problems
    assert (problem.path, problem.reason) == ("profiles/arca.md", Reason.BAD_METADATA)
    assert problem.severity is Severity.ERROR
    assert "OverflowError" in problem.detail
    assert report.documents == 4


def test_what_a_file_says_is_reported_short_and_cannot_move_the_cursor(corpus: Path) -> None:
    put(corpus, "profiles/a.csv", b"nome;sede\nA;\x1b[2Jx\nB;" + b"b" * 100_000 + b"\n")
    put(corpus, "profiles/b.md", '---\nname: B\n"chiave\\e[2J": x\n---\nTesto.\n')
    report, _ = run(corpus)
    details = [problem.detail for problem in report.problems]
    assert len(details) == 2
    assert all(detail.isprintable() and len(detail) <= 301 for detail in details)
    assert any("bbb… (row 3) is not a place" in detail for detail in details)


def test_a_title_that_is_a_whole_text_is_cut(corpus: Path) -> None:
    title = "parola " * 10_000
    put(corpus, "events/a.html", f"<html><head><title>{title}</title></head><body>Ciao.</body>")
    run(corpus)
    found = current(corpus).documents["events/a.html"].title
    assert found == "parola " * 41 + "parola…"


def test_the_rooms_that_decide_passages_are_there_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(building.__file__).parents[1]
    copy = tmp_path / "indexer"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(building, "__file__", str(copy / "pipeline" / "build.py"))
    before = building._code_hash()
    (copy / "cli" / "main.py").write_text("# a command decides no passage\n")
    assert building._code_hash() == before
    for room in building._DECIDE_PASSAGES:
        (copy / room / "new.py").write_text("X = 1\n")
        assert building._code_hash() != before, room
        (copy / room / "new.py").unlink()
