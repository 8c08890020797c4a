"""Write what the service runs on as a list in CycloneDX's JSON: python -m tools.sbom [FILE].

cyclonedx-bom lists the environment; what is there for developing alone is left out here. The same
environment gives the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.dependencies import ROOT, requirements

SCHEMA = SchemaVersion.V1_6


def environment() -> dict[str, Any]:
    """The list of all that is installed beside this interpreter, with the project at its root."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", sys.executable]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--spec-version", SCHEMA.to_version()]
    command += ["--output-reproducible", "--no-validate"]  # valid or not, it is cut down first
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def reached(asked: Iterable[Requirement]) -> set[str]:
    """The canonical names of what is asked for and of all that it needs on this machine.

    cyclonedx-bom's own graph is of no use here: it takes what a library asks for in any of its
    extras for needed, its tests' tools included.
    """
    queue, seen = list(asked), set[tuple[str, str]]()
    while queue:
        requirement = queue.pop()
        for extra in {"", *requirement.extras}:
            if (key := (canonicalize_name(requirement.name), extra)) not in seen:
                seen.add(key)
                needs = map(Requirement, distribution(requirement.name).requires or ())
                queue += [
                    each
                    for each in needs
                    if not each.marker or each.marker.evaluate({"extra": extra})
                ]
    return {name for name, _ in seen}


def needed(bom: dict[str, Any], asked: Iterable[Requirement]) -> dict[str, Any]:
    """The list with what is asked for, and what that needs, alone."""
    names = reached(asked)
    components = [each for each in bom["components"] if canonicalize_name(each["name"]) in names]
    kept = {each["bom-ref"] for each in components} | {bom["metadata"]["component"]["bom-ref"]}
    graph = [
        {"ref": each["ref"], "dependsOn": [to for to in each.get("dependsOn", ()) if to in kept]}
        for each in bom["dependencies"]
        if each["ref"] in kept
    ]
    return bom | {"components": components, "dependencies": graph}


def fault(text: str) -> str:
    """What in a list CycloneDX's schema does not allow; "" for a valid one."""
    return str(JsonStrictValidator(SCHEMA).validate_str(text) or "")


def main(file: Path) -> int:
    """Write the list to a file, tell how long it is, and return the status."""
    bom = needed(environment(), requirements(without=("dev",)))
    text = json.dumps(bom, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if wrong := fault(text):
        print(f"Not written, as it is not valid CycloneDX: {wrong}")
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print(f"{len(bom['components'])} components: {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "sbom.json"))
