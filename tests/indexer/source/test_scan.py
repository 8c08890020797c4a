"""The walk of a corpus folder: sorted, safe, and silent about nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import unicodedata
from pathlib import Path
from typing import BinaryIO

import pytest

from indexer.domain import Reason, Severity
from indexer.errors import CorpusError, UnreadableFileError
from indexer.source import scan as scan_module
from indexer.source.scan import Scan, read, scan
from indexer.storage import safe_open

MB = 1_000_000
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
needs_permissions = pytest.mark.skipif(AS_ROOT, reason="root may read everything")


def put(root: Path, name: str, content: str | bytes = "testo") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def paths(found: Scan) -> list[str]:
    return [file.path for file in found.files]


def problems(found: Scan) -> list[tuple[str, Reason, Severity]]:
    return [(p.path, p.reason, p.severity) for p in found.problems]


def test_files_are_sorted_by_path_and_named_with_slashes(tmp_path: Path) -> None:
    for name in ("profiles/z.md", "profiles/a.PDF", "events/b c/è.txt", "a.html"):
        put(tmp_path, name)
    found = scan(tmp_path, MB)
    assert paths(found) == ["a.html", "events/b c/è.txt", "profiles/a.PDF", "profiles/z.md"]
    assert problems(found) == []


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "ciao")
    (file,) = scan(tmp_path, MB).files
    assert file.content_hash == hashlib.sha256(b"ciao").hexdigest()
    assert read(file) == b"ciao"


def test_what_is_hidden_or_of_the_system_is_not_seen(tmp_path: Path) -> None:
    hidden = (".git/a.md", ".a.md", "profiles/.DS_Store", "~$x.docx", "Thumbs.db", "desktop.ini")
    for name in (*hidden, "README.md"):
        put(tmp_path, name)
    put(tmp_path, "profiles/a.md")
    found = scan(tmp_path, MB)
    assert (paths(found), problems(found)) == (["profiles/a.md"], [])


def test_only_the_readme_at_the_top_is_not_read(tmp_path: Path) -> None:
    for name in ("ReadMe.md", "profiles/README.md", "profiles/2024/readme.md"):
        put(tmp_path, name)
    assert paths(scan(tmp_path, MB)) == ["profiles/2024/readme.md", "profiles/README.md"]


def test_an_unsupported_suffix_is_reported_and_says_what_is_read(tmp_path: Path) -> None:
    for name in ("a.rtf", "LICENSE", "b.md"):
        put(tmp_path, name)
    found = scan(tmp_path, MB)
    assert paths(found) == ["b.md"]
    assert problems(found) == [
        ("LICENSE", Reason.UNSUPPORTED, Severity.ERROR),
        ("a.rtf", Reason.UNSUPPORTED, Severity.ERROR),
    ]
    assert ".pdf" in found.problems[0].remedy


# --- sidecars ------------------------------------------------------------------------------


def test_a_sidecar_goes_with_its_file(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "pdf")
    put(tmp_path, "a.pdf.yaml", "title: A")
    put(tmp_path, "b.pdf")
    with_sidecar, without = scan(tmp_path, MB).files
    assert [read(sidecar) for sidecar in with_sidecar.sidecars] == [b"title: A"]
    assert without.sidecars == ()


def test_a_sidecar_in_capitals_is_a_sidecar(tmp_path: Path) -> None:
    put(tmp_path, "a.PDF", "pdf")
    put(tmp_path, "a.PDF.YAML", "title: A")
    (file,) = scan(tmp_path, MB).files
    assert [sidecar.path for sidecar in file.sidecars] == ["a.PDF.YAML"]


def test_a_sidecar_without_its_file_is_a_warning(tmp_path: Path) -> None:
    put(tmp_path, "b.pdf.yaml")
    found = scan(tmp_path, MB)
    assert problems(found) == [("b.pdf.yaml", Reason.ORPHAN_SIDECAR, Severity.WARNING)]


def test_the_sidecar_of_a_refused_file_is_no_orphan(tmp_path: Path) -> None:
    put(tmp_path, "a.rtf")
    put(tmp_path, "a.rtf.yaml")
    assert problems(scan(tmp_path, MB)) == [("a.rtf", Reason.UNSUPPORTED, Severity.ERROR)]


def test_a_sidecar_in_another_unicode_form_is_found(tmp_path: Path) -> None:
    put(tmp_path, unicodedata.normalize("NFC", "è.pdf"))
    put(tmp_path, unicodedata.normalize("NFD", "è.pdf.yaml"))
    (file,) = scan(tmp_path, MB).files
    assert file.sidecars


@pytest.mark.parametrize("name", ["a.txt.yml", "a.txt.YAML", "a.txt.yaml.txt"])
def test_the_suffix_of_a_sidecar_may_be_written_otherwise(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.txt", "testo")
    put(tmp_path, name, "title: A")
    found = scan(tmp_path, MB)
    assert [sidecar.path for sidecar in found.files[0].sidecars] == [name]
    assert not found.problems
    assert not found.files[0].closed


@pytest.mark.parametrize("name", ["A.txt.yaml", "a.TXT.YML", "a.txt .yaml"])
def test_a_sidecar_named_nearly_right_closes_its_document(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.txt", "testo")
    put(tmp_path, name, "title: A")
    found = scan(tmp_path, MB)
    assert [(file.sidecars, file.closed) for file in found.files] == [((), True)]
    assert problems(found) == [(name, Reason.ORPHAN_SIDECAR, Severity.WARNING)]
    assert "Name it a.txt.yaml" in found.problems[0].remedy


def test_of_documents_that_differ_in_capitals_each_has_its_own(tmp_path: Path) -> None:
    for name in ("a.txt", "A.txt", "a.txt.yaml"):
        put(tmp_path, name, name)
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this file system does not tell capitals")
    capital, small = scan(tmp_path, MB).files
    assert (capital.path, capital.sidecars) == ("A.txt", ())
    assert [sidecar.path for sidecar in small.sidecars] == ["a.txt.yaml"]


def test_two_sidecars_of_one_document_are_joined_with_a_warning(tmp_path: Path) -> None:
    for name in ("a.txt", "a.txt.yaml", "a.txt.yml"):
        put(tmp_path, name, name)
    found = scan(tmp_path, MB)
    assert [s.path for s in found.files[0].sidecars] == ["a.txt.yaml", "a.txt.yml"]
    assert problems(found) == [("a.txt", Reason.BAD_METADATA, Severity.WARNING)]


def test_a_sidecar_without_its_documents_suffix_closes_what_it_may_be_of(tmp_path: Path) -> None:
    for name in ("b.txt", "b.pdf", "B.yaml", "c.txt"):
        put(tmp_path, name, name)
    found = scan(tmp_path, MB)
    assert {file.path: file.closed for file in found.files} == {
        "b.pdf": True,
        "b.txt": True,
        "c.txt": False,
    }
    assert problems(found) == [("B.yaml", Reason.ORPHAN_SIDECAR, Severity.WARNING)]
    assert "b.pdf.yaml" in found.problems[0].remedy


def test_a_sidecar_that_is_refused_closes_its_document(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "testo")
    put(tmp_path, "a.txt.yaml", "x" * 2000)
    found = scan(tmp_path, 1000)
    assert [(file.path, file.closed) for file in found.files] == [("a.txt", True)]
    assert problems(found) == [
        ("a.txt", Reason.BAD_METADATA, Severity.WARNING),
        ("a.txt.yaml", Reason.TOO_LARGE, Severity.ERROR),
    ]


# --- names ---------------------------------------------------------------------------------


def test_names_are_nfc_whatever_the_disk_says(tmp_path: Path) -> None:
    put(tmp_path, unicodedata.normalize("NFD", "Comunità/è.md"))
    assert paths(scan(tmp_path, MB)) == [unicodedata.normalize("NFC", "Comunità/è.md")]


def test_two_names_that_look_the_same_are_one_file_and_a_problem(tmp_path: Path) -> None:
    put(tmp_path, unicodedata.normalize("NFC", "città.md"), "composta")
    put(tmp_path, unicodedata.normalize("NFD", "città.md"), "scomposta")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system does not tell the two forms apart")
    found = scan(tmp_path, MB)
    assert [read(file) for file in found.files] == [b"scomposta"]
    assert problems(found) == [("città.md", Reason.DUPLICATE_ID, Severity.ERROR)]


def test_a_name_that_is_not_unicode_is_reported_and_stops_nothing(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caff\xe8.md")).write_text("testo")
        (tmp_path / os.fsdecode(b"citt\xe0")).mkdir()
    except OSError:
        pytest.skip("this file system only takes Unicode names")
    put(tmp_path, os.fsdecode(b"citt\xe0/a.md"))
    put(tmp_path, "b.md")
    found = scan(tmp_path, MB)
    assert paths(found) == ["b.md"]
    assert [(p.reason, p.severity) for p in found.problems] == [
        (Reason.UNREADABLE, Severity.ERROR)
    ] * 2
    for problem in found.problems:
        problem.path.encode()  # it can be printed and kept
    assert found.problems[0].path == "caff\\xe8.md"
    assert found.fingerprint


# --- links and strange files ---------------------------------------------------------------


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    put(tmp_path, "secret.md", "segreto")
    put(root, "a.md")
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "up.md").symlink_to("../secret.md")
    found = scan(root, MB)
    assert paths(found) == ["a.md"]
    assert problems(found) == [
        ("out.md", Reason.UNREADABLE, Severity.ERROR),
        ("up.md", Reason.UNREADABLE, Severity.ERROR),
    ]
    assert "outside" in found.problems[0].detail


def test_a_link_to_a_folder_outside_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    put(tmp_path, "other/secret.md")
    put(root, "a.md")
    (root / "other").symlink_to(tmp_path / "other", target_is_directory=True)
    (root / "other.md").symlink_to(tmp_path / "other", target_is_directory=True)
    found = scan(root, MB)
    assert paths(found) == ["a.md"]
    assert [p for p, _, _ in problems(found)] == ["other", "other.md"]


def test_a_link_inside_is_read(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "uno")
    (tmp_path / "b.md").symlink_to("a.md")
    assert [read(file) for file in scan(tmp_path, MB).files] == [b"uno", b"uno"]


def test_the_corpus_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path, "real/a.md")
    (tmp_path / "corpus").symlink_to("real", target_is_directory=True)
    (tmp_path / "real" / "b.md").symlink_to("a.md")
    assert paths(scan(tmp_path / "corpus", MB)) == ["a.md", "b.md"]


def test_links_that_lead_nowhere_or_in_circles_are_reported(tmp_path: Path) -> None:
    (tmp_path / "broken.md").symlink_to("missing.md")
    (tmp_path / "ring.md").symlink_to("ring.md")
    (tmp_path / "loop").symlink_to(".", target_is_directory=True)
    put(tmp_path, "a.md")
    found = scan(tmp_path, MB)
    assert paths(found) == ["a.md"]
    assert [p for p, _, _ in problems(found)] == ["broken.md", "loop", "ring.md"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_reported_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")  # opening it would wait for ever
    found = scan(tmp_path, MB)
    assert problems(found) == [("pipe.md", Reason.UNREADABLE, Severity.ERROR)]
    assert "not an ordinary file" in found.problems[0].detail


def test_a_pipe_or_a_link_put_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    """What is looked at and what is opened may be two things."""
    root = tmp_path / "corpus"
    secret = put(tmp_path, "secret.md", "testo")  # the same bytes: the hash would not tell
    replaced = [put(root, name) for name in ("a/pipe.md", "a/link.md", "b/inner.md")]
    link, pipe, inner = scan(root, MB).files
    for path in replaced:
        path.unlink()
    os.mkfifo(replaced[0])
    replaced[1].symlink_to(secret)
    (root / "b").rmdir()
    put(tmp_path, "other/inner.md")
    (root / "b").symlink_to(tmp_path / "other", target_is_directory=True)
    for file, why in ((pipe, "not an ordinary"), (link, "leads outside"), (inner, "leads outside")):
        with pytest.raises(UnreadableFileError, match=why):
            read(file)


def test_no_link_is_followed_after_the_names_were_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "corpus"
    put(tmp_path, "secret/a.md")
    root.mkdir()
    (root / "a.md").symlink_to(tmp_path / "secret" / "a.md")
    (root / "folder").symlink_to(tmp_path / "secret", target_is_directory=True)
    # As if the links had been put there between the check and the safe_open.
    monkeypatch.setattr(safe_open.os.path, "realpath", lambda path: str(path))
    for name in ("a.md", "folder/a.md"):
        with pytest.raises(OSError, match=r"symbolic links|Not a directory"):
            safe_open.open_inside(root, name)


def test_names_with_control_characters_are_reported_legibly(tmp_path: Path) -> None:
    for name in ("a\nb.md", "rosso\x1b[31m.md", "perché no.md"):
        put(tmp_path, name)
    found = scan(tmp_path, MB)
    assert paths(found) == ["perché no.md"]
    assert problems(found) == [
        ("a\\nb.md", Reason.UNREADABLE, Severity.ERROR),
        ("rosso\\x1b[31m.md", Reason.UNREADABLE, Severity.ERROR),
    ]


def test_folders_nested_deeper_than_python_calls_are_walked(tmp_path: Path) -> None:
    put(tmp_path, "z.md")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("deep.md", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    try:
        assert paths(scan(tmp_path, MB)) == ["/".join(["d"] * 1200 + ["deep.md"]), "z.md"]
    finally:  # too deep for Python's own removal, which would fail when the folder is tidied up
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


# --- size and permission -------------------------------------------------------------------


def test_a_file_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = put(tmp_path, "big.pdf")
    os.truncate(big, 200 * MB)

    def read_nothing(*_: object) -> tuple[str, int]:
        raise AssertionError("hashed although it is too large")

    monkeypatch.setattr(scan_module, "_hash", read_nothing)
    found = scan(tmp_path, 100 * MB)
    assert problems(found) == [("big.pdf", Reason.TOO_LARGE, Severity.ERROR)]
    assert found.problems[0].detail == "200 MB, more than the limit of 100 MB"


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    put(tmp_path, "exact.md", b"x" * 1000)
    put(tmp_path, "over.md", b"x" * 1001)
    assert paths(scan(tmp_path, 1000)) == ["exact.md"]


@needs_permissions
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    put(tmp_path, "secret.md").chmod(0)
    put(tmp_path, "a.md")
    found = scan(tmp_path, MB)
    assert paths(found) == ["a.md"]
    assert problems(found) == [("secret.md", Reason.UNREADABLE, Severity.ERROR)]


@needs_permissions
def test_a_folder_without_permission_is_reported(tmp_path: Path) -> None:
    put(tmp_path, "closed/a.md")
    put(tmp_path, "b.md")
    (tmp_path / "closed").chmod(0)
    try:
        found = scan(tmp_path, MB)
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert paths(found) == ["b.md"]
    assert problems(found) == [("closed/", Reason.UNREADABLE, Severity.ERROR)]


def test_a_file_that_the_disk_cannot_give_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "bad.md")
    put(tmp_path, "good.md", "bene")
    real = safe_open.open_inside

    def failing(root: Path, inside: str) -> BinaryIO:
        if inside == "bad.md":
            raise OSError(5, "Input/output error")
        return real(root, inside)

    monkeypatch.setattr(scan_module, "open_inside", failing)
    found = scan(tmp_path, MB)
    assert paths(found) == ["good.md"]
    assert [p.detail for p in found.problems] == ["cannot be read: Input/output error"]


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist") as caught:
        scan(tmp_path / "nowhere", MB)
    assert "python -m indexer build" in caught.value.remedy
    with pytest.raises(CorpusError, match=r"a\.md is a file, not a folder") as caught:
        scan(put(tmp_path, "a.md"), MB)
    assert caught.value.remedy.endswith(f"python -m indexer build {tmp_path}.")


def test_an_empty_folder_is_an_empty_scan(tmp_path: Path) -> None:
    found = scan(tmp_path, MB)
    assert (found.files, found.problems) == ((), ())


# --- reading later, fingerprints -----------------------------------------------------------


def test_a_file_that_changed_after_the_scan_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "a.md", "prima")
    (file,) = scan(tmp_path, MB).files
    path.write_text("dopo!")
    with pytest.raises(UnreadableFileError, match="changed while it was being read"):
        read(file)
    path.write_text("prima e dopo")  # it grew: no more of it is read than there was
    with pytest.raises(UnreadableFileError, match="changed while it was being read"):
        read(file)
    path.unlink()
    with pytest.raises(UnreadableFileError, match="cannot be read") as caught:
        read(file)
    assert caught.value.reason is Reason.UNREADABLE


def fingerprint(root: Path) -> str:
    return scan(root, MB).fingerprint


def test_the_fingerprint_depends_on_content_not_on_times_or_on_the_folder(tmp_path: Path) -> None:
    for root in ("one", "two"):
        put(tmp_path, f"{root}/a.md", "testo")
        put(tmp_path, f"{root}/b.pdf.yaml", "x: 1")
    os.utime(tmp_path / "two" / "a.md", (1, 1))
    assert fingerprint(tmp_path / "one") == fingerprint(tmp_path / "two")


def test_the_fingerprint_changes_with_every_change(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "uno")
    seen = [fingerprint(tmp_path)]
    put(tmp_path, "a.md", "due")  # same size
    seen.append(fingerprint(tmp_path))
    put(tmp_path, "a.md.yaml", "title: A")
    seen.append(fingerprint(tmp_path))
    put(tmp_path, "a.md.yaml", "title: B")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    seen.append(fingerprint(tmp_path))
    put(tmp_path, "x.rtf")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "b.md").unlink()
    seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == len(seen)
