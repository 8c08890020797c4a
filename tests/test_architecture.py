"""Who may import whom, and what nobody may do: the rules that keep the code readable and safe.

The order of the layers is the data below. A new module goes into the lowest layer that is above
all it imports; if there is none, the rule or the module is wrong, and that is worth a thought.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("indexer", "search_service")

# Each module may import modules of the lines above its own, and none of its own line. A
# sub-package (parsing, places, chat) is one module here.
LAYERS = {
    "indexer": (
        "model",
        "errors",
        "settings language lexical sentences denials storage opening serialisation wire manifest "
        "sidecars",
        "visibility locking names places parsing vectors token_vectors bundled_model",
        "embedding embedding_cache corpus metadata passages worker isolation restrictions",
        "identities generation",
        "drafts",
        "catalogue verification forgotten traces",
        "levels history backup service_memory",
        "reading",
        "build restoring",
        "forgetting watching",
        "commands",
        "__main__",
    ),
    "search_service": (
        "model errors access addresses calendar_words no_times languages competencies trace",
        "uploads weights period_rules wording map question_language abroad",
        "periods tokens",
        "jobs job_runner fillers kinds certifications sectors spelling",
        "legal_forms",
        "known",
        "named exclusions chosen",
        "fusion aggregation query highlight ordering suggestions",
        "shelves retrieval relevance",
        "explain neighbours facets voting",
        "showings",
        "competence_pages dossier",
        "network",
        "searcher",
        "state entrance token_commands schemas links evaluation shortlist",
        "exports problems responses refusals",
        "administration api web chat terminal guard",
        "app doctor",
        "serving",
        "__main__",
    ),
}

# What of the indexer the service never imports: it would load PDF libraries and write indexes.
READS_FILES = set(
    "parsing worker isolation passages corpus reading build catalogue drafts metadata".split()
)
MAY_BUILD = {"evaluation"}  # it indexes a collection aside, through the product's own pipeline

# Libraries that one module wraps, so that they can be replaced, and their dangers watched, there.
ONLY_IN = {
    "faiss": {"indexer.index.dense"},
    "torch": {"indexer.embedding.encoder"},
    "transformers": {"indexer.embedding.encoder"},
    "sentence_transformers": {"indexer.embedding.encoder"},
    "huggingface_hub": {"indexer.embedding.encoder"},
    "tokenizers": {"indexer.embedding.encoder", "indexer.embedding.encoder.bundled_model"},
    "safetensors": {"indexer.embedding.encoder.bundled_model"},
    "bm25s": {"indexer.text.tokens"},
    "Stemmer": {"indexer.text.tokens"},
    "lingua": {"indexer.text.language"},
    "sqlite3": {
        "indexer.embedding.encoder.cache",
        "indexer.maintenance.erase_service_data",
        "search_service.chat",
        "search_service.auth.token_store",
    },
    "watchfiles": {"indexer.pipeline.watch"},
    "pydantic_settings": {"indexer.settings"},
    "stdnum": {"indexer.source.metadata"},
    "pypdf": {"indexer.parsing"},
    "docx": {"indexer.parsing"},
    "openpyxl": {"indexer.parsing", "search_service.web.shortlist_export"},
    "lxml": {"indexer.parsing"},
    "markdown_it": {"indexer.parsing"},
    "yaml": {"indexer.parsing", "search_service.evaluation.evaluate"},  # the latter only writes
    "jinja2": {"search_service.web"},
    "limits": {"search_service.chat", "search_service.http", "search_service.auth.middleware"},
    "prometheus_client": {"search_service.http"},
    "uvicorn": {"search_service.http", "search_service.server.run"},
    "telegram": {"search_service.chat"},
    "slack_bolt": {"search_service.chat"},
    "slack_sdk": {"search_service.chat"},
    "babel": {
        "search_service.presentation.languages",
        "search_service.presentation.labels",
        "search_service.chat.foreign_places",
    },
    "ir_measures": {"search_service.evaluation.evaluate"},
    "mcp": {"search_service.chat"},
    "mcp_types": {"search_service.chat"},
}
HEAVY = ("torch", "transformers", "sentence_transformers", "huggingface_hub", "tokenizers", "faiss")
RUNS_WHAT_IT_READS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code"}


@dataclass(frozen=True)
class Source:
    """One Python file: ``module`` is its name as a module, ``unit`` its place in LAYERS."""

    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.relative_to(ROOT).parts[0]

    @property
    def unit(self) -> str:
        return Path(self.path.relative_to(ROOT).parts[1]).stem

    @property
    def module(self) -> str:
        return f"{self.package}.{self.unit}"

    def at(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every import with the full dotted name of what is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.at(node)}: relative import; write the full name"
                for alias in node.names:
                    yield node, f"{node.module}.{alias.name}"

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the name that is called: ``f`` of ``f()`` and of ``x.y.f()``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name):
                    yield node, node.func.id
                elif isinstance(node.func, ast.Attribute):
                    yield node, node.func.attr


def _sources() -> list[Source]:
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [Source(path, ast.parse(path.read_text("utf-8"))) for path in files]


SOURCES = _sources()
LEVELS = {
    f"{package}.{unit}": level
    for package, layers in LAYERS.items()
    for level, units in enumerate(layers)
    for unit in units.split()
}


def _fail(broken: list[str], why: str) -> None:
    assert not broken, why + "\n  " + "\n  ".join(sorted(set(broken)))


def _own(name: str) -> str:
    """The module of ours that an imported name is, or is in: "indexer.places"; else ""."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return ""
    return ".".join(parts[:2])


def test_the_sources_are_found() -> None:
    modules = {source.module for source in SOURCES}
    assert {"indexer.domain", "indexer.places", "search_service.search.searcher"} <= modules
    assert any("indexer.errors" in name for s in SOURCES for _, name in s.imports())


def test_every_module_has_its_layer() -> None:
    _fail(
        [
            source.at(source.tree)
            for source in SOURCES
            if source.unit != "__init__" and source.module not in LEVELS
        ],
        "A module is in no layer. Add it to LAYERS in this file: into the lowest line that is "
        "above all that the module imports.",
    )
    missing = [m for m in LEVELS if m not in {s.module for s in SOURCES} and "chat" not in m]
    _fail(missing, "LAYERS names modules that do not exist (any more): remove them.")


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_down_the_layers(package: str) -> None:
    broken = []
    for source in SOURCES:
        if source.package != package or source.unit == "__init__":
            continue
        for node, name in source.imports():
            target = _own(name)
            if not target.startswith(f"{package}.") or target == source.module:
                continue
            if LEVELS.get(target, len(LEVELS)) >= LEVELS.get(source.module, 0):
                broken.append(f"{source.at(node)} imports {target}")
    _fail(
        broken,
        f"In {package}, a module imports one of its own layer or of a higher one (see LAYERS). "
        "The order is what lets a new person read one module at a time, and test it alone: move "
        "what is shared into a lower module, or pass it as an argument.",
    )


def test_the_model_imports_nothing_of_the_project() -> None:
    broken = [
        f"{source.at(node)} imports {name}"
        for source in SOURCES
        if source.module == "indexer.domain"
        for node, name in source.imports()
        if _own(name)
    ]
    _fail(broken, "indexer/model.py holds the words of the domain; everything stands on it.")


def test_the_indexer_never_imports_the_service() -> None:
    broken = [
        f"{source.at(node)} imports {name}"
        for source in SOURCES
        if source.package == "indexer"
        for node, name in source.imports()
        if name.split(".")[0] == "search_service"
    ]
    _fail(broken, "Data flows one way: the indexer writes an index, the service reads it.")


def test_the_service_never_imports_what_reads_files() -> None:
    broken = []
    for source in SOURCES:
        if source.package != "search_service":
            continue
        for node, name in source.imports():
            package, _, unit = _own(name).partition(".")
            allowed = unit == "build" and source.unit in MAY_BUILD
            if package == "indexer" and unit in READS_FILES and not allowed:
                broken.append(f"{source.at(node)} imports indexer.{unit}")
    _fail(
        broken,
        "The service answers from a published index. Code that parses untrusted files or writes "
        "an index has no place in a process that the network reaches.",
    )


def test_each_library_is_wrapped_in_one_place() -> None:
    broken = []
    for source in SOURCES:
        for node, name in source.imports():
            library = name.split(".")[0]
            if source.module not in ONLY_IN.get(library, {source.module}):
                broken.append(f"{source.at(node)} imports {library}: {ONLY_IN[library]} wraps it")
    _fail(
        broken,
        "A library is used outside the module that wraps it (ONLY_IN). Use the wrapper: there "
        "its formats are checked, and there it can be replaced.",
    )


def test_heavy_libraries_are_loaded_only_when_needed() -> None:
    """faiss may be imported by vectors.py, which is itself imported late."""
    broken = []
    for source in SOURCES:
        late = {
            id(node)
            for function in ast.walk(source.tree)
            if isinstance(function, ast.FunctionDef | ast.If)
            for node in ast.walk(function)
        }
        for node, name in source.imports():
            heavy = name.split(".")[0] in HEAVY and source.module != "indexer.index.dense"
            if (heavy or _own(name) == "indexer.index.dense") and id(node) not in late:
                broken.append(f"{source.at(node)} imports {name}")
    _fail(
        broken,
        "A library that takes seconds to load is imported with its module. Import it in the "
        "function that needs it: a build with nothing to do must end within two seconds.",
    )


_STARTS = """
import sys
import {modules}
found = [name for name in {unwanted!r} if name in sys.modules]
sys.exit(", ".join(found) or 0)
"""


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        ("indexer.cli.main, indexer.pipeline.build", (*HEAVY, "pypdf", "docx", "openpyxl", "lxml")),
        (
            "indexer.parsing.sandbox.worker",
            (*HEAVY, "pypdf", "docx", "openpyxl", "lxml", "pydantic", "bm25s"),
        ),
        (
            "search_service.cli.main, search_service.server.app",
            (
                "torch",
                "transformers",
                "pypdf",
                "docx",
                "openpyxl",
                "indexer.parsing",
                "mcp",
                "prometheus_client",
            ),
        ),
    ],
)
def test_starting_loads_nothing_heavy(modules: str, unwanted: tuple[str, ...]) -> None:
    """What the imports above say, seen from the outside."""
    program = _STARTS.format(modules=modules, unwanted=unwanted)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"importing {modules} loaded {done.stderr.strip()}"


def test_nothing_runs_what_it_reads() -> None:
    broken = []
    for source in SOURCES:
        for node, name in source.imports():
            if name.split(".")[0] in RUNS_WHAT_IT_READS:
                broken.append(f"{source.at(node)} imports {name}")
        for call, name in source.calls():
            is_builtin = isinstance(call.func, ast.Name)
            if is_builtin and name in {"eval", "exec", "compile", "__import__"}:
                broken.append(f"{source.at(call)} calls {name}")
            for keyword in call.keywords:
                value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
                if keyword.arg == "trust_remote_code":
                    broken.append(f"{source.at(call)} gives trust_remote_code")
                if keyword.arg == "allow_pickle" and value is not False:
                    broken.append(f"{source.at(call)} allows pickle")
    _fail(
        broken,
        "Files of a corpus, of an index and of a model are data: nothing that is read may ever "
        "be run (no pickle, no marshal, no eval or exec, no remote code).",
    )


def test_numpy_files_are_read_and_written_without_pickle() -> None:
    broken = [
        source.at(call)
        for source in SOURCES
        for call, name in source.calls()
        if name in {"load", "save"}
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"np", "numpy"}
        and "allow_pickle" not in {keyword.arg for keyword in call.keywords}
    ]
    _fail(broken, "np.load and np.save must say allow_pickle=False: np.save allows it by itself.")


def test_templates_escape_always_and_are_never_made_of_data() -> None:
    broken = []
    for source in SOURCES:
        for call, name in source.calls():
            values = {keyword.arg: keyword.value for keyword in call.keywords}
            escape = values.get("autoescape")
            if name == "Environment" and not (
                isinstance(escape, ast.Constant) and escape.value is True
            ):
                broken.append(f"{source.at(call)}: Environment without autoescape=True")
            if name in {"from_string", "Template", "Markup"}:
                broken.append(f"{source.at(call)} calls {name}")
    _fail(
        broken,
        "What a cooperative writes of itself is shown on our page: it is escaped by the template "
        "engine, always, and is never part of a template.",
    )


def test_yaml_is_loaded_by_a_safe_loader_only() -> None:
    broken = [
        source.at(call)
        for source in SOURCES
        for call, name in source.calls()
        if name in {"unsafe_load", "full_load", "load_all", "unsafe_load_all", "full_load_all"}
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "yaml"
    ]
    _fail(broken, "YAML can name Python objects: only a subclass of yaml.SafeLoader may read it.")
