"""What an association's own file changes in the vocabulary."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import VocabularyError
from indexer.vocabulary import Linker, Vocabulary, extended

BASE = Vocabulary.parse(
    """\
families: [{id: web, it: web, en: web}, {id: sea, it: mare, en: sea}]
concepts:
- {id: web, it: siti e negozi, en: web services, family: web}
- id: web-development
  it: sviluppo web
  en: web development
  synonyms: {it: [siti web], en: [web sites]}
  narrower_terms: [Drupal]
  family: web
  broader: [web]
  related: [cms]
- {id: cms, it: gestione contenuti, en: content, family: web, broader: [web-development]}
""",
    "base.yaml",
)


def with_changes(*concepts: Mapping[str, object], **fields: object) -> Vocabulary:
    return extended(BASE, {"concepts": list(concepts), **fields}, "vocabulary.yaml")


def test_a_concept_is_added() -> None:
    found = with_changes({"id": "sailing", "it": "scuola di vela", "family": "sea"})
    assert found.concepts["sailing"].en == "scuola di vela"
    assert [m.concept for m in Linker(found).mentions("Una scuola di vela")] == ["sailing"]
    assert "sailing" not in BASE.concepts


def test_the_family_of_a_new_concept_is_that_above_it() -> None:
    found = with_changes(
        {"id": "shops", "it": "negozi online", "en": "online shops", "broader": ["cms"]}
    )
    assert found.concepts["shops"].family == "web"
    assert found.within("web") == {"web", "web-development", "cms", "shops"}


def test_a_known_concept_gets_names_and_keeps_its_own() -> None:
    found = with_changes(
        {
            "id": "web-development",
            "it": "siti su misura",
            "synonyms": {"it": ["pagine web"]},
            "acronyms": ["SW"],
        }
    ).concepts["web-development"]
    assert (found.it, found.en, found.family) == ("siti su misura", "web development", "web")
    assert found.synonyms == {
        "it": ("siti web", "sviluppo web", "pagine web"),
        "en": ("web sites",),
    }
    assert (found.acronyms, found.narrower_terms) == (("SW",), ("Drupal",))
    assert (found.broader, found.related) == (("web",), ("cms",))


def test_relations_are_replaced() -> None:
    found = with_changes({"id": "cms", "broader": ["web"], "related": ["web-development"]})
    assert found.within("web-development") == {"web-development"}
    assert found.concepts["cms"].related == ("web-development",)


def test_names_are_taken_away_and_may_go_to_another() -> None:
    found = with_changes(
        {"id": "web-development", "remove": ["Siti web", "Drupal"]},
        {"id": "cms", "synonyms": {"it": ["siti web"]}, "narrower_terms": ["Drupal"]},
    )
    assert found.concepts["web-development"].synonyms["it"] == ()
    assert found.concepts["web-development"].narrower_terms == ()
    assert [m.concept for m in Linker(found).mentions("siti web")] == ["cms"]


def test_what_lay_under_a_removed_concept_lies_under_what_that_lay_under() -> None:
    found = with_changes(remove=["web-development"])
    assert list(found.concepts) == ["web", "cms"]
    assert found.concepts["cms"].broader == ("web",)
    assert found.within("web") == {"web", "cms"}


def test_a_removed_concept_can_be_written_anew() -> None:
    found = with_changes(
        {"id": "web-development", "it": "siti", "family": "web"}, remove=["web-development"]
    )
    assert found.concepts["web-development"].synonyms == {}
    assert found.concepts["cms"].broader == ("web-development",)


def test_a_file_may_have_families_of_its_own() -> None:
    families = [{"id": "wine", "it": "vino"}]
    found = with_changes({"id": "cellar", "it": "cantina", "family": "wine"}, families=families)
    assert found.families["wine"] == ("vino", "vino")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["cms", "web", "", "è nuovo"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["id", "it", "en", "synonyms", "broader", "related", "remove", "family"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["concepts", "families", "remove"]), _VALUES))
def test_whatever_a_file_says_is_used_or_refused(changes: Mapping[str, object]) -> None:
    with contextlib.suppress(VocabularyError):
        found = extended(BASE, changes, "vocabulary.yaml")
        assert all(c.it and c.en and c.family in found.families for c in found.concepts.values())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"concetti": []}, "unknown field 'concetti'"),
        ({"concepts": "cms"}, "'concepts' is a list of entries, each with its 'id'"),
        ({"concepts": ["cms"]}, "'concepts' is a list of entries"),
        ({"concepts": [{"it": "vela"}]}, "'id' is missing"),
        ({"concepts": [{"id": "sailing", "family": "sea"}]}, "sailing: a new concept needs its It"),
        (
            {"concepts": [{"id": "sailing", "it": "vela"}]},
            "sailing: a new concept needs a 'family'",
        ),
        ({"concepts": [{"id": "cms", "nome": "x"}]}, "cms: unknown field 'nome'"),
        ({"concepts": [{"id": "cms", "broader": "web"}]}, "a list is expected, not 'web'"),
        ({"concepts": [{"id": "cms", "broader": ["sea"]}]}, "cms: no concept 'sea'"),
        ({"concepts": [{"id": "web", "broader": ["cms"]}]}, "broader than itself"),
        (
            {"concepts": [{"id": "cms", "synonyms": {"it": ["Siti Web"]}}]},
            "'Siti Web' is a name of web-development and of cms",
        ),
        ({"concepts": [{"id": "a/b", "it": "x", "family": "web"}]}, "the id 'a/b' is not of small"),
        ({"concepts": [{"id": "cms", "it": ["x"]}]}, "cms: 'it' is one text, not"),
        ({"concepts": [{"id": "cms", "en": " "}]}, "cms: 'en' is one text, not ' '"),
        ({"concepts": [{"id": "cms", "synonyms": ["x"]}]}, "synonyms are given by language"),
        ({"concepts": [{"id": "cms", "synonyms": {"fr": ["x"]}}]}, "language, 'it' or 'en'"),
        ({"concepts": [{"id": "cms", "refs": ["x"]}]}, "refs are given by name"),
        ({"concepts": [{"id": "cms", "acronyms": [{"a": "b"}]}]}, "a list of texts is expected"),
        ({"remove": ["sea"]}, "there is no concept 'sea' to remove"),
    ],
)
def test_changes_that_cannot_be_made_say_why(changes: Mapping[str, object], reason: str) -> None:
    with pytest.raises(VocabularyError, match=f"vocabulary.yaml: .*{reason}") as raised:
        extended(BASE, changes, "vocabulary.yaml")
    assert raised.value.remedy == "Correct it as corpus/README.md says, and build again."
