"""The one place where the weights of the ranking live.

They were chosen by the ablation that ``python -m search_service evaluate --ablation`` prints, over
several collections of different kinds (docs/results); none is tuned to one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from search_service.domain import Components, Proof

COMPONENTS = tuple(field.name for field in fields(Components))  # each has a weight of its name


@dataclass(frozen=True, slots=True)
class Weights:
    """What each component of the ranking counts.

    A passage's score is ``late`` times its late interaction (a mean cosine), plus ``dense`` times
    its cosine, plus ``lexical`` times its share of the highest possible BM25 score; ``translated``
    moves it towards what it gets from the competencies' names in its own language. ``rarity`` is
    the power of a word's rarity that its tokens count in late interaction. ``votes`` are what an
    organisation's best, second and third passage count, each times what it proves; a passage that
    only mentions it counts as what others say.
    """

    dense_candidates: int = 100
    lexical_candidates: int = 100
    late: float = 1.0
    dense: float = 0.5
    lexical: float = 0.25
    translated: float = 0.3
    rarity: float = 0.5
    votes: tuple[float, ...] = (1.0, 0.3, 0.1)
    declared: float = 1.0
    demonstrated: float = 1.1
    corroborated: float = 0.8
    mentioned: float = 0.8

    def score(self, parts: Components) -> float:
        """A passage's score: its components, each times the weight of its name."""
        return sum(self.component(name) * float(getattr(parts, name)) for name in COMPONENTS)

    def component(self, name: str) -> float:
        """What a component of a passage's score counts."""
        return float(getattr(self, name))

    def of(self, proof: Proof) -> float:
        """What a vote counts by what the passage proves."""
        return float(getattr(self, proof.value))


WEIGHTS = Weights()
ABLATIONS: Mapping[str, Weights] = {
    "all": WEIGHTS,
    "without late interaction": replace(WEIGHTS, late=0.0, dense=1.0),
    "without BM25": replace(WEIGHTS, lexical_candidates=0, lexical=0.0),
    "without dense candidates": replace(WEIGHTS, dense_candidates=0),
    "without the whole's cosine": replace(WEIGHTS, dense=0.0),
    "without translated names": replace(WEIGHTS, translated=0.0),
    "without word rarity": replace(WEIGHTS, rarity=0.0),
    "without second votes": replace(WEIGHTS, votes=(1.0,)),
    "without kinds of proof": replace(WEIGHTS, demonstrated=1.0, corroborated=1.0, mentioned=1.0),
    "dense alone": replace(WEIGHTS, lexical_candidates=0, lexical=0.0, late=0.0, dense=1.0),
    "BM25 alone": replace(WEIGHTS, dense_candidates=0, dense=0.0, lexical=1.0, late=0.0),
}
