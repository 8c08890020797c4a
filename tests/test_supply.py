"""What the project depends on: locked with hashes, of allowed licences, audited."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.markers import Environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import audit

ROOT = Path(__file__).parent.parent
LOCKS = [(ROOT / name).read_text("utf-8") for name in ("requirements.lock", "torch.lock")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


class Pin(NamedTuple):
    requirement: Requirement
    hashes: list[str]


def pins(lock: str) -> list[Pin]:
    """The entries of a lock file: `name==version ; marker \\` and a line for each hash."""
    entries = re.findall(r"^([^\s#][^\\\n]*)((?: \\\n    --hash=\S+)*)$", lock, re.MULTILINE)
    return [Pin(Requirement(name), re.findall(r"--hash=(\S+)", rest)) for name, rest in entries]


PINS = [pin for lock in LOCKS for pin in pins(lock)]
PINNED = {canonicalize_name(pin.requirement.name): pin.requirement for pin in PINS}
EXTRAS = PROJECT["optional-dependencies"].values()
ASKED = [Requirement(line) for lines in (PROJECT["dependencies"], *EXTRAS) for line in lines]


def version(requirement: Requirement) -> str:
    (only,) = requirement.specifier
    assert only.operator == "=="
    return only.version


# --- the lock


def test_each_dependency_is_locked_at_a_version_that_it_allows() -> None:
    missing = [
        str(asked)
        for asked in ASKED
        if not asked.specifier.contains(version(PINNED[canonicalize_name(asked.name)]))
    ]
    assert missing == [], "make lock"


def test_each_entry_but_torch_has_hashes() -> None:
    assert {pin.requirement.name for pin in PINS if not pin.hashes} == {"torch"}
    hashes = [each for pin in PINS for each in pin.hashes]
    assert len(hashes) == sum(lock.count("--hash=") for lock in LOCKS) > 2000
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)


def test_no_entry_occurs_twice_for_one_python() -> None:
    assert len({(p.requirement.name, str(p.requirement.marker)) for p in PINS}) == len(PINS)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_lock_covers_every_system_and_python(system: str, python: str) -> None:
    here: Environment = {
        "sys_platform": system,
        "os_name": "nt" if system == "win32" else "posix",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": "x86_64",
    }  # type: ignore[typeddict-item]
    for asked in ASKED:
        marker = PINNED[canonicalize_name(asked.name)].marker
        assert marker is None or marker.evaluate(here), asked


def test_cuda_packages_are_not_locked() -> None:
    assert [name for name in PINNED if name.startswith(("nvidia", "cuda", "triton"))] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_option(lock: str) -> None:
    for line in lock.splitlines():
        assert "://" not in line
        assert not line.startswith("-"), line


# --- licences


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("License: MIT License", True),
        ("License-Expression: MPL-2.0 AND MIT", True),
        ("License-Expression: AGPL-3.0-only", False),
        ("License-Expression: MIT AND GPL-2.0-only", False),
        ("Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("Summary: says nothing", False),
    ],
)
def test_a_licence_that_is_not_listed_is_refused(tmp_path: Path, said: str, allowed: bool) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "some-1.dist-info").mkdir()
    metadata = f"Metadata-Version: 2.4\nName: some\nVersion: 1\n{said}\n"
    (site / "some-1.dist-info" / "METADATA").write_text(metadata, encoding="utf-8")
    command = [sys.executable, "-m", "piplicenses", "--python", str(home / "bin" / "python")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is allowed
    assert ("for package some:1" in done.stderr) is not allowed


# --- known vulnerabilities


def test_a_vulnerability_fails_and_names_the_package_and_the_fix() -> None:
    found = {"name": "b", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    report = {"dependencies": [{"name": "a", "version": "2", "vulns": []}, found]}
    (line,), status = audit.verdict(json.dumps(report), "Found 1 known vulnerability")
    assert status == 1
    assert line.startswith("b 1.0: ")
    assert "PYSEC-1" in line
    assert "1.1" in line


def test_packages_unknown_to_the_service_are_not_reported_as_safe() -> None:
    known = {"name": "a", "version": "1", "vulns": []}
    unknown = {"name": "b", "skip_reason": "Dependency not found"}
    safe = (["No known vulnerability in 1 packages."], 0)
    assert audit.verdict(json.dumps({"dependencies": [known]}), "") == safe
    for entries in ([known, unknown], [unknown]):
        (line,), status = audit.verdict(json.dumps({"dependencies": entries}), "")
        assert line == f"!!! NOT AUDITED: the service does not know 1 of {len(entries)}."
        assert status == 0


def test_an_unreachable_service_is_reported_and_any_other_failure_fails(tmp_path: Path) -> None:
    nobody_listens = "http://127.0.0.1:9"
    settings = {"https_proxy": nobody_listens, "HTTPS_PROXY": nobody_listens, "no_proxy": ""}
    environment = os.environ | settings | {"NO_PROXY": "", "PIP_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tools.audit"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("!!! NOT AUDITED: ")
    assert done.returncode == 0
    assert audit.verdict("", "ERROR: bad line\n") == (["!!! NOT AUDITED: ERROR: bad line"], 2)
