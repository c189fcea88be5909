# Two commands do everything: "make demo" and "make test". The rest is for daily work.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
BACKEND := $(VENV)/.backend
DEV := $(VENV)/.dev
STUDIO := $(VENV)/.studio

.PHONY: help demo test app serve lint bench lock clean

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(BIN)/python:
	@"$$(command -v "$(PYTHON)" || echo python3)" -m venv $(VENV) || (rm -rf $(VENV); exit 1)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")' || (rm -rf $(VENV); exit 1)

$(BACKEND): requirements.txt requirements/backend.txt | $(BIN)/python
	@echo "Installing the backend (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): $(BACKEND) requirements/dev.txt
	@echo "Installing the test tools (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/dev.txt
	@touch $@

$(STUDIO): $(BACKEND) requirements/frontend.txt
	@echo "Installing the studio (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/frontend.txt
	@touch $@

demo: $(BACKEND)  ## build demo kits, analyse them, render a track, print its path
	@$(BIN)/python -m src.cli demo

test: $(DEV)  ## run all tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q . && $(BIN)/mypy
	@$(BIN)/python -m pytest -n auto

app: $(STUDIO)  ## the studio in the browser on http://localhost:8501, with its API
	@$(BIN)/python -m src.cli serve & engine=$$!; trap 'kill $$engine 2>/dev/null; wait $$engine' EXIT; \
		trap 'exit 0' INT TERM; $(BIN)/python -m src.ui.serve

serve: $(BACKEND)  ## API on http://localhost:8000, its docs on /docs
	@$(BIN)/python -m src.cli serve

lint: $(DEV)  ## style, types, import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(DEV)  ## the benchmarks that need nothing but this repository
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/bench.txt
	@for name in search embed preprocess render; do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

lock: $(DEV)  ## pin all requirements anew
	@$(BIN)/python -m pip install -q uv
	@for name in backend dev frontend bench scale mcp; do \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
			requirements/$$name.in -o requirements/$$name.txt; done

clean:  ## remove the environment and caches, never sounds or data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
