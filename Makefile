# Everything here works on a machine with Python 3.11 or newer, make and git. `make help` lists it.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/ready
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SRC    := procurement tests alembic
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: chart help run test check demo migrate lint types contracts unit integration e2e bench fmt lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(READY) ## Start everything here: Postgres, Kafka, API, worker, consumer, sample data
	@exec $(BIN)/procurement dev

test: $(READY) ## Run all tests, on a real Postgres and a real Kafka
	$(BIN)/python -m pytest $(ARGS)

check: lint types contracts unit ## Everything that needs no server: lint, types, contracts, unit tests

demo: $(READY) ## Take invoices through the platform as orders (DOCS=folder for your own)
	@exec $(BIN)/procurement demo $(if $(DOCS),--docs "$(DOCS)") $(ARGS)

migrate: $(READY) ## Bring the database named by DATABASE_URL to the version this release needs
	@exec $(BIN)/procurement migrate $(ARGS)

lint: $(READY) ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## Check types, strictly
	$(BIN)/mypy

contracts: $(READY) ## Check who may import whom
	$(BIN)/lint-imports

unit: $(READY) ## Run the tests that need no server
	$(BIN)/python -m pytest tests/unit tests/architecture tests/docs $(ARGS)

integration: $(READY) ## Run the tests of adapters on real servers
	$(BIN)/python -m pytest tests/contracts tests/integration $(ARGS)

e2e: $(READY) ## Run the tests that drive real processes
	$(BIN)/python -m pytest tests/e2e $(ARGS)

chart: $(READY) ## Ask helm and kubectl about deploy/ (both must be on PATH)
	$(BIN)/python -m pytest deploy/checks $(ARGS)

bench: $(READY) ## Measure, and write docs/performance.md
	$(BIN)/python -m tests.benchmarks $(ARGS)

fmt: $(READY) ## Format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Resolve the requirements anew and pin them by hash
	$(PYTHON) -m venv .local/lock
	.local/lock/bin/pip install --quiet uv
	.local/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml -o requirements.txt
	.local/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  pyproject.toml --extra dev --extra test -o requirements-dev.txt
	echo hatchling | .local/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate - --constraint requirements-dev.txt -o deploy/requirements-build.txt

clean: ## Remove what can be made again; data of `make run` (.local) stays
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SRC) -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): $(VENV)/packages pyproject.toml
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/packages: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "Name another one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; \
	  exit 1; }
	@echo "Python packages are fetched into $(VENV), once (about 300 MB)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-dev.txt || { \
	  echo "The Python packages could not be fetched. They are needed once: connect to the internet" >&2; \
	  echo "(behind a proxy set HTTPS_PROXY) and run the same command again." >&2; exit 1; }
	@touch $@
