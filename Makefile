# Needs python3 and make; brings uv if it is missing. Everything is made inside this folder.
.PHONY: setup demo test test-slow lint bench docs clean lock
SHELL := /bin/bash
UV := $(shell command -v uv 2>/dev/null || echo $(CURDIR)/.uv/bin/uv)
PYTHON := .venv/bin/python
DAYS ?= 14

setup: .venv/.ready

.uv/bin/uv:
	python3 -m venv .uv 2>/dev/null && .uv/bin/python -m pip install --quiet uv \
	  || { echo "Could not make a virtual environment: install python3-venv (apt-get install python3-venv) or uv"; exit 1; }

.venv/.ready: requirements.lock pyproject.toml $(if $(findstring .uv,$(UV)),.uv/bin/uv)
	test -x $(PYTHON) || $(UV) venv --quiet --python ">=3.11,<3.14" .venv
	$(UV) pip sync --quiet --python $(PYTHON) --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	touch $@

demo: setup
	.venv/bin/sessions-platform demo --days $(DAYS) $(if $(EXIT),--exit)

test: setup
	$(PYTHON) -m pytest -q -n 2 --dist worksteal -m "not slow"

test-slow: setup
	$(PYTHON) -m pytest -q -m slow

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/dg check defs

bench: setup
	$(PYTHON) -m benchmarks

# After a change of the catalog (sessions_platform/sql/catalog.yaml).
docs: setup
	$(PYTHON) -m sessions_platform.sql.dictionary docs/data-dictionary.md

# After a change of dependencies in pyproject.toml.
lock: .uv/bin/uv
	$(UV) pip compile pyproject.toml --universal --all-extras --generate-hashes --python-version 3.11 --no-header -o requirements.lock

clean:
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis
