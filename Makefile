.DEFAULT_GOAL := help
PYTHON ?= python3
PY := .venv/bin/python
PORT ?= 8000
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: .venv/installed ## Set everything up and serve a fictional circle on http://127.0.0.1:8000
	@PORT=$(PORT) exec $(PY) -m portal demo

test: .venv/tested ## Set everything up, run the gate and every test
	@$(MAKE) --no-print-directory check
	@$(PY) -m pytest -n 3

bench: .venv/tested ## Measure how pages grow with what lies behind them, as ratios inside one run
	@$(PY) -m tests.bench

storm: .venv/tested ## Kill servers while people send messages; print what became of each
	@$(PY) -m tests.storm

check: .venv/tested ## Style, types, imports, templates, translations
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/djlint portal/templates --lint --quiet
	@$(PY) -m tests.translations --check

translations: .venv/tested ## Bring the catalogues up to date with the code
	@$(PY) -m tests.translations

lock: .venv/tested ## Renew the locked versions
	@$(PY) -m pip install --quiet uv
	@.venv/bin/uv pip compile pyproject.toml --extra postgres --extra redis --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet --upgrade --output-file requirements.lock
	@.venv/bin/uv pip compile pyproject.toml --extra postgres --extra redis --extra test --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet --upgrade --constraint requirements.lock --output-file requirements-test.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Relais needs Python 3.11 or newer; name one with PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.lock | .venv/bin/python
	@echo "Installing into .venv, once; this takes a moment…"
	@$(PIP) -r requirements.lock
	@touch $@

.venv/tested: requirements-test.lock | .venv/bin/python
	@echo "Installing into .venv, once; this takes a moment…"
	@$(PIP) -r requirements-test.lock
	@touch $@ .venv/installed

.PHONY: help demo test bench storm check translations lock
