# make demo    the real thing: makes .venv, installs hassenet, trains on the gut microbes of 232 people
# make test    every test, in the same environment; names the slowest, and why a test was skipped
# make check   tests, lint, types, contract and documents
# make coverage  every test, and which branches of the core they take: at least 95 % (half as long again)
# make bench   microseconds of a training step beside other libraries (those that are installed)
# make peers   installs those libraries (PyTorch for the processor only, JAX, SparseProp)
# make bench-scale  time and memory against covers and examples; writes docs/images/scale.png (ten minutes, 15 GB)
# make levels  the laws at the lower instruction levels of this processor too (`make test` runs the highest)
# make sanitize  the same tests on a module built with AddressSanitizer and UndefinedBehaviorSanitizer
# make wheel   a wheel in dist/
# make wheel-test  installs that wheel into an empty environment and runs the tests of engines, laws and training there
#
# PYTHON=python3.12   another interpreter (3.11 or newer)
# ARGS="tests/laws -k relay"   only some tests

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The core: everything but the parts that draw, print or run as a process.
NOT_CORE := */hassenet/cli*,*/hassenet/plots*,*/hassenet/demo*

.DEFAULT_GOAL := help
.PHONY: help demo test coverage check bench bench-scale peers wheel-test levels sanitize wheel lint format types contract docs clean
.DELETE_ON_ERROR:

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

demo: $(VENV)/demo
	$(BIN)/hassenet demo $(ARGS)

test: $(VENV)/test
	$(BIN)/python -m pytest -n $(WORKERS) $(or $(ARGS),--durations=10)

coverage: $(VENV)/test
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=
	$(BIN)/python -m coverage report --fail-under=95 --omit='$(NOT_CORE)'

check: test lint types contract docs

bench: $(VENV)/test
	$(BIN)/python benchmarks/steps.py $(ARGS)

bench-scale: $(VENV)/test
	$(BIN)/python benchmarks/scale.py $(ARGS)

# SparseProp says nothing of what it is built with, so it is built with what is there.
peers: $(VENV)/test
	$(PIP) install --editable '.[peers]' pybind11 setuptools wheel
	$(PIP) install --no-build-isolation 'sparseprop==0.1.14'

# Both run what the tests have run before, on another build: with fewer examples, and without the engine that has
# nothing compiled.
AGAIN := --hypothesis-profile=brief -k "not reference- and not -reference and not [reference"

LEVELS = $(shell $(BIN)/python -c 'from hassenet.engines import native; print(*native.levels()[1:])')
levels: $(VENV)/test
	@set -e; for level in $(LEVELS); do \
	  echo "== $$level"; HASSENET_LEVEL=$$level $(BIN)/python -m pytest -q -n $(WORKERS) $(AGAIN) $(or $(ARGS),tests/laws tests/engines); \
	done

# The sanitized module has an environment of its own, which borrows all other packages: the editable one would be found
# first. Paths in a .pth file are searched, but the editable installation's own .pth is not read there. Of the
# instruction levels the one that runs is built, so tests that choose among them are left out.
SANITIZED := build/sanitize
LEVELS_OF := tests/engines/test_native_agrees.py::test_levels_and_threads_are_chosen_by_name_and_number \
  tests/engines/test_native_agrees.py::test_the_environment_chooses_level_and_threads
HIGHEST = $(shell $(BIN)/python -c 'from hassenet.engines import native; print(native.levels()[0])')
SITE = import sysconfig; print(sysconfig.get_path("purelib"))
sanitize: $(VENV)/test $(SANITIZED)/bin/python
	$(BIN)/python -m pip --disable-pip-version-check --quiet --python $(SANITIZED)/bin/python install --no-deps \
	  --force-reinstall . -C cmake.define.HASSENET_SANITIZE=ON -C cmake.build-type=Debug \
	  -C cmake.define.HASSENET_LEVELS=$(HIGHEST)
	cd $(SANITIZED) && LD_PRELOAD="$$($(CXX) -print-file-name=libasan.so) $$($(CXX) -print-file-name=libubsan.so)" \
	  ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=64 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
	  bin/python -m pytest -q -n $(WORKERS) -c ../../pyproject.toml --rootdir ../.. $(AGAIN) \
	  $(addprefix --deselect=,$(LEVELS_OF)) $(or $(ARGS),../../tests/engines ../../tests/laws)

$(SANITIZED)/bin/python: | $(VENV)/made
	@$(PYTHON) -m venv --clear --without-pip $(SANITIZED)
	@$(BIN)/python -c '$(SITE)' > "$$($@ -c '$(SITE)')/borrowed.pth"

wheel: $(VENV)/made
	$(PIP) wheel --no-deps --wheel-dir dist .

# The tests stand beside the package in an empty folder, so that only the wheel can be imported.
WHEEL := build/wheel
wheel-test: wheel
	@rm -rf $(WHEEL) && $(PYTHON) -m venv $(WHEEL)
	$(WHEEL)/bin/python -m pip --disable-pip-version-check --quiet install "$$(ls -t dist/hassenet-*.whl | head -1)[test]"
	cd $(WHEEL) && bin/python -c "import hassenet.engines._native" && \
	  bin/python -m pytest -q -n $(WORKERS) -c ../../pyproject.toml --rootdir ../.. \
	  ../../tests/laws ../../tests/engines ../../tests/training ../../tests/estimators $(ARGS)

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

# The compiled engine is built on installing, so a change in its source installs again.
SOURCES := $(VENV)/made CMakeLists.txt $(wildcard native/*)
$(VENV)/demo $(VENV)/test $(VENV)/lint $(VENV)/docs: $(VENV)/%: $(SOURCES)
	@echo "installing hassenet[$*]"
	@$(PIP) install --editable '.[$*]'
	@touch $@

# Everything at once, so that the compiled engine is built once.
$(VENV)/dev: $(SOURCES)
	@echo "installing hassenet[dev]"
	@$(PIP) install --editable '.[dev]'
	@touch $(VENV)/demo $(VENV)/test $(VENV)/lint $(VENV)/docs $@
