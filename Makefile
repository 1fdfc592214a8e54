# Every target sets up what it needs; a second call starts at once.
SHELL := /bin/bash
VENV := .venv
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
MODELS := $(shell find dbt_project -path dbt_project/target -prune -o -type f -print)
KERNELS := $(wildcard dagster_project/linkage/*.py)
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: run test ui lint bench docs serve

run: $(READY)
	@$(VENV)/bin/throughline run

test: lint $(READY)
	@$(VENV)/bin/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder -q

ui: $(READY)
	@$(VENV)/bin/throughline ui

serve: $(READY)
	@$(VENV)/bin/throughline serve

lint: $(INSTALLED)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@cd dbt_project && ../$(VENV)/bin/sqlfluff lint -q --processes 0 models tests

bench: $(READY)
	@$(VENV)/bin/python -m benchmarks

docs: $(READY)
	@mkdir -p data
	@WAREHOUSE_PATH=$${WAREHOUSE_PATH:-$(CURDIR)/data/warehouse.duckdb} \
		$(VENV)/bin/dbt --quiet docs generate --static --project-dir dbt_project \
		--profiles-dir dbt_project --target-path $(CURDIR)/data/docs
	@echo "Open $(CURDIR)/data/docs/static_index.html"

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Installing Python packages into $(VENV) (once)"
	@test -x $(VENV)/bin/python || $${PYTHON:-python3} -m venv $(VENV)
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check \
		--require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check \
		--no-build-isolation --no-deps -e .
	@touch $(INSTALLED)

$(READY): $(INSTALLED) $(MODELS) $(KERNELS)
	@echo "Reading the dbt project and compiling the linkage kernels (once)"
	@$(VENV)/bin/throughline set-up
	@touch $(READY)
