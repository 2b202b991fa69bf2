# What you can do here. Python >= 3.11, make and a shell are all that is assumed.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR):$(CURDIR)/platform
export PORT ?= 8000
export SERVE ?= 1
export DATA ?=

TRUST := tests/authorisation tests/leaks tests/hostile tests/apps/accounts/test_hostile.py tests/hostile_files \
	tests/apps/compliance/api/test_suspended_everywhere.py tests/apps/documents/test_rotation_killed.py \
	$(addprefix tests/journeys/test_,alerts.py concurrency.py faults.py freshness.py revocation.py uploads.py)
SUITE := $(BIN)/python -m pytest -n 2 --dist loadfile $(TRUST:%=--ignore=%)
# Byte code is written when a module is first imported: few of those that are installed ever are.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r

.PHONY: help demo up test slow lint bench campaign trust mutants worlds texts lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is older. Name one with PYTHON=..."; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.python
	$(INSTALL) requirements.txt
	@touch $@

# The engine compiles for as long as all the rest takes to install, so what it needs comes first.
$(VENV)/.engine: requirements-test.txt $(VENV)/.python
	@awk '/^[a-z]/ { wanted = /^(llvmlite|numba|numpy|pyyaml|scipy)==/ } wanted' requirements-test.txt > $(VENV)/engine.txt
	$(INSTALL) $(VENV)/engine.txt
	@touch $@

# What runs is among it, in the same versions: nothing of requirements.txt is left to install.
$(VENV)/.test: requirements-test.txt requirements.txt $(VENV)/.engine
	$(INSTALL) requirements-test.txt
	@touch $(VENV)/.runtime $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.test
	$(INSTALL) requirements-dev.txt
	@touch $@

demo: $(VENV)/.runtime ## sample data, a match run, the best matches, then serve (SERVE=0, DATA=folder, PORT=)
	@$(BIN)/python -m config.stack demo

up: $(VENV)/.runtime ## serve without sample data (PORT=)
	@$(BIN)/python -m config.stack up

test: $(VENV)/.engine ## the tests that take less than seconds each; starts the servers it needs itself
	@$(BIN)/python -m apps.matching.engine.compile & compiling=$$!; $(MAKE) --no-print-directory $(VENV)/.test && wait $$compiling
	$(SUITE) -m "not long and not process"

slow: $(VENV)/.test ## the other tests: servers of their own, very many cases, whole ways through the product
	@$(BIN)/python -m apps.matching.engine.compile
	$(SUITE) -m "long or process"

trust: $(VENV)/.test ## the tests that multiply: every operation against every persona, leaks, hostile inputs, races, faults
	@$(BIN)/python -m apps.matching.engine.compile
	$(BIN)/python -m pytest -n 2 --dist loadscope $(TRUST)

lint: $(VENV)/.dev ## formatting, lints, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy platform apps
	$(BIN)/lint-imports

bench: $(VENV)/.test ## speed, as ratios within one run; screening (ENTRIES=1000000); the search over HTTP
	$(BIN)/python -m apps.matching.engine.bench --mandates 10000 --raises 100000 --rounds 3
	$(BIN)/python -m tests.bench.ways
	$(BIN)/python -m tests.bench.matching --workers 1 2
	$(BIN)/python -m apps.documents.bench
	$(BIN)/python -m tests.labels.bench
	$(BIN)/python -m tests.labels.deal_flow
	$(BIN)/python -m tests.bench.speed
	$(BIN)/python -m tests.bench.screening --entries $(or $(ENTRIES),1000000)
	$(BIN)/python -m tests.bench.dealflow
	$(BIN)/python -m tests.bench.freshness

campaign: $(VENV)/.test ## faults at random instants (ROUNDS=20)
	$(BIN)/python -m pytest tests/journeys/test_faults.py tests/journeys/test_freshness.py tests/journeys/test_uploads.py --rounds $(or $(ROUNDS),20)
	$(BIN)/python -m pytest tests/apps/documents/test_rotation_killed.py --whole
	$(BIN)/python -m tests.bench.matching --mandates 1000 --raises 10000 --workers --hosts

mutants: $(VENV)/.test ## changes of the permission table that the tests notice (SAMPLE=60, SEED=1)
	$(BIN)/python -m tests.authorisation.mutations --sample $(or $(SAMPLE),0) --seed $(or $(SEED),1)

worlds: $(VENV)/.test ## two worlds that differ in hidden things only, read by every kind of viewer
	$(BIN)/python -m pytest -n 2 tests/leaks --viewers all

texts: $(VENV)/.test ## add new texts to the Ukrainian catalogues, drop unused ones, compile
	$(BIN)/python -m tests.texts

lock: $(VENV)/.dev ## compile requirements*.in into hashed locks
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q requirements.in -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q requirements-s3.in -c requirements.txt -o requirements-s3.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q requirements-test.in -o requirements-test.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q requirements-dev.in -o requirements-dev.txt

clean: ## remove the environment and the data of the embedded servers
	rm -rf $(VENV) var
