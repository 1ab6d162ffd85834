# Two commands matter: `make demo` (a sentence becomes an instrument) and `make test`.
# Everything installs into .venv; a stamp file makes every later run start at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo/piano
PROMPT ?= warm felt piano

# FluidSynth plays SoundFonts into corpora; the two fonts are what the shipped models learned from.
# Sonic Pi's runtime and samples, SuperCollider and its plugins, and the sandbox render programs.
SYSTEM_PACKAGES := libfluidsynth3 libsndfile1 fluid-soundfont-gm musescore-general-soundfont-lossless \
	ruby sonic-pi-server sonic-pi-samples supercollider-server sc3-plugins-server bubblewrap
# What the real Sonic Pi server plays to: `make verify-sonicpi` alone wants it.
VERIFY_PACKAGES := jackd2 procps sox
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help setup demo test lint format bench verify-sonicpi clean system

help:
	@echo "make demo    set up, and turn a sentence into an instrument (PROMPT=\"$(PROMPT)\")"
	@echo "make test    set up, and run the whole test suite"
	@echo "make lint    ruff, pyright, import-linter"
	@echo "make format  let ruff rewrite what it can"
	@echo "make bench   measure against peers and the machine; writes build/bench.json"
	@echo "make verify-sonicpi  our Sonic Pi scores beside the real server's (15 minutes and more)"
	@echo "make setup   everything that the above need"
	@echo "make clean   remove .venv and build"

setup: system $(VENV)/dev

system:
	@scripts/system-packages $(SYSTEM_PACKAGES)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "trichord: $(PYTHON) is missing or older than 3.11; try make PYTHON=python3.11" >&2; exit 3; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || scripts/system-packages python3-venv
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 3; }

# The run time alone, so that the first instrument comes soon.
$(VENV)/runtime: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

$(VENV)/dev: $(VENV)/runtime
	$(PIP) -e '.[dev]'
	@touch $@

demo: $(VENV)/runtime
	@$(BIN)/trichord make "$(PROMPT)" --out $(DEMO)
	@$(BIN)/trichord check $(DEMO)
	@echo
	@echo "Drag $(DEMO)/*.sfz into a sampler that reads SFZ (sfizz and sforzando are free),"
	@echo "or play the WAV files beside it. Another sound: $(BIN)/trichord make \"glass bell\" --out bell"

test: setup
	@$(BIN)/python -m pytest -q -n 2

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

format: $(VENV)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	@$(BIN)/python -m benchmarks --out build/bench.json

# In real time: a pass that was stopped goes on where it was; `rm -r build/verify` begins anew.
verify-sonicpi: setup
	@scripts/system-packages $(VERIFY_PACKAGES)
	@$(BIN)/trichord study exactness --out build/verify --page docs/results/sonicpi_exactness.md

clean:
	rm -rf $(VENV) build
