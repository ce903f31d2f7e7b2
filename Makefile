# Everything starts here: `make run` opens the program, `make test` runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The lock names versions only, so that everyone runs what was tested.
$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group test --group lint --constraint requirements.lock
	@touch $(READY)

setup: $(READY) ## make the environment in .venv

run: $(READY) ## open the program on the practice database
	@$(BIN)/pasis $(ARGS)

# Three at once on two cores: a test waits for its program, its server or its browser a fourth of the time.
test: $(READY) ## run every test
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "not soak" $(ARGS)

check: $(READY) ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(READY) ## measure speed beside its yardsticks, into docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

soak: $(READY) ## the long doses
	$(BIN)/python -m pytest -m soak -p no:cacheprovider $(ARGS)

docs: $(READY) ## remake the pictures and tables in docs/ and README.md
	$(BIN)/python -m tests.pictures

format: $(READY) ## let ruff format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: help setup run test check bench soak docs format
