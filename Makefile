# A fresh machine needs two commands, `make serve` and `make test`. Each installs what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on
export TOKENIZERS_PARALLELISM := false

.DEFAULT_GOAL := help
.PHONY: help serve index test test-slow lint format evaluate bench torture lock licences audit sbom docs clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The stamp is newer than the lock files once they are installed, so an unchanged environment costs nothing.
$(VENV)/.installed: requirements.lock torch.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. To choose one: make PYTHON=python3.12 ..."; exit 1; }
	@echo "==> Making a virtual environment in $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module is missing: on Debian and Ubuntu install python3-venv."; exit 1; }
	@echo "==> Installing the pinned dependencies (some minutes the first time)"
	@$(PIP_INSTALL) --require-hashes --no-deps --requirement requirements.lock
	@$(PIP_INSTALL) --requirement torch.lock
	@touch $@

index: $(VENV)/.installed ## index corpus/ (only what changed)
	@echo "==> Indexing the corpus"
	@$(BIN)/python -m indexer build; status=$$?; test $$status -le 1

serve: index ## index corpus/ and serve on http://127.0.0.1:8000
	@echo "==> Starting the service"
	@exec $(BIN)/python -m search_service serve

# A test with one of these markers takes seconds or needs a program of the system.
SLOW := browser or model or platform or process

test: $(VENV)/.installed ## check what a change commonly breaks (5 minutes on two cores)
	@echo "==> Style"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "==> Types"
	@$(BIN)/mypy
	@echo "==> Rooms"
	@$(BIN)/lint-imports --no-logo
	@echo "==> Dependencies"
	@$(BIN)/python -m pip --disable-pip-version-check check
	@$(MAKE) --no-print-directory licences
	@echo "==> Tests"
	@$(BIN)/python -m pytest -n auto -m "not torture and not ($(SLOW))"

test-slow: $(VENV)/.installed ## run the tests that `make test` leaves out
	@$(BIN)/python -m pytest -n auto -m "not torture and ($(SLOW))"

lint: $(VENV)/.installed ## style and types only
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: $(VENV)/.installed ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

evaluate: index ## measure the search on the project's own topics
	@$(BIN)/python -m search_service evaluate --topics tests/evaluation/topics.jsonl

bench: $(VENV)/.installed ## measure time and memory, beside txtai, up to a million passages (an hour)
	@$(BIN)/python -m tools.bench

torture: $(VENV)/.installed ## kill, corrupt and fill up the index in every way (minutes)
	@$(BIN)/python -m tools.torture

lock: $(VENV)/.installed ## update requirements.lock; newer versions: make lock RAISE="fastapi lxml"
	@$(BIN)/uv pip compile --quiet $(addprefix --upgrade-package=,$(RAISE)) \
	  --output-file requirements.lock pyproject.toml

licences: $(VENV)/.installed ## check that every dependency has an allowed licence
	@$(BIN)/pip-licenses >/dev/null && echo "All licences are allowed."

audit: $(VENV)/.installed ## look up the locked versions among known vulnerabilities
	@$(BIN)/python -m tools.audit

sbom: $(VENV)/.installed ## list the installed packages in var/sbom.json (CycloneDX)
	@mkdir -p var
	@$(BIN)/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible \
	  --output-file var/sbom.json

docs: $(VENV)/.installed ## build the documentation in var/site; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs --quiet build --strict && echo "The documentation is in var/site."

clean: ## remove the environment, the index and the built documentation
	rm -rf $(VENV) var
