# `make` alone lists the commands. Set-up is incremental: a warm `make run` starts at once.
# Packages come from wherever this machine's pip takes them (PIP_INDEX_URL, pip.conf, proxy); uv.lock fixes versions and hashes.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

UV := uv==0.13.9
WORKERS ?= 2
# The interpreter that makes .venv, e.g. `make install PYTHON=/opt/python/bin/python3`. The system's own comes first: it is
# built with optimisation, which one that a version manager compiled often is not (1.4 times the processor time, measured).
PYTHON ?= $(shell for ready in ", ensurepip" ""; do \
	for p in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do \
		$$p -c "import sys$$ready; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo $$p && exit; done; done)

BIN := .venv/bin
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
LOAD_PANGO := import ctypes; [ctypes.CDLL(n) for n in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")]
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled once, also where the environment says otherwise: a warm start would spend a third of its time on it.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help:
	@echo "Vigie: make COMMAND"
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

##
## For everybody
##

.PHONY: install
install: .venv/runtime.stamp .venv/pango.stamp  ## set up .venv and what the system lacks

.PHONY: run
run: install  ## start Vigie on http://127.0.0.1:8080, data under var/
	@$(BIN)/python main.py

.PHONY: demo
demo: export VIGIE_DATABASE_URL ?= sqlite:///var/demo/vigie.db
demo: export VIGIE_DATA_DIR ?= var/demo
demo: install  ## the same with a demonstration organisation, under var/demo
	@# The accounts are written down last, for each database: without them a loading was cut short, and ours starts anew.
	@accounts=var/demo/accounts-$$(cksum <<<"$$VIGIE_DATABASE_URL" | cut -d' ' -f1).txt; mkdir -p var/demo; \
	if [ ! -e "$$accounts" ]; then \
		[ "$$VIGIE_DATABASE_URL" != sqlite:///var/demo/vigie.db ] || rm -f var/demo/vigie.db*; \
		$(BIN)/python main.py demo > var/demo/loading.txt && mv var/demo/loading.txt "$$accounts" || exit; \
	fi; \
	cat "$$accounts"
	@$(BIN)/python main.py

##
## For developers
##

.PHONY: test
test: .venv/development.stamp chromium postgresql  ## every test that this machine can run
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: check
check: .venv/development.stamp  ## format, lint, types, import contracts, security lint, then the tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive main.py services ui data
	@$(MAKE) --no-print-directory test

.PHONY: audit
audit: .venv/development.stamp  ## known vulnerabilities of the packages, where the service that knows them can be reached
	@if said="$$($(BIN)/pip-audit --progress-spinner off --timeout 10 --disable-pip --require-hashes --requirement .venv/runtime.txt 2>&1)"; \
	then grep -v "could not be audited" <<<"$$said"; echo "Packages that could not be checked: $$(grep -c "could not be audited" <<<"$$said")"; \
	elif grep -qE "^Found [0-9]+ known" <<<"$$said"; then echo "$$said"; exit 1; \
	else tail -1 <<<"$$said"; echo "Nothing was checked: the list of vulnerabilities cannot be reached from here."; fi

.PHONY: fix
fix: .venv/development.stamp  ## format, and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: requirements
requirements: .venv/development.stamp chromium postgresql  ## which tests show which requirement, and whether they pass
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder --requirements

.PHONY: browser
browser: .venv/development.stamp chromium  ## only the tests in Chromium
	@$(BIN)/pytest tests/browser

.PHONY: bench
bench: .venv/development.stamp chromium postgresql  ## measure, and print the figures
	@$(BIN)/pytest tests/bench -s -o python_files='bench_*.py'

.PHONY: torture
torture: .venv/development.stamp chromium postgresql  ## break what can be broken, on loopback: make torture only="K1 K5" scale=0.1
	@$(BIN)/python -W ignore -m tests.torture --only "$(only)" --scale $(or $(scale),1)

.PHONY: shots
shots: .venv/development.stamp chromium  ## a picture of every page at the design's sizes, into var/shots: make shots only="board"
	@$(BIN)/python -m tests.shots.shoot $(only)

.PHONY: migration
migration: .venv/development.stamp  ## write the next migration: make migration m="Add the wall"
	@test -n "$(m)" || { echo 'say what changes: make migration m="Add the wall"' >&2; exit 2; }
	@$(BIN)/python .ci/write_migration.py "$(m)"

.PHONY: lock
lock: .venv/runtime.stamp  ## resolve the dependencies anew into uv.lock
	$(BIN)/uv lock
	@# Where packages come from is the machine's affair: no host stays in the file (RFC 2606 keeps .invalid free).
	@sed -i -E 's#https://[^/"]+#https://index.invalid#g' uv.lock

##
## Steps
##

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Vigie needs Python 3.11 or newer: make install PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c "import ensurepip" 2>/dev/null || .ci/apt "the installation" $(notdir $(PYTHON))-venv
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: uv.lock pyproject.toml | .venv/bin/python
	@$(BIN)/pip install --quiet $(UV)
	@$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --no-dev --output-file .venv/runtime.txt
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement .venv/runtime.txt
	@touch $@

.venv/development.stamp: .venv/runtime.stamp
	@$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --output-file .venv/development.txt
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement .venv/development.txt
	@touch $@

.venv/pango.stamp: | .venv/bin/python
	@$(BIN)/python -c '$(LOAD_PANGO)' 2>/dev/null || .ci/apt "PDF reports" $(PANGO) || true
	@touch $@

.PHONY: chromium
chromium:
	@# The light one where the system has it: its pages take a quarter less of the processor.
	@command -v chromium-headless-shell >/dev/null || .ci/apt "browser tests" chromium-headless-shell 2>/dev/null \
		|| command -v chromium >/dev/null || .ci/apt "browser tests" chromium || true

.PHONY: postgresql
postgresql:
	@command -v initdb /usr/lib/postgresql/*/bin/initdb >/dev/null || .ci/apt "PostgreSQL tests" postgresql || true
