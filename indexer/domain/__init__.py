"""The types of the domain. They import nothing else from the project; all values are immutable."""

from indexer.domain.documents import (
    CARD,
    DECLARES,
    Block,
    Document,
    DocumentKind,
    Level,
    Organisation,
    OrganisationLink,
    ParsedText,
    Part,
    Passage,
    Role,
    Statement,
)
from indexer.domain.encoding import Encoded, Encoder, Vectors
from indexer.domain.period import Period
from indexer.domain.places import Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.domain.report import (
    BuildReport,
    CooperativeSummary,
    Problem,
    Reason,
    Severity,
    UnknownCompetence,
)

__all__ = [
    "CARD",
    "DECLARES",
    "Block",
    "BuildReport",
    "CooperativeSummary",
    "Document",
    "DocumentKind",
    "Encoded",
    "Encoder",
    "Level",
    "Organisation",
    "OrganisationLink",
    "ParsedText",
    "Part",
    "Passage",
    "Period",
    "Place",
    "PlaceLevel",
    "PlaceMention",
    "PlaceRelation",
    "Problem",
    "Reason",
    "Role",
    "Severity",
    "Statement",
    "UnknownCompetence",
    "Vectors",
]
