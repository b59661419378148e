# `make` lists the targets. PORT=8080 moves the server, PYTHON=python3.12 chooses the interpreter of .venv.
PORT ?= 8000
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# Everything is started as a module: the scripts in .venv/bin hold an absolute path and break when the folder moves.
PY := .venv/bin/python -m
# Bytecode is kept whatever the shell says: else every process that a test starts compiles all that it imports.
export PYTHONDONTWRITEBYTECODE :=
# One more than there are cores, of up to 8: tests wait for browsers, killed servers and readers of imports.
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$((cores < 8 ? cores + 1 : 8)))
TRANSLATIONS := platform/examhall/translations
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/*.po tenants/*/translations/*/LC_MESSAGES/*.po))

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: export PYTHONPATH = platform:.
run: export FLASK_APP = wsgi
run: export EXAMHALL_ENV = development
run: export PORT := $(PORT)

# The server gets a process group of its own (set -m) and hears of Ctrl-C or a closed terminal from the shell alone: a worker
# that is told twice, by the terminal and by its parent, may hang, and a closed terminal would mean "reload" to granian.
run: .venv $(CATALOGUES)  ## Serve two demonstration tenants on http://127.0.0.1:8000
	@.venv/bin/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null \
		|| { echo "Port $(PORT) cannot be used; another program may have it. Choose one: make run PORT=8080"; exit 1; }
	@$(PY) flask demo prepare
	@set -m 2>/dev/null; $(PY) granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers 1 --blocking-threads 4 --no-ws \
		--workers-kill-timeout 3 wsgi:app & server=$$!; trap "kill $$server" INT TERM HUP; wait $$server; wait $$server

test: .venv $(CATALOGUES)  ## Run every test (ARGS="-k word" chooses some)
	@.venv/bin/python tests/browser/chromium.py
	$(PY) pytest -n $(WORKERS) --dist worksteal $(ARGS)

fuzz: .venv  ## Spoil files for each importer in turn, SECONDS=60 each (FORMATS="gift csv" chooses; Python 3.12 or newer)
	@PYTHONPATH=platform:tests $(PY) fuzz $(or $(SECONDS),60) $(FORMATS)

lint: .venv  ## Check style and types
	$(PY) ruff check .
	$(PY) ruff format --check .
	$(PY) mypy

bench: .venv $(CATALOGUES)  ## Count statements, bytes and CPU time of the main operations
	@PYTHONPATH=platform:tests $(PY) bench

translate: .venv  ## Bring the message catalogues up to date with the code
	$(PY) babel.messages.frontend -q extract -F pyproject.toml -k lazy_gettext --add-location=file --sort-by-file -o .venv/messages.pot platform/examhall
	$(PY) babel.messages.frontend -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -i .venv/messages.pot -d $(TRANSLATIONS)
	@$(MAKE) --no-print-directory $(CATALOGUES)

lock: .venv  ## Choose newer versions of all packages (requirements.lock)
	$(PY) uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --all-extras pyproject.toml -o requirements.lock

clean:  ## Remove .venv, caches and compiled catalogues (instance/, the data, stays)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* $(CATALOGUES)
	find platform tests -name __pycache__ -type d -prune -exec rm -rf {} +

%.mo: %.po | .venv
	@$(PY) babel.messages.frontend -q compile -i $< -o $@

# The copy of the lock inside .venv says what is installed there.
.venv:
	@cmp -s requirements.lock .venv/requirements.lock && .venv/bin/python -c '' || $(MAKE) --no-print-directory install

# pip brings uv, by its hash; uv installs the rest in a quarter of pip's time, from the index that pip is set up for.
install:
	@test -n "$(PYTHON)" || { echo "Examhall needs Python 3.11 or newer, and none is on PATH. Install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments. On Debian or Ubuntu type: sudo apt-get install -y python3-venv"; exit 1; }
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || { echo "Making .venv with $$($(PYTHON) --version)"; $(PYTHON) -m venv --clear .venv; }
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@$(PY) pip install -q --require-hashes --no-deps -r .venv/uv.txt
	@UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) pip config get global.index-url 2>/dev/null)}}" \
		$(PY) uv pip sync --python .venv/bin/python --require-hashes --no-build requirements.lock
	@cp requirements.lock .venv/requirements.lock

.PHONY: help run test fuzz lint bench translate lock clean install .venv
