"""Only a build opens a door: going back, however it comes about, shows nothing restricted since."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.domain import Level
from indexer.errors import BackupError, GenerationError
from indexer.index import restrictions
from indexer.index.integrity import verify
from indexer.index.manifest import Manifest, Restrictions
from indexer.index.publishing import publish
from indexer.index.restrictions import document_hash, merged_restrictions, opened
from indexer.index.retention import prune, roll_back
from indexer.index.serialisation import dump_documents
from indexer.index.snapshot import (
    current_name,
    generation_names,
    load_current_levels,
    read_manifest,
    read_restrictions,
)
from indexer.maintenance.backup import backup
from indexer.maintenance.erase import forget
from indexer.maintenance.restore import restore
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from indexer.source.visibility import Visibility
from indexer.storage.lock import one_writer
from tests.indexer.by_hand import DOCUMENT, MANIFEST, flip, folder, parts
from tests.toy import ToyEncoder

PUBLIC, MEMBERS, ADMIN = Level
ARCA = "profiles/arca.md"
REGISTER = "profiles/registro.csv"
SECRET = "0521 123456"
LEVELS = st.sampled_from(Level)


class Scene:
    """A corpus and its index: what the public finds there, and the names of what was built."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings(
            corpus=root / "corpus",
            index=root / "index",
        )
        self.index = self.settings.index
        self.write("events/giornata.txt", "Una giornata sui dati aperti.")

    def write(self, path: str, text: str) -> None:
        (self.settings.corpus / path).parent.mkdir(parents=True, exist_ok=True)
        (self.settings.corpus / path).write_text(text)

    def arca(self, visibility: str = "public", text: str = "Reti.") -> None:
        head = f'name: Arca\ncontacts: ["{SECRET}"]\nvisibility: {visibility}'
        self.write(ARCA, f"---\n{head}\n---\n{text}\n")

    def build(self) -> str:
        return build_index(self.settings, ToyEncoder()).generation

    def built(self, *visibilities: str) -> list[str]:
        """Build once for each visibility of the profile."""
        names = []
        for n, visibility in enumerate(visibilities):
            self.arca(visibility, f"Reti, {n}.")
            names.append(self.build())
        return names

    def damage(self, name: str | None = None) -> None:
        """Flip one bit of a generation: the current one, if none is named."""
        flip(folder(self.index, name or str(current_name(self.index))) / "documents.json", 30)

    def seen(self, level: Level = PUBLIC) -> tuple[str, set[str]]:
        """Which generation is served, and its documents for a level."""
        levels, _ = load_current_levels(self.index)
        return levels[level].id, set(levels[level].documents)

    def back(self, wanted: str | None = None) -> str:
        with one_writer(self.index):
            return roll_back(self.index, wanted)

    def restore(self, file: Path) -> str:
        with one_writer(self.index):
            return restore(self.index, file).generation


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


# --- what is compared ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "own", "shown"),
    [
        ({}, {}, False),
        ({"": MEMBERS}, {}, True),
        ({"": MEMBERS}, {"": MEMBERS}, False),
        ({"": MEMBERS}, {"": ADMIN}, False),
        ({"": ADMIN}, {"": MEMBERS}, True),
        ({}, {"": MEMBERS, "vat": ADMIN}, False),
        ({"vat": MEMBERS}, {}, True),
        ({"vat": MEMBERS}, {"contacts": ADMIN}, True),
        ({"vat": MEMBERS}, {"": MEMBERS}, False),  # who does not see the document, sees no field
        ({"vat": ADMIN}, {"": MEMBERS}, True),
        ({"": MEMBERS}, {"vat": ADMIN}, True),
        ({"": ADMIN, "vat": MEMBERS}, {"": ADMIN}, False),
    ],
)
def test_a_document_is_opened_where_it_or_a_field_was_less_closed(
    known: dict[str, Level], own: dict[str, Level], shown: bool
) -> None:
    closed = {document_hash(ARCA): known} if known else {}
    assert opened(closed, {document_hash(ARCA): own}, [ARCA, "x"]) == ([ARCA] if shown else [])
    assert opened(closed, {document_hash(ARCA): own}, ["x"]) == []


RESTRICTIONS = st.dictionaries(
    st.sampled_from([document_hash(name) for name in "abc"]),
    st.dictionaries(st.sampled_from(["", "vat", "contacts"]), LEVELS, min_size=1),
)


@given(one=RESTRICTIONS, two=RESTRICTIONS)
def test_the_strictest_of_two_opens_neither_and_is_no_stricter_than_both(
    one: Restrictions, two: Restrictions
) -> None:
    both = merged_restrictions(one, two)
    assert opened(one, both, "abc") == opened(two, both, "abc") == []
    assert merged_restrictions(one, one) == one
    assert merged_restrictions(both, one) == both
    if not opened(one, two, "abc"):
        assert opened(both, two, "abc") == []


def test_an_error_names_three_documents_at_most() -> None:
    assert restrictions.first_few(["b", "a"]) == "a, b"
    assert restrictions.first_few("dcbae") == "a, b, c and 2 more"


# --- the list --------------------------------------------------------------------------------


def test_the_list_names_documents_by_hash_alone(scene: Scene) -> None:
    scene.arca("{document: members, contacts: admin}")
    name = scene.build()
    wanted = {document_hash(ARCA): {"": MEMBERS, "contacts": ADMIN}}
    assert read_restrictions(scene.index) == read_manifest(scene.index, name).restrictions == wanted
    assert "arca" not in (scene.index / "restricted.json").read_text()


def test_what_a_level_is_given_does_not_hold_it(scene: Scene) -> None:
    scene.built("members")
    levels, _ = load_current_levels(scene.index)
    assert levels[PUBLIC].manifest.restrictions == {}
    assert set(levels[ADMIN].manifest.restrictions) == {document_hash(ARCA)}


def test_any_changed_byte_of_the_list_is_noticed(tmp_path: Path) -> None:
    restrictions.write(tmp_path, {document_hash("a"): {"": MEMBERS, "vat": ADMIN}})
    path = tmp_path / restrictions.FILE
    whole = path.read_bytes()
    assert restrictions.read(tmp_path) == {document_hash("a"): {"": MEMBERS, "vat": ADMIN}}
    for position in range(len(whole) - 1):  # but for the last: a line's end
        flip(path, position)
        with pytest.raises(GenerationError, match=r"restricted\.json, is missing or damaged"):
            restrictions.read(tmp_path)
        path.write_bytes(whole)


# --- falling back ----------------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["members", "admin", "{contacts: members}", "{vat: membri}"])
def test_a_flipped_bit_shows_nobody_what_was_restricted(scene: Scene, closed: str) -> None:
    first, second = scene.built("public", closed)
    scene.damage(second)
    with pytest.raises(GenerationError, match=f"Generation {first} is whole, but") as caught:
        scene.seen()
    assert "python -m indexer build" in str(caught.value)
    assert "arca" not in str(caught.value).lower()


def test_one_that_kept_it_back_too_is_fallen_back_to(scene: Scene) -> None:
    _, second, third = scene.built("public", "admin", "members")
    scene.damage(third)
    assert scene.seen() == (second, {"events/giornata.txt"})
    levels, refused = load_current_levels(scene.index)
    assert levels[ADMIN].documents.keys() == {ARCA, "events/giornata.txt"}
    assert len(refused) == 1


def test_what_is_new_and_restricted_hinders_nothing(scene: Scene) -> None:
    (first,) = scene.built("public")
    scene.write("profiles/nuova.md", "---\nname: Nuova\nvisibility: members\n---\nVele.\n")
    second = scene.build()
    scene.damage(second)
    assert scene.seen() == (first, {ARCA, "events/giornata.txt"})
    assert scene.back() == first


def test_what_was_opened_hinders_nothing(scene: Scene) -> None:
    first, second = scene.built("members", "public")
    scene.damage(second)
    assert scene.seen()[0] == first


def test_a_row_of_a_register_is_a_document(scene: Scene) -> None:
    table = "nome;descrizione;visibilità\nArno;Remi.;{}\nBrenta;Vele.;\n"
    scene.write(REGISTER, table.format(""))
    first = scene.build()
    scene.write(REGISTER, table.format("soci"))
    second = scene.build()
    with pytest.raises(GenerationError, match=f"of {REGISTER}/arno\\."):
        scene.back()
    scene.damage(second)
    with pytest.raises(GenerationError, match=f"Generation {first} is whole, but"):
        scene.seen()


def test_a_document_that_was_restricted_and_then_deleted_stays_so(scene: Scene) -> None:
    first, second = scene.built("public", "members")
    (scene.settings.corpus / ARCA).unlink()
    third = scene.build()
    for name in (second, third):
        scene.damage(name)
    with pytest.raises(GenerationError, match=f"Generation {first} is whole, but"):
        scene.seen()
    with pytest.raises(GenerationError, match=f"of {ARCA}"):
        scene.back(first)


def test_the_current_generation_is_served_whatever_it_shows(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a build leaves it that is killed between the list and CURRENT."""
    (first,) = scene.built("public")
    with monkeypatch.context() as patched:
        patched.setattr("indexer.index.publishing.replace_synced", _killed)
        with pytest.raises(KeyboardInterrupt):
            scene.built("members")
    assert read_restrictions(scene.index) == {document_hash(ARCA): {"": MEMBERS}}
    assert scene.seen() == (first, {ARCA, "events/giornata.txt"})
    assert scene.back(first) == first
    assert verify(scene.index).faults == ()
    scene.arca("public", "Reti, 0.")  # the corpus is again what CURRENT is of
    opened_by_hand = scene.build()
    assert opened_by_hand != first, "the list is the corpus' again"
    assert scene.back(first) == first


def _killed(path: Path, data: bytes) -> None:
    if path.name == "CURRENT":
        raise KeyboardInterrupt
    path.write_bytes(data)


# --- going back ------------------------------------------------------------------------------


def test_going_back_is_refused_until_it_is_public_again(scene: Scene) -> None:
    first, second = scene.built("public", "members")
    for wanted in (None, first):
        with pytest.raises(GenerationError, match=f"restricted since, of {ARCA}") as caught:
            scene.back(wanted)
        assert "first make it public" in caught.value.remedy
        assert current_name(scene.index) == second
    (third,) = scene.built("public")
    assert current_name(scene.index) == third
    assert scene.back(first) == first


def test_going_back_to_less_does_not_let_the_rest_out_again(scene: Scene) -> None:
    """Who goes back from what was made public by mistake is not undone by a flipped bit."""
    first, second = scene.built("members", "public")
    assert scene.back() == first
    scene.damage(first)
    with pytest.raises(GenerationError, match=f"Generation {second} is whole, but"):
        scene.seen()
    assert scene.build() not in (first, second)  # the corpus says so still
    assert scene.seen()[1] == {ARCA, "events/giornata.txt"}


# --- a backup --------------------------------------------------------------------------------


def test_an_older_backup_is_refused_where_it_shows_what_was_restricted(
    scene: Scene, tmp_path: Path
) -> None:
    (first,) = scene.built("public")
    backup(scene.index, tmp_path / "b.tar")
    (second,) = scene.built("{contacts: members}")
    with pytest.raises(BackupError, match=rf"b\.tar cannot be restored here.*of {ARCA}") as caught:
        scene.restore(tmp_path / "b.tar")
    assert caught.value.remedy == restrictions.REMEDY
    assert current_name(scene.index) == second
    assert list(scene.index.glob(".restoring-*")) == []
    scene.built("public")
    assert scene.restore(tmp_path / "b.tar") == first


def test_a_backup_takes_along_what_it_keeps_back(scene: Scene, tmp_path: Path) -> None:
    (first,) = scene.built("public")
    backup(scene.index, tmp_path / "old.tar")
    scene.built("members")
    backup(scene.index, tmp_path / "new.tar")
    fresh = tmp_path / "fresh"
    restore(fresh, tmp_path / "new.tar")
    assert read_restrictions(fresh) == {document_hash(ARCA): {"": MEMBERS}}
    with pytest.raises(BackupError, match=f"Generation {first} shows"):
        restore(fresh, tmp_path / "old.tar")
    restore(tmp_path / "elsewhere", tmp_path / "old.tar")


# --- a damaged list --------------------------------------------------------------------------


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: flip(path, 30)])
def test_without_its_list_nothing_is_gone_back_to_and_a_build_mends_it(
    scene: Scene, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    first, second, third = scene.built("public", "members", "members")
    (scene.settings.corpus / ARCA).unlink()
    fourth = scene.build()
    backup(scene.index, tmp_path / "b.tar")
    lose(scene.index / "restricted.json")
    assert scene.seen()[0] == fourth, "the current one is served"
    fault = verify(scene.index).faults[0]
    assert (fault.path, "build" in fault.remedy) == (str(scene.index / "restricted.json"), True)
    with pytest.raises(GenerationError, match="is missing or damaged") as caught:
        scene.back(third)
    assert "python -m indexer build" in caught.value.remedy
    with pytest.raises(BackupError, match="is missing or damaged"):
        scene.restore(tmp_path / "b.tar")
    scene.damage(fourth)
    with pytest.raises(GenerationError, match=r"restricted\.json, is missing or damaged"):
        scene.seen()
    scene.build()
    assert verify(scene.index).faults == ()
    assert read_restrictions(scene.index) == {document_hash(ARCA): {"": MEMBERS}}, (
        "as the generations say"
    )
    assert scene.back(third) == third
    assert {first, second} & set(generation_names(scene.index)) == set()


# --- clearing away ---------------------------------------------------------------------------


def test_what_a_killed_writer_left_of_the_list_is_swept_away(scene: Scene) -> None:
    scene.built("members")
    (scene.index / ".restricted.json-abc").write_text("{")
    prune(scene.index)
    assert list(scene.index.glob(".*")) == []
    assert read_restrictions(scene.index) == {document_hash(ARCA): {"": MEMBERS}}


def test_a_document_that_is_forgotten_is_not_in_the_list_any_more(scene: Scene) -> None:
    scene.write("profiles/altra.md", "---\nname: Altra\nvisibility: admin\n---\nVele.\n")
    scene.built("public", "members")
    forget(scene.settings, ToyEncoder(), ARCA)
    assert read_restrictions(scene.index) == {document_hash("profiles/altra.md"): {"": ADMIN}}
    assert not [p for p in scene.index.rglob("*.json") if document_hash(ARCA) in p.read_text()]


def test_a_document_that_loses_a_text_stays_restricted_in_what_is_kept(scene: Scene) -> None:
    first = scene.built("public")[0]
    scene.arca("members", "Reti di Zaccaria.")
    scene.build()
    forget(scene.settings, ToyEncoder(), "Zaccaria")
    assert first in generation_names(scene.index)
    with pytest.raises(GenerationError, match=f"of {ARCA}"):
        scene.back(first)


# --- whatever happens ------------------------------------------------------------------------

_STATES = st.fixed_dictionaries(
    {},
    optional={
        f"{name}.md": st.builds(
            lambda document, vat: Visibility(document, (("vat", vat),)), LEVELS, LEVELS
        )
        for name in "ab"
    },
)


@settings(max_examples=40, deadline=None)
@given(states=st.lists(_STATES, min_size=2, max_size=5), data=st.data())
def test_after_any_builds_and_any_damage_nothing_restricted_is_shown(
    states: list[dict[str, Visibility]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as root:
        index, made = Path(root), {}
        last: dict[str, tuple[Level, Level]] = {}
        for n, state in enumerate(states):
            manifest = replace(
                MANIFEST, corpus=f"{n}", restrictions=restrictions.restrictions(state.items())
            )
            made[_publish(index, replace(manifest, documents=len(state)), list(state))] = state
            last |= {name: _needs(v) for name, v in state.items()}
        names = list(made)
        damaged = data.draw(st.sets(st.sampled_from(names[:-1])))
        for name in {names[-1], *damaged}:
            flip(folder(index, name) / "passages.jsonl", 30)
        allowed = [
            name
            for name in names[:-1]
            if name not in damaged
            and all(
                was.rank >= now.rank
                for document, v in made[name].items()
                for was, now in zip(_needs(v), last[document], strict=True)
            )
        ]
        if allowed:
            assert load_current_levels(index)[0][ADMIN].id == allowed[-1]
        else:
            with pytest.raises(GenerationError):
                load_current_levels(index)


def _needs(visibility: Visibility) -> tuple[Level, Level]:
    """Who sees a document at least, and its VAT number."""
    (_, vat) = visibility.fields[0]
    return visibility.document, max(visibility.document, vat, key=lambda level: level.rank)


def _publish(index: Path, manifest: Manifest, names: list[str]) -> str:
    documents = dump_documents(replace(DOCUMENT, id=name) for name in names)
    absent = restrictions.others(read_restrictions(index), names)
    return publish(index, manifest, parts() | {"documents.json": documents}, absent=absent)
