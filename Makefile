# Wurao 勿扰. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
DEV := --group dev --extra dns --extra control
# What runs once more with Numba's bounds checking on: all that reads arrays in compiled code.
BOUNDS_CHECKED_ROOMS := content domains numbering events tables snapshot screening
BOUNDS_CHECKED := $(sort $(dir $(wildcard $(BOUNDS_CHECKED_ROOMS:%=tests/%/test_*.py))))
JOBS ?= 3
# Where the sets are that the shipped classifier learns from: sms/ and calls/.
MODEL_DATA ?= ../shared/data
# Machine code that all tests share is made before they start, once, by two processes.
TEST_DATA = $(or $(WURAO_TEST_DATA),.cache/tests)

.PHONY: help run install control develop compile test lint types imports format tests bounds bench soak docs guard model vendored size lock wheels clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: compile ## everything a newcomer needs: install, compile, and the demo
	@$(BIN)/wurao demo

install: ## make .venv/ and install Wurao into it, as uv.lock says
	@$(PYTHON) scripts/environment.py --extra dns

control: ## the same, with what `wurao serve` needs
	@$(PYTHON) scripts/environment.py --extra control

develop: ## the same, with what tests and checks need
	@$(PYTHON) scripts/environment.py $(DEV)

compile: install ## compile the machine code into the data directory
	@$(BIN)/wurao compile

test: develop ## all checks and tests
	@scripts/debian.sh packages.debian
	@$(MAKE) --no-print-directory lint types imports tests bounds

lint: develop ## lint and format check
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: develop ## strict types
	$(BIN)/mypy

imports: develop ## import contracts
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/lint-imports --cache-dir .cache/importlinter

format: develop ## put the sources into the house's form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

tests: develop ## the tests
	@find .cache/tests/compiled -mindepth 1 -maxdepth 1 -mtime +2 -exec rm -rf {} + 2>/dev/null || true
	@$(BIN)/wurao compile --data "$(TEST_DATA)"
	$(BIN)/pytest -n $(JOBS) --dist worksteal

bounds: develop ## what compiled code touches, with bounds checking on
	@NUMBA_BOUNDSCHECK=1 $(BIN)/wurao compile --data "$(TEST_DATA)"
	$(if $(BOUNDS_CHECKED),NUMBA_BOUNDSCHECK=1 $(BIN)/pytest -n $(JOBS) --dist worksteal $(BOUNDS_CHECKED))

bench: compile ## every speed claim, beside what one would take instead
	@$(PYTHON) scripts/environment.py $(DEV) --group bench
	@scripts/debian.sh packages.debian packages.bench.debian
	$(BIN)/wurao bench

soak: compile develop ## the long runs: kills, fuzzing, 400 million events (hours)
	$(BIN)/python -m benchmarks.soak

docs: develop ## write docs/reference/ from the commands' help and the settings
	@$(BIN)/python -m scripts.reference

guard: develop ## check the shipped guard data of domains, and write their checksums
	@$(BIN)/python -m scripts.guard_manifest

model: compile develop ## learn the shipped classifier anew from the sets in MODEL_DATA
	$(BIN)/python -m scripts.shipped_model "$(MODEL_DATA)"

vendored: ## take what the pages need from npm anew (needs npm)
	@$(PYTHON) scripts/vendored.py

size: develop ## what the base install weighs
	@$(BIN)/python scripts/locked.py

lock: develop ## make uv.lock anew (needs uv)
	@$(BIN)/python scripts/lock.py

wheels: ## fetch the locked files to .cache/wheels, for a machine without network, or for uv
	@$(PYTHON) scripts/environment.py --fetch .cache/wheels

clean: ## remove what can be made again
	rm -rf .venv .cache .hypothesis dist
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
