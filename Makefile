# How to work on Pledgewatch. Needs make and Python 3.11 or newer; everything else is installed into .venv.

PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1
BIN := .venv/bin

.PHONY: run setup test bench bench-short lint types migrations screenshots roles lock empty-demonstration clean

run: .venv/runtime.stamp  ## everything from nothing, on http://127.0.0.1:$(PORT)
	@exec env PORT=$(PORT) DEMO=$(DEMO) $(BIN)/python -m config.launch

setup: .venv/dev.stamp  ## .venv with all that running and testing need

test: setup  ## the tests; those whose servers are missing skip with the reason
	$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

bench: setup  ## how long linking takes beside peers; see benchmarks/README.md
	$(BIN)/python -m benchmarks.linking --check $(ARGS)

bench-short: setup  ## the same in under a minute
	$(BIN)/python -m benchmarks.linking --short $(ARGS)

lint: setup  ## style, templates, import directions, dangerous calls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check $$(git ls-files '*.html')
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive --exclude '*/migrations/*' tracker commitments config

types: setup
	$(BIN)/mypy tracker commitments config

migrations: setup  ## is a migration missing?
	$(BIN)/python manage.py makemigrations --check --dry-run

empty-demonstration: .venv/runtime.stamp  ## remove the demonstration, keep what is yours
	$(BIN)/python manage.py empty_demonstration

screenshots: setup  ## take the pictures of docs/handbook/ from the demonstration; needs Chromium
	$(BIN)/python docs/handbook/screenshots.py $(ARGS)

roles: setup  ## write docs/roles.md from the code
	$(BIN)/python manage.py shell --no-imports -c 'from commitments.staff import roles; print(roles.as_markdown(), end="")' > docs/roles.md

lock: setup  ## resolve dependencies anew, with hashes
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q pyproject.toml -o requirements/runtime.txt --custom-compile-command "make lock" --upgrade
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q pyproject.toml --group dev -o requirements/dev.txt --custom-compile-command "make lock" --upgrade

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pledgewatch needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements/runtime.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch .venv/runtime.stamp $@
