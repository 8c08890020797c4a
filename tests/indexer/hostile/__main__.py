"""All hostile files among 200 good ones within the real limits; prints one JSON object."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from indexer.parsing.sandbox.client import ParseLimits
from tests.indexer.hostile.drill import FILES, drill


def main() -> int:
    """Run it: the exit status is 0 when all are bounded, reported and no good one lost."""
    limits = ParseLimits()
    with tempfile.TemporaryDirectory() as folder:
        done = drill(
            Path(folder), FILES, good=200, seconds=limits.seconds, megabytes=limits.megabytes
        )
    result = {
        "hostile": len(done.hostile),
        "unreported": sorted(done.unreported),
        "wrong_reason": sorted(done.wrong),
        "without_remedy": sorted(p.path for p in done.problems if not p.remedy),
        "good": len(done.good),
        "good_indexed": len(done.good & done.indexed),
        "reasons": dict(sorted(Counter(p.reason for p in done.problems).items())),
        "seconds": round(done.seconds, 1),
        "slowest_file_seconds": round(done.slowest[0], 1),
        "slowest_file": done.slowest[1],
        "largest_process_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    print(json.dumps(result, indent=1))
    held = done.slowest[0] < limits.seconds + 5
    return 0 if held and not (done.unreported or done.wrong or done.lost) else 1


if __name__ == "__main__":
    sys.exit(main())
