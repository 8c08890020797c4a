from __future__ import annotations

import pytest

from indexer.vocabulary import Linker
from search_service.insights.nearest_family import NearestFamily


@pytest.fixture(scope="module")
def nearest() -> NearestFamily:
    return NearestFamily(Linker.load())


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("SAP", "business-applications"),  # in the names of what is done with it
        ("moduli Odoo su misura", "business-applications"),  # a product inside
        ("Kubernetes", "infrastructure"),
        ("Decidim", "public-digital-services"),
        ("videogiochi educativi", "software"),  # a concept inside
        ("formazione professionale marittima", "learning-training"),
        ("wireless community network", "infrastructure"),  # other forms of a name
        ("formazione sul phishing", "security"),  # the rarer word decides
        ("installazioni museali", "archives-culture"),
        ("ripartizione degli incentivi", "cooperative-development"),
    ],
)
def test_a_name_without_a_concept_is_in_the_family_of_its_words(
    nearest: NearestFamily, name: str, family: str
) -> None:
    assert nearest.of(name) == family


@pytest.mark.parametrize("name", ["corderia", "monitoraggio", "qualità", "", "xyzzy"])
def test_words_of_no_family_or_of_many_say_nothing(nearest: NearestFamily, name: str) -> None:
    assert nearest.of(name) == ""


def test_every_concept_is_in_its_own_family(nearest: NearestFamily) -> None:
    concepts = list(Linker.load().vocabulary.concepts.values())[::7]
    astray = [one.id for one in concepts if nearest.of(one.it) != one.family]
    assert len(astray) <= len(concepts) // 20, astray  # a name that two families share
