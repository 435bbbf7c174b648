# make run: the site.  make test: every check and test.  Only Python 3.11+, make and pip's index are needed.
# An existing .venv wins; for a first one, PYTHON=/path/to/python3.12 chooses the interpreter.
PYTHON ?= python3
PYTEST_ARGS ?= -n auto --dist worksteal

python = .venv/bin/python
manage = $(python) manage.py

.PHONY: run test checks bench format lock
.SILENT:
# Set-up, translations and checks depend on each other in the order they are written.
.NOTPARALLEL:

run: .venv/ready translations
	$(manage) migrate --verbosity 0
	$(manage) import_story --if-empty
	$(manage) rebuild_search --if-empty
	$(manage) create_first_editor
	$(manage) collectstatic --no-input --verbosity 0
	exec $(manage) serve

test: checks
	$(python) -m pytest $(PYTEST_ARGS)

checks: .venv/ready-dev translations
	$(python) -m ruff check
	$(python) -m ruff format --check
	find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	$(python) -m mypy
	.venv/bin/lint-imports
	$(manage) makemigrations --check --dry-run
	HTTPS=on $(manage) check --deploy --fail-level WARNING

bench: .venv/ready-dev translations
	$(python) -m pytest tests/bench

format: .venv/ready-dev
	$(python) -m ruff check --fix
	$(python) -m ruff format
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

# uv comes from PATH; neither a registry's host nor a path of this machine gets into the files.
lock_with = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
lock:
	$(lock_with) pyproject.toml --output-file requirements.txt
	$(lock_with) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt

# Babel compiles them, since GNU gettext may be missing.
.PHONY: translations
translations: $(patsubst %.po,%.mo,$(wildcard config/locale/*/LC_MESSAGES/django.po))
%.mo: %.po
	$(python) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@

probe = import sys; \
	sys.version_info < (3, 11) and sys.exit("Python 3.11 or newer is needed, $(PYTHON) is %d.%d" % sys.version_info[:2]); \
	import importlib.util as u; all(map(u.find_spec, ("venv", "ensurepip"))) or \
	sys.exit("The venv module of $(PYTHON) is missing; on Debian: apt-get install python3-venv")
problem = $(shell if command -v $(PYTHON) >/dev/null; then $(PYTHON) -c '$(probe)' 2>&1; \
	else echo "Python 3.11 or newer is needed, $(PYTHON) was not found"; fi)

# pip takes a half-written package for a whole one, so a set-up that was cut short starts anew.
.venv/ready: requirements.txt
.venv/ready-dev: requirements-dev.txt
.venv/ready .venv/ready-dev:
	$(if $(problem),$(error $(problem)))
	test ! -e .venv/incomplete || rm -rf .venv
	mkdir -p .venv && touch .venv/incomplete
	$(PYTHON) -m venv .venv
	$(python) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	rm .venv/incomplete && touch .venv/ready $@
