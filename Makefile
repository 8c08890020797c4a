# Two commands on a fresh machine: `make serve` and `make test`. Each does its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on
export TOKENIZERS_PARALLELISM := false

.DEFAULT_GOAL := help
.PHONY: help serve index test lint format evaluate bench torture lock audit sbom clean

help: ## show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The stamp changes with the lock file, so that an unchanged set-up costs nothing.
$(VENV)/.installed: requirements.lock torch.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@echo "==> Making a virtual environment in $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module is missing: on Debian and Ubuntu install python3-venv."; exit 1; }
	@echo "==> Installing the pinned dependencies (some minutes the first time)"
	@$(PIP_INSTALL) --require-hashes --no-deps --requirement requirements.lock
	@$(PIP_INSTALL) --requirement torch.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

index: $(VENV)/.installed ## index corpus/ (only what changed)
	@echo "==> Indexing the corpus"
	@$(BIN)/python -m indexer build; status=$$?; test $$status -le 1

serve: index ## index corpus/ and serve on http://127.0.0.1:8000
	@echo "==> Starting the service"
	@exec $(BIN)/python -m search_service serve

test: $(VENV)/.installed ## run every check
	@echo "==> Style"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "==> Types"
	@$(BIN)/mypy
	@echo "==> Rooms"
	@$(BIN)/lint-imports --no-logo
	@echo "==> Dependencies"
	@$(BIN)/python -m pip --disable-pip-version-check check && $(BIN)/python -m tools.licences
	@echo "==> Tests"
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed ## style and types only
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: $(VENV)/.installed ## put the code in the house's style
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

evaluate: index ## measure the search on the project's own topics
	@$(BIN)/python -m search_service evaluate --topics tests/evaluation/topics.jsonl

bench: $(VENV)/.installed ## measure time and memory
	@$(BIN)/python -m tools.bench

torture: $(VENV)/.installed ## kill, damage and fill up the index in every way
	@$(BIN)/python -m tools.torture

lock: $(VENV)/.installed ## lock what pyproject.toml asks for; newer versions: make lock RAISE="fastapi lxml"
	@$(BIN)/uv pip compile --quiet $(addprefix --upgrade-package=,$(RAISE)) \
	  --output-file requirements.lock pyproject.toml

audit: $(VENV)/.installed ## look the dependencies up among known vulnerabilities
	@$(BIN)/python -m tools.audit

sbom: $(VENV)/.installed ## list what the service runs on in var/sbom.json (CycloneDX)
	@$(BIN)/python -m tools.sbom

clean: ## remove the environment and the index
	rm -rf $(VENV) var
