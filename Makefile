# make demo    the real thing: makes .venv, installs hassenet, trains on the gut microbes of 232 people
# make test    every test, in the same environment
# make check   tests, lint, types, contract and documents
#
# PYTHON=python3.12   another interpreter (3.11 or newer)
# ARGS="tests/laws -k relay"   only some tests (coverage is then not asked for)

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The core: everything but the parts that draw, print or run as a process.
NOT_CORE := */hassenet/cli*,*/hassenet/plots*,*/hassenet/demo*

.DEFAULT_GOAL := help
.PHONY: help demo test check lint format types contract docs clean
.DELETE_ON_ERROR:

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

demo: $(VENV)/demo
	$(BIN)/hassenet demo $(ARGS)

ifeq ($(strip $(ARGS)),)
test: $(VENV)/test
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=
	$(BIN)/python -m coverage report --fail-under=95 --omit='$(NOT_CORE)'
else
test: $(VENV)/test
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)
endif

check: test lint types contract docs

lint: $(VENV)/lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/lint
	$(BIN)/mypy

contract: $(VENV)/lint
	$(BIN)/lint-imports

docs: $(VENV)/docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

clean:
	rm -rf $(VENV) build dist docs/_build .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# The environment is made when pyproject.toml is newer than it; each stamp is the set of extras that is in it.
$(VENV)/made: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "hassenet needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "$(PYTHON) cannot make virtual environments; install its venv package (python3-venv on Debian)." >&2; exit 1; }
	@echo "making the environment $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/demo $(VENV)/test $(VENV)/lint $(VENV)/docs: $(VENV)/%: $(VENV)/made
	@echo "installing hassenet[$*]"
	@$(PIP) install --editable '.[$*]'
	@touch $@
