# Everything happens in .venv; only Python >= 3.11 has to be there beforehand (choose one with PY=…).
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := .venv-deployment
# Parallel test processes. One more than the two cores this is meant for: many tests wait for other processes.
JOBS ?= 3
# pytest's own options, e.g. make test ARGS="-k deadline"
ARGS ?=

STATIC := gateway/portal/static
TRANSLATIONS := gateway/portal/translations
OWN_STATIC = $(shell find $(STATIC) -path $(STATIC)/vendor -prune -o -type f \( -name '*.css' -o -name '*.js' -o -name '*.svg' \) -print 2>/dev/null)
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
LOCK := $(BIN)/uv pip compile -q --no-config --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'

export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup dev run test test-full bench-events bench-backlog bench-cases bench-bookings bench-gates check check-deployment format migrate seed lock messages clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed $(VENV)/.translated $(VENV)/.compressed ## Install all that Yuanban needs to run, into .venv

dev: setup $(VENV)/.dev ## The same, plus what tests and checks need

run: setup ## Serve the demo park on http://localhost:8000
	@exec env YUANBAN_DEMO="$${YUANBAN_DEMO-1}" $(BIN)/yuanban run

test: dev ## Run the tests (a few minutes)
	@$(BIN)/pytest -n $(JOBS) -m "not slow" $(ARGS)

test-full: dev ## Run all tests, the slow ones too
	@$(BIN)/pytest -n $(JOBS) $(ARGS)

bench-events: dev ## Measure events end to end, against Celery and against a hand-written limit
	@$(BIN)/python -m bench.events $(ARGS)

bench-cases: dev ## Measure handing in applications, against a bare application that writes the same rows
	@$(BIN)/python -m bench.cases $(ARGS)

bench-bookings: dev ## Measure searching and booking among a million bookings, against a scan of intervals
	@$(BIN)/python -m bench.bookings $(ARGS)

bench-gates: dev ## Measure how long a barrier waits, in quiet and in a storm of gate events
	@$(BIN)/python -m bench.gates $(ARGS)

bench-backlog: dev ## Measure how a million waiting events drain
	@$(BIN)/python -m bench.events.backlog $(ARGS)

check: dev ## Check style, types, boundaries between packages and translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/translations.py

# Tools with a hundred dependencies of their own, so in an environment of their own.
check-deployment: $(TOOLS)/.installed ## Check Dockerfile and Kubernetes files with hadolint and checkov (needs kubectl)
	@command -v kubectl >/dev/null || { echo "kubectl is not there: it puts the Kubernetes files together" >&2; exit 1; }
	$(TOOLS)/bin/hadolint Dockerfile
	@mkdir -p dist/deployment
	kubectl kustomize k8s/overlays/production > dist/deployment/production.yaml
	$(TOOLS)/bin/checkov --config-file .ci/checkov.yaml -f Dockerfile dist/deployment/production.yaml

format: dev ## Put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migrate: setup ## Bring the databases of all services to the newest schema
	@$(BIN)/yuanban migrate

seed: setup ## Fill empty databases with the demo park
	@YUANBAN_DEMO=$${YUANBAN_DEMO-1} $(BIN)/yuanban seed

lock: dev ## Choose the newest allowed versions of all Python packages anew
	$(LOCK) --upgrade -o requirements.lock pyproject.toml
	$(LOCK) --upgrade --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(LOCK) --upgrade -o .ci/deployment-tools.lock .ci/deployment-tools.in

messages: dev ## Collect the portal's texts for translation and compile the translated ones
	$(BIN)/python .ci/translations.py --update

clean: ## Remove caches and built files; keeps .venv and the data in var/
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist test-results
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -print | xargs rm -rf

$(BIN)/python:
	@command -v $(PY) >/dev/null || { \
	  echo "Yuanban needs Python 3.11 or newer; there is no '$(PY)'. Name yours: make PY=python3.12 …" >&2; exit 1; }
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Yuanban needs Python 3.11 or newer; '$(PY)' is $$($(PY) -V 2>&1). Name another: make PY=python3.12 …" >&2; \
	  exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PY)' cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) …"
	@$(PY) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing Python packages …"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.runtime pyproject.toml hatch_build.py package.json package-lock.json
	@echo "Installing Yuanban; fetching styles, scripts, icons and fonts …"
	@$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.installed
	@echo "Installing what tests and checks need …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(TOOLS)/.installed: .ci/deployment-tools.lock | $(BIN)/python
	@echo "Installing what checks the deployment, into $(TOOLS) …"
	@$(BIN)/python -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r .ci/deployment-tools.lock
	@touch $@

$(VENV)/.translated: $(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/*.po) | $(VENV)/.installed
	@for catalogue in $?; do $(BIN)/pybabel -q compile -i $$catalogue -o $${catalogue%.po}.mo || exit 1; done
	@touch $@

# Only what changed: the fetched files under vendor/ were compressed when they were fetched.
$(VENV)/.compressed: $(OWN_STATIC) | $(VENV)/.installed
	@$(BIN)/python -c 'import sys; from whitenoise.compress import Compressor; \
	  [list(Compressor(quiet=True).compress(path)) for path in sys.argv[1:]]' $?
	@touch $@
