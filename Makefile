# Every target sets up what it needs; a second call starts at once.
SHELL := /bin/bash
VENV := .venv
READY := $(VENV)/.ready
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: run test ui lint bench

run: $(READY)
	@$(VENV)/bin/throughline run

test: lint
	@$(VENV)/bin/python -m pytest -n 2 --dist loadscope -q

ui: $(READY)
	@$(VENV)/bin/throughline ui

lint: $(READY)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@cd dbt_project && ../$(VENV)/bin/sqlfluff lint --processes 2 -q models tests

bench: $(READY)
	@$(VENV)/bin/python -m benchmarks

$(READY): requirements.lock pyproject.toml
	@echo "Setting up (once): Python packages, dbt manifest, compiled kernels"
	@test -x $(VENV)/bin/python || $${PYTHON:-python3} -m venv $(VENV)
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check \
		--require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check \
		--no-build-isolation --no-deps -e .
	@$(VENV)/bin/throughline set-up
	@touch $(READY)
