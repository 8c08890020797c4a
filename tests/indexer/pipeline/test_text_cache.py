"""Only what changed is parsed and cut again, and the index is the same as if all were."""

from __future__ import annotations

import gc
import sqlite3
import zlib
from pathlib import Path

import pytest

from indexer.domain import Level, ParsedText, Reason
from indexer.entities.catalogue import CatalogueEntry
from indexer.errors import CacheError, CorpusError, UnreadableFileError
from indexer.index.serialisation import dump_documents
from indexer.index.snapshot import current_name, load_current, read_manifest, read_parts
from indexer.parsing.sandbox.client import SandboxedParser
from indexer.pipeline import build as building
from indexer.pipeline import generation_files
from indexer.pipeline.build import build_index
from indexer.pipeline.chunking import PassageSplitter
from indexer.pipeline.text_cache import FILE, TextCache
from indexer.settings import Settings
from indexer.source.visibility import OPEN
from tests.toy import ToyEncoder

ARCA = "---\nname: Arca\nseat: Parma\ncompetencies: [pane]\n---\n# Arca\n\nArca fa il pane.\n"
LUNA = "---\nname: Luna\nseat: Bari\n---\n# Luna\n\nLuna ripara barche. Con Zefiro naviga.\n"
WORK = "---\ncooperatives: [Arca]\ndate: 2024-03-01\n---\n# Il forno\n\nArca ha fatto un forno.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for path, text in (
        ("profiles/a.md", ARCA),
        ("profiles/l.md", LUNA),
        ("case_studies/f.md", WORK),
    ):
        put(tmp_path / "corpus", path, text)
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def put(corpus: Path, path: str, text: str) -> None:
    (corpus / path).parent.mkdir(parents=True, exist_ok=True)
    (corpus / path).write_text(text, encoding="utf-8")


class Done:
    """What was parsed and what was cut."""

    def __init__(self) -> None:
        self.parsed: list[str] = []
        self.cut: list[str] = []


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    found = Done()
    parse, split = SandboxedParser.parse, PassageSplitter.split

    def counted_parse(self: SandboxedParser, name: str, data: bytes) -> tuple[ParsedText, ...]:
        found.parsed.append(name)
        return parse(self, name, data)

    def counted_split(self, document, blocks):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        found.cut.append(document.id)
        return split(self, document, blocks)

    monkeypatch.setattr(SandboxedParser, "parse", counted_parse)
    monkeypatch.setattr(PassageSplitter, "split", counted_split)
    return found


def parts(index: Path) -> dict[str, bytes]:
    name = str(current_name(index))
    return read_parts(index, name, read_manifest(index, name))


def same_as_a_first_build(settings: Settings, tmp_path: Path) -> bool:
    fresh = settings.model_copy(update={"index": tmp_path / "fresh"})
    build_index(fresh, ToyEncoder())
    return parts(settings.index) == parts(fresh.index)


def test_one_changed_document_is_parsed_and_cut_alone(
    settings: Settings, tmp_path: Path, done: Done
) -> None:
    build_index(settings, ToyEncoder())
    assert sorted(done.parsed) == ["case_studies/f.md", "profiles/a.md", "profiles/l.md"]
    done.parsed.clear()
    done.cut.clear()
    put(settings.corpus, "case_studies/f.md", WORK + "\nAnche Luna ha aiutato.\n")
    build_index(settings, ToyEncoder())
    assert (done.parsed, done.cut) == (["case_studies/f.md"], ["case_studies/f.md"])
    assert same_as_a_first_build(settings, tmp_path)


def test_a_new_name_cuts_again_what_may_name_it(
    settings: Settings, tmp_path: Path, done: Done
) -> None:
    build_index(settings, ToyEncoder())
    done.parsed.clear()
    put(
        settings.corpus, "profiles/z.md", "---\nname: Zefiro\nseat: Lecce\n---\n# Zefiro\n\nVele.\n"
    )
    build_index(settings, ToyEncoder())
    assert done.parsed == ["profiles/z.md"]
    assert "profiles/l.md" in done.cut
    generation, _ = load_current(settings.index)
    said = {s.organisation for p in generation.passages for s in p.statements}
    assert "zefiro" in said
    assert same_as_a_first_build(settings, tmp_path)


def test_another_seat_changes_the_context_of_what_a_cooperative_did(
    settings: Settings, tmp_path: Path
) -> None:
    build_index(settings, ToyEncoder())
    put(settings.corpus, "profiles/a.md", ARCA.replace("name: Arca", "name: Arca Nuova"))
    build_index(settings, ToyEncoder())
    assert same_as_a_first_build(settings, tmp_path)


def test_other_code_does_everything_again(
    settings: Settings, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(settings, ToyEncoder())
    done.parsed.clear()
    monkeypatch.setattr(building, "_code_hash", lambda: "other")
    build_index(settings, ToyEncoder())
    assert len(done.parsed) == 3


def test_what_leaves_the_corpus_leaves_the_cache(settings: Settings) -> None:
    build_index(settings, ToyEncoder())
    # Of a document fields, text, links, cuts, passages; of a segment what it writes as one word,
    # which words are neighbours, and how often it has each.
    assert rows(settings.index) == 5 * 3 + 3
    (settings.corpus / "case_studies/f.md").unlink()
    build_index(settings, ToyEncoder())
    assert rows(settings.index) == 5 * 2 + 3


def test_a_damaged_value_is_made_again(tmp_path: Path) -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"value"

    for _ in range(2):
        with TextCache.open(tmp_path, "code") as cache:
            assert cache.recall(("a", b"b"), make) == b"value"
            assert cache.recall(("a", b"b"), make) == b"value"
    assert len(made) == 1
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE texts SET value = x'00'")
    connection.close()
    with TextCache.open(tmp_path, "code") as cache:
        assert cache.recall(("a", b"b"), make) == b"value"
        assert cache.recall(("ab", b""), make) == b"value"
    assert len(made) == 3


def rows(index: Path) -> int:
    with sqlite3.connect(index / FILE) as connection:
        (count,) = connection.execute("SELECT count(*) FROM texts").fetchone()
    connection.close()
    return int(count)


def test_another_sidecar_or_name_reads_a_file_again(
    settings: Settings, tmp_path: Path, done: Done
) -> None:
    put(settings.corpus, "events/note.txt", "Appunti di una giornata.")
    build_index(settings, ToyEncoder())
    for path, text in (
        ("events/note.txt.yaml", "title: Giornata\n"),
        ("events/note.txt.yaml", "title: Giornata\nvisibility: members\n"),
    ):
        done.parsed.clear()
        put(settings.corpus, path, text)
        build_index(settings, ToyEncoder())
        assert done.parsed == ["events/note.txt"]
    document = load_current(settings.index, Level.ADMIN)[0].documents["events/note.txt"]
    assert (document.title, document.visibility) == ("Giornata", Level.MEMBERS)
    assert "events/note.txt" not in load_current(settings.index)[0].documents
    (settings.corpus / "events/note.txt").rename(settings.corpus / "events/altro.txt")
    (settings.corpus / "events/note.txt.yaml").unlink()
    build_index(settings, ToyEncoder())
    assert "events/altro.txt" in load_current(settings.index)[0].documents


def test_a_sidecar_that_cannot_be_read_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings.corpus, "events/note.txt", "Appunti di una giornata.")
    put(settings.corpus, "events/note.txt.yaml", "title: Giornata\n")
    parse = SandboxedParser.parse_sidecar

    def refuse(self: SandboxedParser, data: bytes) -> object:
        raise UnreadableFileError(Reason.UNREADABLE, "took too long", remedy="Try again.")

    monkeypatch.setattr(SandboxedParser, "parse_sidecar", refuse)
    report = build_index(settings, ToyEncoder())
    assert [problem.path for problem in report.problems] == ["events/note.txt.yaml"]
    monkeypatch.setattr(SandboxedParser, "parse_sidecar", parse)
    put(settings.corpus, "events/altro.txt", "Altro.")
    assert build_index(settings, ToyEncoder()).problems == ()
    found = load_current(settings.index)[0].documents["events/note.txt"]
    assert (found.title, found.visibility) == ("Giornata", Level.PUBLIC)


def test_what_the_cache_loses_during_a_build_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with TextCache.open(tmp_path, "code") as cache:
        place = cache.place(("a",))
        with pytest.raises(CacheError, match="lost") as caught:
            cache.kept(place)
        assert "again" in caught.value.remedy
        cache.recall(("a",), lambda: b"value")
        assert cache.kept(place) == b"value"


def test_a_disk_that_is_full_once_the_index_is_published_costs_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caches are cleared up by the next build."""

    def full(*_: object) -> None:
        raise CacheError("The disk is full.", remedy="Free some.")

    monkeypatch.setattr(TextCache, "forget_others", full)
    assert build_index(settings, ToyEncoder()).published
    monkeypatch.setattr(TextCache, "_flush", full)
    put(settings.corpus, "events/nuovo.md", "Altro.")
    report = build_index(settings, ToyEncoder())
    assert (report.published, report.documents) == (True, 4)
    assert load_current(settings.index)[0].id == report.generation


def test_values_of_many_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To look up each alone took longer than to read it."""
    items = [str(n) for n in range(1200)]
    with TextCache.open(tmp_path, "code") as cache:
        for item in items:
            cache.recall((item,), item.encode)
    queries = []
    read = TextCache._read

    def counted(self: TextCache, places: list[bytes]) -> dict[bytes, bytes]:
        queries.append(len(places))
        return read(self, places)

    monkeypatch.setattr(TextCache, "_read", counted)
    with TextCache.open(tmp_path, "code") as cache:
        each = cache.ahead(items, lambda item: cache.place((item,)))
        assert [cache.kept(place).decode() for _, place in each] == items
        assert list(cache.ahead([], lambda item: cache.place((item,)))) == []
    assert queries == [500, 500, 200]


def test_passages_that_the_cache_lost_are_cut_again(
    settings: Settings, tmp_path: Path, done: Done
) -> None:
    build_index(settings, ToyEncoder())
    with sqlite3.connect(settings.index / FILE) as connection:
        found = connection.execute("SELECT key, value FROM texts").fetchall()
        lines = [(key,) for key, value in found if zlib.decompress(value).startswith(b'{"id":')]
        connection.executemany("UPDATE texts SET value = x'00' WHERE key = ?", lines)
    connection.close()
    assert len(lines) == 3
    done.parsed.clear()
    put(settings.corpus, "case_studies/f.md", WORK + "\nAltro.\n")
    build_index(settings, ToyEncoder())
    assert done.parsed == ["case_studies/f.md"]
    assert same_as_a_first_build(settings, tmp_path)


def test_collections_are_rare_during_a_build_and_as_before_after_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, during = gc.get_threshold(), []
    read = building.read_content

    def watched(*args: object, **kwargs: object) -> object:
        during.append(gc.get_threshold()[0])
        return read(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "read_content", watched)
    build_index(settings, ToyEncoder())
    assert during[0] > 10 * before[0]
    assert gc.get_threshold() == before
    with pytest.raises(CorpusError):
        build_index(settings.model_copy(update={"corpus": Path("nowhere")}), ToyEncoder())
    assert gc.get_threshold() == before


def test_documents_are_written_some_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(settings, ToyEncoder())
    generation, _ = load_current(settings.index, Level.ADMIN)
    documents = list(generation.documents.values())
    assert len(documents) == 3
    written = settings.index / "generations" / generation.id / "documents.json"
    assert written.read_bytes() == dump_documents(documents)
    for at_once in (1, 2, 3):
        monkeypatch.setattr(generation_files, "_AT_ONCE", at_once)
        pieces: list[bytes] = []
        entries = [CatalogueEntry(d, (), (), OPEN) for d in documents]
        generation_files._write_documents(entries, pieces.append)
        assert len(pieces) == -(-3 // at_once)
        assert b"".join(pieces) == dump_documents(documents)
    pieces = []
    generation_files._write_documents([], pieces.append)
    assert b"".join(pieces) == dump_documents([])
