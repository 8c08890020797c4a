"""What import contracts cannot say: a fast start, and data that is never run."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.embedding.bundled_model import prepare_bundled_model
from indexer.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("indexer", "search_service")
HEAVY = (
    *("torch", "transformers", "sentence_transformers", "huggingface_hub", "tokenizers"),
    *("onnx", "onnxruntime", "faiss"),
)
RUNS_WHAT_IT_READS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code"}


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path
    tree: ast.Module

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


def _sources(*folders: str) -> list[Source]:
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [Source(path, ast.parse(path.read_text("utf-8"))) for path in files]


SOURCES = _sources(*PACKAGES)


def _fail(broken: list[str], why: str) -> None:
    assert not broken, why + "\n  " + "\n  ".join(sorted(set(broken)))


_STARTS = """
import sys
import {modules}
found = [name for name in {unwanted!r} if name in sys.modules]
sys.exit(", ".join(found) or 0)
"""


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        (
            "indexer.cli.main, indexer.pipeline.build",
            (*HEAVY, "pypdf", "pypdfium2", "openpyxl", "lxml"),
        ),
        (
            "indexer.parsing.sandbox.worker",
            (*HEAVY, "pypdf", "pypdfium2", "openpyxl", "lxml", "pydantic", "scipy"),
        ),
        (
            "search_service.cli.main, search_service.server.app",
            (
                "torch",
                "transformers",
                "scipy",
                "pypdf",
                "pypdfium2",
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


_ANSWERS = """
import sys
import search_service.cli.main, search_service.server.app
from indexer.embedding.encoder import load_encoder
from search_service.settings import ServiceSettings
settings = ServiceSettings(model="multilingual-e5-small", encoder_threads=1)
encoder = load_encoder(settings)
assert len(encoder.encode_query("chi fa reti?").vector) == encoder.dimension
found = [name for name in {unwanted!r} if name in sys.modules]
sys.exit(", ".join(found) or 0)
"""


@pytest.mark.model
def test_the_bundled_model_runs_without_torch() -> None:
    prepare_bundled_model(Settings().cache)
    program = _ANSWERS.format(
        unwanted=[name for name in HEAVY if name not in {"onnxruntime", "faiss"}]
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"encoding a question loaded {done.stderr.strip()}"


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


def _public_functions(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, list[str]]]:
    """Public functions and methods with the names of their parameters, without ``self``."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method, names in _public_functions(node.body):
                yield method, [name for name in names if name not in {"self", "cls"}]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            if _is_command(node):
                continue
            a = node.args
            listed = [*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg]
            yield node, [one.arg for one in listed if one is not None]


def _is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is a command: its docstring is the command's help, as are its options'."""
    made_by = [ast.unparse(decorator) for decorator in function.decorator_list]
    takes = [ast.unparse(one.annotation) for one in function.args.args if one.annotation]
    return any(".command(" in name for name in made_by) or "typer.Context" in takes


def test_functions_with_several_parameters_explain_each_of_them() -> None:
    broken = []
    for source in _sources(*PACKAGES, "tools"):
        for function, names in _public_functions(source.tree.body):
            _, _, section = (ast.get_docstring(function) or "").partition("Args:\n")
            missing = [name for name in names if f"    {name}: " not in section]
            if len(names) > 2 and missing:
                broken.append(f"{source.at(function)} {function.name}: {', '.join(missing)}")
    _fail(broken, "A docstring names the parameters of a public function with more than two.")
