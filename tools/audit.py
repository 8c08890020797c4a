"""Look the locked dependencies up among known vulnerabilities: python -m tools.audit.

Ends with 1 where one is found that [tool.audit] of pyproject.toml does not accept, and with 2 where
pip-audit cannot do its work. Where the service that knows them cannot be asked, it says so and ends
with 0: a machine without it can still be worked on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.dependencies import locked, project

_UNREACHABLE = ("requests.exceptions.", "ServiceError", "ConnectionError")


def verdict(report: dict[str, Any]) -> tuple[list[str], int]:
    """What there is to say of pip-audit's report, and the status to end with.

    A service may answer and know none of the packages (a mirror without that part): pip-audit then
    finds no vulnerability, and nothing has been looked at.
    """
    entries = report["dependencies"]
    unknown = [entry["name"] for entry in entries if "skip_reason" in entry]
    lines = [
        f"{entry['name']} {entry['version']}: {found['id']}, "
        f"mended in {', '.join(found['fix_versions']) or 'no version yet'}"
        for entry in entries
        for found in entry.get("vulns", ())
    ]
    if lines:
        remedy = "Raise the version (docs/operation.md), or accept it in pyproject.toml, with why."
        return [*lines, remedy], 1
    if len(unknown) == len(entries):
        return ["!!! NOT AUDITED: the service here knows none of the packages."], 0
    if unknown:
        lines = [f"!!! Not audited, unknown to the service: {', '.join(unknown)}."]
    return [*lines, f"No known vulnerability in {len(entries) - len(unknown)} packages."], 0


def ended(output: str, errors: str) -> tuple[list[str], int]:
    """The verdict on what pip-audit printed, as a report or as the error it died of."""
    if output.strip():
        return verdict(json.loads(output))
    last = errors.strip().splitlines()[-1:] or ["pip-audit printed nothing"]
    if any(sign in errors for sign in _UNREACHABLE):
        return [f"!!! NOT AUDITED: the service cannot be reached. {last[0][:200]}"], 0
    return [f"pip-audit failed: {last[0]}"], 2


def main() -> int:
    """Run pip-audit on the locked versions, print the verdict and return the status."""
    accepted = project()["tool"]["audit"]["accepted"]
    for entry in accepted:
        print(f"Accepted on {entry['date']}: {entry['id']}, {entry['why']}")
    with tempfile.TemporaryDirectory() as folder:
        # Without the hashes: pip-audit wants one for all or for none, and torch has none.
        names = Path(folder, "locked.txt")
        names.write_text("".join(f"{pin.requirement}\n" for pin in locked()), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(names), "--no-deps"]
        command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
        command += [word for entry in accepted for word in ("--ignore-vuln", entry["id"])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines, status = ended(done.stdout, done.stderr)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main())
