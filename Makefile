# minwon: two commands to know are `make run` and `make demo`; `make help` lists all.
PYTHON ?= python3
# How many test processes: each has a database, a Temporal and a browser of its own.
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
VENDOR := web/static/vendor/.built
TOOLS := tests/tools/node_modules/.built

.DEFAULT_GOAL := help
.PHONY: help run demo test check format bench assets tools browser clean

help:  ## What can be made
	@grep -hE '^[a-z.$$()]+[a-zA-Z_.]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

.venv: $(STAMP)  ## The environment alone, from the lock file

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

assets: $(VENDOR)  ## What the pages need from npm, served by us

$(VENDOR): web/assets/package-lock.json web/assets/build.py $(wildcard web/static/*.css) | $(STAMP)
	$(BIN)/python web/assets/build.py
	@touch $@

tools: $(TOOLS)  # What the browser tests look at pages with

$(TOOLS): tests/tools/package-lock.json tests/tools/install.py | $(STAMP)
	$(BIN)/python -m tests.tools.install

run: $(STAMP) $(VENDOR)  ## Everything on this machine, in the foreground; Ctrl-C ends it
	@exec $(BIN)/minwon up

demo: $(STAMP) $(VENDOR)  ## `make run`, with a sample day replayed (quiet hours off, so that replies are seen)
	@MINWON_QUIET_HOURS= exec $(BIN)/minwon up --demo

test: $(STAMP) $(VENDOR) $(TOOLS) browser  ## All the tests, on real components
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(STAMP) $(VENDOR)  ## Format, lint, types, arrows, generated files
	$(BIN)/ruff format $(if $(CI),--check) .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m bench.generated --check

CASES ?= 100000
bench: $(STAMP) $(VENDOR) $(TOOLS) browser  ## Figures and ratios, taken in one run (CASES=1000000 for the pages at size)
	$(BIN)/python -m bench --cases $(CASES)

browser:  # Debian's chromium and a Korean font, where we may install them
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium fonts-nanum >/dev/null; } \
	  || echo "No chromium and no right to install it: the browser tests fail until it is there."

clean:  ## Remove what was built; never a state directory
	rm -rf $(VENV) web/static/vendor build *.egg-info
