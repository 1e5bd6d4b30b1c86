# Two commands matter: `make demo` and `make test`. Both set up everything they need.
# Another Python: make PYTHON=python3.12 demo. Another place for what is installed: make VENV=/somewhere demo.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SUFFICES := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$each -c '$(SUFFICES)' 2>/dev/null && echo $$each && break; done)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# What was set up works where its last word is the folder that it was made in, and its Python is still there.
# One that was interrupted or moved is made anew.
MADE_IN := $(shell { $(BIN)/python -c '$(SUFFICES)' && cat $(READY); } 2>/dev/null)
ifneq ($(MADE_IN),$(CURDIR))
.PHONY: $(READY)
endif

.PHONY: demo test bench lint format lock screenshots clean

demo: $(READY)
	@$(BIN)/triage demo

# Tests wait for servers half of the time: one worker more for every two processors.
test: $(READY)
	$(BIN)/python -m pytest -n $$($(BIN)/python -c 'import os; n = os.cpu_count() or 1; print(n + (n + 1) // 2)') \
		--dist loadgroup $(ARGS)

# The tools that ours is compared with get an environment of their own. ARGS='--only small' measures less.
bench: $(READY) .bench/.ready
	$(BIN)/python -m benchmarks $(ARGS)

.bench/.ready: benchmarks/requirements.txt
	@echo 'Installing the tools to compare with in .bench.' >&2
	@$(PYTHON) -m venv --clear .bench
	@.bench/bin/python -m pip --quiet --disable-pip-version-check install -r benchmarks/requirements.txt
	@touch .bench/.ready

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/triage guides lint knowledge --unlike tests/guides/fixtures/originals.hashes

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs uv. The lock holds exact versions and hashes, for every platform, and no index address.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra demo --group dev pyproject.toml -o requirements.lock

screenshots: $(READY)
	$(BIN)/python -m screenshots.take

$(READY): requirements.lock pyproject.toml
	@$(or $(PYTHON),python3) -c '$(SUFFICES)' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed. $(or $(PYTHON),python3) says: $$($(or $(PYTHON),python3) --version 2>&1)" >&2; \
		echo 'Where a newer one has another name: make PYTHON=NAME' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '$(PYTHON) cannot make virtual environments. Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@mkdir -p $(VENV) 2>/dev/null && test -w $(VENV) || { \
		echo 'Nothing can be written to $(VENV). Elsewhere: make VENV=$$HOME/.cache/triage-tui' >&2; exit 1; }
	@echo 'Setting up $(VENV). This is done once and takes about a minute.' >&2
	@rm -f $(READY)
	@test '$(MADE_IN)' = '$(CURDIR)' || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@printf '%s' '$(CURDIR)' > $(READY)

clean:
	rm -rf $(VENV) .bench
