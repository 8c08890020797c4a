"""Counts the wrong names among those documented for judged questions, by what documents them.

    python -m tools.wrong_names --index var/network --topics questions.jsonl

A name is wrong if nobody judged it to have to do with the question; ``--names`` lists each.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from indexer.domain import DECLARES, DocumentKind, Part, Role
from indexer.embedding.encoder import load_encoder
from indexer.index.snapshot import load_current
from search_service.domain import Evidence, MatchReason, OrganisationHit
from search_service.evaluation.collections import JudgedTopic, read_topics
from search_service.evaluation.evaluate import DEPTH
from search_service.search.configured import searcher_factory
from search_service.search.searcher import Searcher
from search_service.settings import read_service_settings

CAUSES = (
    "events",
    "organised events",
    "shared case studies",
    "other case studies",
    "declared in the own profile",
    "wording of the own profile",
    "profiles of others",
    "filters or name alone",
)


def cause(hit: OrganisationHit) -> str:
    """What documents an organisation, as one of ``CAUSES``."""
    why, evidence = hit.why, hit.evidence[0]
    if why is None or why.reason in (MatchReason.FILTERS, MatchReason.NAMED):
        return "filters or name alone"
    kind = evidence.document.kind
    if kind is DocumentKind.EVENT:
        return "organised events" if why.part is Part.ORGANISES else "events"
    if kind is DocumentKind.CASE_STUDY:
        return "shared case studies" if _authors(evidence) > 1 else "other case studies"
    if hit.organisation.id not in _with_role(evidence, Role.SUBJECT):
        return "profiles of others"
    declared = why.reason is not MatchReason.WORDS and evidence.passage.text.startswith(
        DECLARES, why.start
    )
    return "declared in the own profile" if declared else "wording of the own profile"


def _with_role(evidence: Evidence, role: Role) -> list[str]:
    return [o.organisation for o in evidence.document.organisations if o.role is role]


def _authors(evidence: Evidence) -> int:
    return len(_with_role(evidence, Role.AUTHOR))


def wrong_names(
    topics: Sequence[JudgedTopic], searcher: Searcher
) -> Iterator[tuple[JudgedTopic, OrganisationHit | None]]:
    """Each documented name with its topic: ``None`` for one that is right or related."""
    for topic in topics:
        answer = searcher.search(searcher.understand(topic.text), limit=DEPTH)
        for hit in answer.documented:
            related = topic.relevant.get(hit.organisation.name, 0) > 0
            yield topic, None if related else hit


def main() -> None:
    """Print the counts as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--topics", type=Path, required=True)
    parser.add_argument("--names", action="store_true", help="list each wrong name")
    options = parser.parse_args()
    settings = read_service_settings(index=options.index)
    generation, _ = load_current(settings.index)
    searcher = searcher_factory(settings)(generation, load_encoder(settings))
    found = list(wrong_names(read_topics(options.topics), searcher))
    wrong = [(topic, hit) for topic, hit in found if hit is not None]
    counts = Counter(cause(hit) for _, hit in wrong)
    outcome = {
        "documented": len(found),
        "wrong": len(wrong),
        "by cause": {name: counts[name] for name in CAUSES},
    }
    print(json.dumps(outcome, indent=1))
    for topic, hit in wrong if options.names else ():
        print(f"{topic.id} {topic.text} | {hit.organisation.name} | {cause(hit)}")


if __name__ == "__main__":
    main()
