"""The environment of what the product is compared with, and of the plot: ``var/bench/venv``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.bench import ROOT

FOLDER = ROOT / "var" / "bench"
_PACKAGES = ("txtai==9.14.0", "matplotlib==3.11.2")
_TORCH = ROOT / "torch.lock"  # the version that the product has, too


def interpreter() -> Path:
    """The interpreter of the environment, which is made where it is missing or has other versions.

    Raises:
        CalledProcessError: A package cannot be installed.
    """
    python, stamp = FOLDER / "venv" / "bin" / "python", FOLDER / "venv" / "installed"
    wanted = "\n".join(_PACKAGES)
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        print("==> Installing", *_PACKAGES, "in", FOLDER, file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", _TORCH, *_PACKAGES], check=True, stdout=sys.stderr)
        stamp.write_text(wanted, encoding="utf-8")
    return python
