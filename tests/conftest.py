"""What all tests share: property tests judge what the code does, not how busy the machine is."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # The same examples at every run of CI: a failure there must be one that the change made.
    derandomize="CI" in os.environ,
)
settings.load_profile("steady")

# Tests use an encoder of their own (toy.py), for which no judgement "nobody" is calibrated; those
# marked "model" name the real one.
os.environ["COMPETENZE_MODEL"] = "toy"
