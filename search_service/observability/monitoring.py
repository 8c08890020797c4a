"""Names that monitoring relies on, apart so that nothing else is loaded with them."""

from __future__ import annotations

HEALTH = frozenset({"/healthz", "/readyz"})  # the paths of probes
# The variable that prometheus_client reads on import: the folder in which several processes share
# their counts.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
