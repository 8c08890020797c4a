"""The built wheel, installed in an environment of its own, does the whole job."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROFILE = """---
name: Prova soc. coop.
seat: Modena
competencies: [data engineering]
---
Costruiamo flussi di dati per le cooperative.
"""
ASK_THE_PAGE = """
from fastapi.testclient import TestClient
from pathlib import Path
from indexer.embedding.encoder import load_encoder
from search_service.settings import read_service_settings
from search_service.server.app import create_app
from search_service.live.live_index import ServiceState
import indexer, search_service
settings = read_service_settings()
state = ServiceState(settings.index, load_encoder(settings))
state.refresh()
page = TestClient(create_app(state, settings)).get("/", params={"q": "data engineering a Modena"})
assert page.status_code == 200, page.text
assert "Prova" in page.text
print("packages:", Path(indexer.__file__).parent, Path(search_service.__file__).parent)
"""


def run(arguments: list[str], folder: Path, **environment: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("COMPETENZE_", "PYTHON"))}
    done = subprocess.run(
        arguments,
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    run([*build, str(ROOT)], folder)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_carries_templates_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "search_service/templates/base.html" in names
    assert "search_service/templates/static/site.css" in names
    assert "indexer/places/data/places.csv" in names
    assert "search_service/insights/data/regions.json" in names
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"indexer", "search_service"}


@pytest.mark.model
def test_the_wheel_alone_indexes_searches_and_serves(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    python = str(home / "bin" / "python")
    site = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home))
    site = Path(str(site).strip())
    with zipfile.ZipFile(wheel) as archive:  # what installing a pure wheel does
        archive.extractall(site)
    # The dependencies are those of the tests' own environment, which does not hold the project.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    corpus = tmp_path / "work" / "corpus" / "profiles"
    corpus.mkdir(parents=True)
    (corpus / "prova.md").write_text(PROFILE, encoding="utf-8")
    work = corpus.parents[1]

    assert "Published" in run([python, "-m", "indexer", "build"], work)
    question = "chi fa data engineering in Emilia-Romagna"
    assert "Prova" in run([python, "-m", "search_service", "search", question], work)
    packages = run([python, "-c", ASK_THE_PAGE], work)
    assert str(ROOT) not in packages
