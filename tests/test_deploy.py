"""The units of deploy/: commands and settings that exist, and no more rights than needed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from indexer.settings import PREFIX
from search_service.settings import ServiceSettings
from tests.test_documented import PROGRAMS

ROOT = Path(__file__).parent.parent
SERVICES = sorted((ROOT / "deploy").glob("*.service"))
TIMERS = sorted((ROOT / "deploy").glob("*.timer"))
MANUAL = (ROOT / "docs" / "install" / "server.md").read_text("utf-8")


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


def test_there_are_units() -> None:
    assert {unit.stem for unit in SERVICES} >= {"competenze-serve@", "competenze-build"}
    assert [unit.stem for unit in TIMERS] == ["competenze-backup", "competenze-build"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_runs_a_command_that_exists(unit: Path) -> None:
    (command,) = values(unit, "ExecStart")
    _, flag, program, *arguments = command.split()
    assert flag == "-m"
    PROGRAMS[program][arguments[0]].make_context(arguments[0], arguments[1:])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_sets_only_settings_that_exist(unit: Path) -> None:
    names = {value.partition("=")[0] for value in values(unit, "Environment")}
    known = {PREFIX + name.upper() for name in ServiceSettings.model_fields}
    assert names <= known


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_has_the_fewest_rights(unit: Path) -> None:
    for key, value in {
        "DynamicUser": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateDevices": "yes",
        "PrivateMounts": "yes",
        "UMask": "0077",
        "RestrictSUIDSGID": "yes",
        "SystemCallArchitectures": "native",
        "ReadOnlyPaths": "/srv/competenze/corpus",
    }.items():
        assert values(unit, key) == [value], key
    if "serve" not in unit.stem:
        assert values(unit, "PrivateNetwork") == ["yes"], "indexing needs no network"


@pytest.mark.parametrize("unit", TIMERS, ids=lambda unit: unit.stem)
def test_a_timer_has_its_service(unit: Path) -> None:
    assert unit.with_suffix(".service") in SERVICES
    assert values(unit, "OnCalendar")


@pytest.mark.parametrize("unit", [*SERVICES, *TIMERS], ids=lambda unit: unit.name)
def test_units_are_documented(unit: Path) -> None:
    assert unit.stem in MANUAL


def test_the_proxies_ask_the_ports_that_the_instances_listen_on() -> None:
    (port,) = [
        value.partition("=")[2]
        for value in values(ROOT / "deploy" / "competenze-serve@.service", "Environment")
        if value.startswith("COMPETENZE_PORT=")
    ]
    for name in ("Caddyfile", "nginx.conf", "rolling-restart"):
        text = (ROOT / "deploy" / name).read_text("utf-8")
        asked = {
            re.sub(r"\$instance$", "%i", found) for found in re.findall(r":(800\S+?)[;/ ]", text)
        }
        assert asked == ({port} if name == "rolling-restart" else {"8001", "8002"}), name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in (*SERVICES, *TIMERS):
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.M)
        (tmp_path / unit.name).write_text(text)
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "competenze" in line] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_systemd_finds_little_exposed(unit: Path) -> None:
    limit = "15" if "serve" in unit.stem else "6"  # in tenths, of 100; versions differ
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold", limit, str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
