# Everything for a fresh clone: `make demo` opens the desk, `make test` runs the whole suite.

PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; \
	done)
BIN := .venv/bin
DEMO := demo/demo.db
PACKAGES := app content db domain intake screens telephony widgets
PROCESSES ?= 2

.PHONY: setup demo run test check bench pins

setup: .venv/.done content/messages/.done

# Editable, so that a change in the folder is a change in the program; pip compiles what it
# installs, the last line compiles ours: without byte code the first start takes three times as long.
.venv/.done: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (python3, with venv)." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-build-isolation --editable .
	$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

content/messages/.done: .venv/.done build_catalogues.py $(wildcard content/messages/*/*.po)
	$(BIN)/python build_catalogues.py
	@touch $@

demo: setup
	@mkdir -p $(dir $(DEMO))
	$(BIN)/callback-desk --database $(DEMO) demo
	$(BIN)/callback-desk --database $(DEMO) --practice

run: setup
	$(BIN)/callback-desk

test: setup
	$(BIN)/python -m pytest -n $(PROCESSES)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m benchmarks

pins:
	rm -rf .venv.pins
	$(PYTHON) -m venv .venv.pins
	.venv.pins/bin/python -m pip install --quiet --upgrade pip
	.venv.pins/bin/python -m pip install --quiet --group dev --editable .
	{ echo "# The versions that the whole suite was run with; a newer set is made by \`make pins\`."; \
		.venv.pins/bin/python -m pip list --format=freeze --exclude setuptools --exclude callback-desk; \
	} > constraints.txt
	rm -rf .venv.pins
