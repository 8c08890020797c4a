"""What the project stands on: locked whole, of a licence that is allowed, listed and looked up."""

from __future__ import annotations

import json
import sys
import venv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import audit, licences, sbom
from tools.dependencies import Pin, locked, pins, project, requirements

ROOT = Path(__file__).parent.parent
PINS = locked()
PINNED = {canonicalize_name(pin.requirement.name): pin for pin in PINS}
TABLE = project()["tool"]
POLICY = licences.Policy.read(TABLE["licences"])


def version(pin: Pin) -> str:
    (only,) = pin.requirement.specifier
    assert only.operator == "=="
    return only.version


# --- the lock


def test_each_dependency_is_locked_at_a_version_that_it_may_have() -> None:
    missing = [
        str(asked)
        for asked in requirements()
        if not asked.specifier.contains(version(PINNED[canonicalize_name(asked.name)]))
    ]
    assert missing == [], "make lock"


def test_each_entry_is_hashed_but_torch() -> None:
    assert {pin.requirement.name for pin in PINS if not pin.hashes} == {"torch"}
    hashes = [each for pin in PINS for each in pin.hashes]
    assert len(hashes) > 2000
    assert all(len(each) == len("sha256:") + 64 for each in hashes)


def test_no_entry_is_there_twice_for_one_python() -> None:
    assert len({(p.requirement.name, str(p.requirement.marker)) for p in PINS}) == len(PINS)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_lock_is_for_every_system_and_python(system: str, python: str) -> None:
    here: Environment = {
        "sys_platform": system,
        "os_name": "nt" if system == "win32" else "posix",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": "x86_64",
    }  # type: ignore[typeddict-item]
    for asked in requirements():
        marker = PINNED[canonicalize_name(asked.name)].requirement.marker
        assert marker is None or marker.evaluate(here), asked


def test_what_cuda_needs_is_forced_on_nobody() -> None:
    assert [name for name in PINNED if name.startswith(("nvidia", "cuda", "triton"))] == []


@pytest.mark.parametrize("name", ["requirements.lock", "torch.lock"])
def test_a_lock_names_no_host_and_no_option(name: str) -> None:
    for line in (ROOT / name).read_text("utf-8").splitlines():
        assert "://" not in line
        assert not line.startswith("-"), line


def test_an_entry_is_read_with_its_marker_and_hashes() -> None:
    text = (
        "# made\n"
        "a==1 ; sys_platform == 'win32' \\\n    --hash=x:1 \\\n    --hash=x:2\n    # via b\n"
        "b==2\n"
    )
    one, two = pins(text)
    assert (one.requirement.name, str(one.requirement.marker)) == ("a", 'sys_platform == "win32"')
    assert (one.hashes, two.hashes, version(two)) == (("x:1", "x:2"), (), "2")


# --- licences


def test_a_copyleft_licence_is_refused_and_an_unknown_one_named(tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    site = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    for name, said in {
        "strict": "License-Expression: AGPL-3.0-only",
        "older": "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        "choice": "License-Expression: GPL-2.0-only OR MIT",
        "both": "License-Expression: MIT AND GPL-2.0-only",
        "silent": "Summary: says nothing",
        "good": "License: MIT License",
    }.items():
        made = site / f"{name}-1.dist-info"
        made.mkdir(parents=True)
        made.joinpath("METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\n{said}\n", encoding="utf-8"
        )
    found = licences.installed(str(home / "bin" / "python"))
    assert len(found) == 6
    assert sorted(licences.complaints(POLICY, found)) == [
        "both: not allowed, or not known: 'MIT AND GPL-2.0-only'",
        "older: not allowed, or not known: 'GNU General Public License v3 (GPLv3)'",
        "silent: not allowed, or not known: 'UNKNOWN'",
        "strict: not allowed, or not known: 'AGPL-3.0-only'",
    ]


@given(
    st.sampled_from(sorted(POLICY.allowed)),
    st.sampled_from(["AGPL-3.0-or-later", "GPL-2.0-only", "SSPL-1.0", "UNKNOWN", "MITT"]),
)
def test_and_needs_all_and_or_needs_one(good: str, bad: str) -> None:
    assert not POLICY.complaint("x", good)
    assert not POLICY.complaint("x", f"{bad} OR {good}")
    assert POLICY.complaint("x", f"{good} AND {bad}")
    assert POLICY.complaint("x", f"{good}; {bad}")
    assert POLICY.complaint("x", bad)


@given(
    st.text()
    | st.lists(st.sampled_from(["MIT", "AND", "OR", "WITH", "(", ")", "GPL", ";"])).map(" ".join)
)
def test_what_metadata_says_may_be_anything_and_names_a_licence_to_be_allowed(said: str) -> None:
    if not POLICY.complaint("x", said):
        assert any(each in said for each in POLICY.allowed | POLICY.means.keys())


def test_what_was_read_by_hand_holds_while_the_metadata_says_the_same() -> None:
    assert not POLICY.complaint("axe_playwright_python", "UNKNOWN")
    assert POLICY.complaint("axe_playwright_python", "AGPL-3.0-only")
    assert POLICY.complaint("other", "UNKNOWN")


def test_what_was_read_by_hand_has_its_reason_and_date() -> None:
    for name, entry in TABLE["licences"]["by-hand"].items():
        assert "*" in name or canonicalize_name(name) in PINNED, "it is gone: take it out"
        assert entry["why"]
        assert isinstance(entry["date"], date)


# --- known vulnerabilities


def report(**found: list[str] | None) -> dict[str, object]:
    """A report as pip-audit writes it: for each package its vulnerabilities, None for skipped."""
    return {
        "dependencies": [
            {"name": name, "skip_reason": "Dependency not found"}
            if ids is None
            else {
                "name": name,
                "version": "1.0",
                "vulns": [{"id": each, "fix_versions": ["1.1"]} for each in ids],
            }
            for name, ids in found.items()
        ]
    }


def test_a_vulnerability_fails_and_says_what_mends_it() -> None:
    lines, status = audit.verdict(report(a=[], b=["PYSEC-1"], c=None))
    assert (lines[0], status) == ("b 1.0: PYSEC-1, mended in 1.1", 1)


def test_nothing_found_is_not_the_same_as_nothing_looked_up() -> None:
    assert audit.verdict(report(a=[], b=[])) == (["No known vulnerability in 2 packages."], 0)
    assert audit.verdict(report(a=[], b=None)) == (
        [
            "!!! Not audited, unknown to the service: b.",
            "No known vulnerability in 1 packages.",
        ],
        0,
    )
    (line,), status = audit.verdict(report(a=None, b=None))
    assert line.startswith("!!! NOT AUDITED")
    assert status == 0


def test_a_service_that_is_not_there_is_said_and_another_failure_fails() -> None:
    unreachable = "Traceback\nrequests.exceptions.ConnectionError: no route\n"
    assert audit.ended("", unreachable)[0][0].startswith("!!! NOT AUDITED")
    assert audit.ended("", unreachable)[1] == 0
    assert audit.ended("", "ERROR: bad line\n") == (["pip-audit failed: ERROR: bad line"], 2)
    assert audit.ended(json.dumps(report(a=["X"])), "found 1")[1] == 1


def test_pip_audit_is_asked_rightly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path))
    assert audit.main() == 0
    assert "NOT AUDITED: the service cannot be reached" in capsys.readouterr().out


def test_what_is_accepted_has_its_reason_and_date() -> None:
    for entry in TABLE["audit"]["accepted"]:
        assert entry["id"]
        assert entry["why"]
        assert isinstance(entry["date"], date)


# --- the list of what the service runs on


@pytest.fixture(scope="module")
def environment() -> dict[str, object]:
    return sbom.environment()


def names(bom: dict[str, object]) -> set[str]:
    return {str(canonicalize_name(entry["name"])) for entry in bom["components"]}  # type: ignore


def test_the_list_has_what_runs_and_not_what_develops(environment: dict[str, object]) -> None:
    asked = requirements(without=("dev",))
    bom = sbom.needed(environment, asked)
    assert names(bom) >= {canonicalize_name(each.name) for each in asked} | {"torch", "mpmath"}
    assert names(bom) & {"pytest", "pluggy", "ruff", "playwright", "uv", "hatchling"} == set()
    refs = {entry["bom-ref"] for entry in bom["components"]} | {"root-component"}
    assert {entry["ref"] for entry in bom["dependencies"]} == refs
    assert {to for entry in bom["dependencies"] for to in entry.get("dependsOn", ())} < refs


def test_a_list_is_valid_and_a_wrong_one_is_not(environment: dict[str, object]) -> None:
    bom = sbom.needed(environment, [Requirement("uvicorn"), Requirement("pypdf[crypto]")])
    assert names(bom) == {"uvicorn", "click", "h11", "pypdf", "cryptography", "cffi", "pycparser"}
    assert sbom.fault(json.dumps(bom)) == ""
    del bom["components"][0]["name"]
    assert "name" in sbom.fault(json.dumps(bom))
