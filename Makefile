# `make help` lists the commands. Each one sets up what it needs and may be run again at any time.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test test-exhaustive gpu-check lint format viz dashboard gc clean lock lineage report

PYTHON ?= python3
VENV := .venv
JOURNAL := data/.state/search/journal.log
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# No tool of the stack may report home; waiting threads spin for moments only, so that two programs share the cores.
export DO_NOT_TRACK := 1
export KEDRO_DISABLE_TELEMETRY := 1
export DVC_NO_ANALYTICS := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export GOMP_SPINCOUNT := 20000

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | column -t -s "$$(printf '\t')"

run: $(VENV)/.runtime ## make the sample suite's results and report (only what changed)
	@test -e data/08_reporting/site/sample || { \
	  dvc --wait-for-lock repro --quiet sample_topic.gather & done=0; \
	  dvc --wait-for-lock repro --quiet sample_ner.gather || done=$$?; wait $$! || done=$$?; exit $$done; }
	@dvc repro --quiet
	@echo "Report: $(CURDIR)/data/08_reporting/site/sample/index.html"

test: $(VENV)/.dev ## check style and types, run the tests with coverage
	@$(MAKE) --no-print-directory lint
	@pytest --numprocesses 2 -m "not exhaustive" --cov --cov-report=term --traced-cases 3

test-exhaustive: $(VENV)/.dev ## run the tests that take minutes each
	@pytest --numprocesses 2 -m exhaustive

gpu-check: $(VENV)/.dev ## run what only a GPU can show (needs a CUDA build of torch)
	@pytest -m gpu tests/gpu

lint: $(VENV)/.dev ## check style, types and generated files
	@ruff check --quiet --no-cache .
	@ruff format --quiet --check .
	@mypy --num-workers 2
	@kedro lineage write --check

format: $(VENV)/.dev ## mend style where a tool can
	@ruff check --quiet --fix .
	@ruff format --quiet .

viz: $(VENV)/.runtime ## open Kedro-Viz on the pipelines
	@PYTHONWARNINGS=ignore kedro viz run --include-hooks

dashboard: $(VENV)/.dev ## open Optuna Dashboard on the studies of this machine, or on those of REGEN_STUDY_URL
	@test -n "$${REGEN_STUDY_URL:-}" -o -f $(JOURNAL) || { echo "make: $(JOURNAL): no study yet; run a search first"; exit 1; }
	@optuna-dashboard "$${REGEN_STUDY_URL:-$(JOURNAL)}"

lineage: $(VENV)/.runtime ## write dvc.yaml and lineage/*/dvc.yaml from the pipelines
	@kedro lineage write

report: $(VENV)/.runtime ## make the pages and tables over all records
	@kedro run --pipelines report
	@echo "Report: $(CURDIR)/data/08_reporting/site/all/index.html"

gc: $(VENV)/.runtime ## free DVC's cache of all but this commit's outputs, and the state of stages
	@dvc gc --workspace --force --quiet
	@rm -rf data/.state
	@find data -name '.*.tmp' -prune -exec rm -rf {} +
	@du -sh .dvc/cache 2>/dev/null | sed 's/^/Left in the cache: /' || true

clean: ## remove the virtual environment, caches and made data (DVC's cache stays)
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov .viz
	@git clean -fdXq data 2>/dev/null || true

lock: $(VENV)/.python ## resolve requirements*.in into exact pins
	@pip install --quiet uv
	@for name in requirements requirements-dev requirements-examine; do \
	  uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --upgrade \
	    $${PIP_FIND_LINKS:+--find-links $$PIP_FIND_LINKS} $$name.in -o $$name.tmp; \
	  { echo "# Exact pins of the whole tree, made by 'make lock' from $$name.in."; \
	    echo "# What a CUDA build of torch needs comes with that build; the README says how to choose one."; \
	    sed -E 's/^(torch==[0-9.]+).*/\1/' $$name.tmp | grep -vE '^(nvidia-|cuda-|triton==)' | uniq; } > $$name.lock; \
	  rm $$name.tmp; done

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is lacking; name one with PYTHON=python3.x"; exit 1; }
	@command -v git >/dev/null || { echo "make: git is lacking; install it"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "make: the venv module is lacking; install it (Debian: python3-venv)"; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.lock | $(VENV)/.python
	@echo "Installing the pinned libraries into $(VENV) (some minutes, once) …"
	@python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing the pinned tools into $(VENV) …"
	@python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
