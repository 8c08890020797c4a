"""Names that what watches the service relies on; they stand here so that nothing else is loaded."""

from __future__ import annotations

HEALTH = frozenset({"/healthz", "/readyz"})  # the paths of probes
# The variable that prometheus_client reads as it is imported: the folder in which several processes
# leave their counts for each other.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
