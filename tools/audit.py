"""Look the locked versions up among known vulnerabilities (pip-audit): python -m tools.audit.

Packages unknown to the service, or no service at all, are reported loudly and fail nothing.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ACCEPTED: dict[str, str] = {}  # advisory: why it cannot be fixed yet, and the date
COMMAND = "-m pip_audit -r /dev/stdin --no-deps --disable-pip --progress-spinner off -f json"


def verdict(report: str, errors: str) -> tuple[list[str], int]:
    """The lines to print and the exit status, from pip-audit's report (JSON) and errors."""
    if not report:
        lost = re.search(r"ConnectionError|ProxyError|Timeout|ServiceError", errors)
        return [f"!!! NOT AUDITED: {errors.strip().splitlines()[-1]}"], 0 if lost else 2
    entries = json.loads(report)["dependencies"]
    lines = [f"{e['name']} {e['version']}: {v}" for e in entries for v in e.get("vulns", ())]
    status = 1 if lines else 0
    if unknown := sum("skip_reason" in entry for entry in entries):
        lines.append(f"!!! NOT AUDITED: the service does not know {unknown} of {len(entries)}.")
    return lines or [f"No known vulnerability in {len(entries)} packages."], status


if __name__ == "__main__":
    locks = "".join(Path(name).read_text("utf-8") for name in ("requirements.lock", "torch.lock"))
    pins = "\n".join(re.findall(r"^[^\s#]+==[^\\\n]+", locks, re.MULTILINE))
    command = [sys.executable, *COMMAND.split(), *(f"--ignore-vuln={each}" for each in ACCEPTED)]
    done = subprocess.run(command, input=pins, capture_output=True, text=True, check=False)
    said, status = verdict(done.stdout, done.stderr)
    print("\n".join(said))
    sys.exit(status)
