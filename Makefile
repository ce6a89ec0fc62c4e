# The few words a newcomer needs; everything else is the `gigs` command.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SERVE  ?= 1
READY  := $(VENV)/.ready

.PHONY: demo test lint bench setup
.DEFAULT_GOAL := help

help: ## show these words
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/  /'

setup: $(READY) ## create the environment with the pinned, hashed dependencies

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: setup ## simulated markets, from nothing to the dashboard on 127.0.0.1 (SERVE=0 stops after publishing)
	$(BIN)/gigs demo $(if $(filter 0,$(SERVE)),--no-serve)

test: setup lint ## lint, type check and all ordinary tests
	@sh tests/browser.sh
	@sh tests/spark.sh $(BIN)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2

lint: setup ## formatter, linter, type checker, import rules, SQL style: check only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint --disable-progress-bar transform/models

lock: setup ## pin the dependencies again, with hashes and without addresses
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --extra spark --constraint requirements.lock \
	  --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --quiet --output-file requirements-spark.lock

bench: setup ## measure speed: ratios taken side by side in one run
	$(BIN)/python tests/bench_pipeline.py
	$(BIN)/python tests/bench_classify.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench_index.py
	$(BIN)/python tests/bench_collect.py

train: setup ## fit the classifier's weights on the labels at hand and show what that changed
	$(BIN)/python -m transform.steps.train_classifier
	$(BIN)/gigs evaluate

spark: setup ## the row-level models on Spark (needs Java), compared row by row with DuckDB's
	@sh tests/spark.sh $(BIN) install
	$(BIN)/python -m dags.spark

campaigns: setup ## the long tests: damaged files, changed sources, many seeds
	$(BIN)/python -m pytest -q -m slow

.PHONY: help lock train spark campaigns
