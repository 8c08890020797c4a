from __future__ import annotations

import pytest

from search_service.presentation.italian_nouns import with_article


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("museo etnografico", "un museo etnografico"),
        ("festival di cortometraggi", "un festival di cortometraggi"),
        ("azienda sanitaria", "un'azienda sanitaria"),
        ("ente parco", "un ente parco"),
        ("studio legale", "uno studio legale"),
        ("rete di musei", "una rete di musei"),
        ("unione di sei comuni", "un'unione di sei comuni"),
        ("un comune dell'Appennino", "un comune dell'Appennino"),
        ("l'ateneo", "l'ateneo"),
        ("Comune di Bologna", "il Comune di Bologna"),
        ("Università di Pisa", "l'Università di Pisa"),
        ("Provincia di Bari", "la Provincia di Bari"),
        ("Spola", "Spola"),
        ("ASL Roma 1", "ASL Roma 1"),
        ("grande ateneo", ""),
        ("tre cooperative sociali", ""),
    ],
)
def test_a_client_has_the_article_that_a_sentence_wants(name: str, said: str) -> None:
    assert with_article(name) == said
