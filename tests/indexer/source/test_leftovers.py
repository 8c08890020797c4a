"""What an upload that was killed leaves in the corpus: seen, and swept once nobody writes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.pipeline.build import build_index, check_corpus
from indexer.settings import Settings
from indexer.source.leftovers import leftovers
from indexer.storage.durable import replace_synced
from tests.toy import ToyEncoder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    (corpus / "events").mkdir(parents=True)
    (corpus / "events" / "a.md").write_text("Un incontro.")
    return Settings(corpus=corpus, index=tmp_path / "index")


def killed_upload(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is left by a writer that dies before the rename."""

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(SystemExit):
            replace_synced(settings.corpus / "events" / "nuovo è.md", b"di Zaccaria")
    (path,) = leftovers(settings.corpus)
    return path


def test_an_old_leftover_is_swept_by_a_build_and_a_new_one_stays(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed_upload(settings, monkeypatch)
    build_index(settings, ToyEncoder())
    assert path.exists(), "its writer may still be there"
    os.utime(path, (0, 0))
    check_corpus(settings, ToyEncoder())
    assert path.exists(), "a check writes nothing"
    build_index(settings, ToyEncoder())
    assert not path.exists()


@pytest.mark.parametrize(
    "name",
    [
        ".gitignore",
        ".a.md",
        ".relazione.md-20240101",
        ".relazione.pdf-k3j4h5g6",
        "a.md.upload-k3j4h5g6",
        ".a.md.upload-bozza",
        ".env-1234567z",
    ],
)
def test_other_hidden_files_are_people_s_own(settings: Settings, name: str) -> None:
    path = settings.corpus / name
    path.write_text("mio")
    os.utime(path, (0, 0))
    build_index(settings, ToyEncoder())
    assert path.read_text() == "mio"
    assert list(leftovers(settings.corpus)) == []
