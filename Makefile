# Two commands matter: `make run` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test quick check fix fuzz bench bench-large bench-load bench-department audit screenshots office reference lock sbom clean

run: $(VENV)/.run
	$(BIN)/python serve.py

test: $(VENV)/.dev $(VENV)/.provider
	sh tests/ensure.sh $(BIN)/python chromium node nginx openssl
	PATH="$(CURDIR)/$(BIN):$$PATH" node --test tests/live/
	$(BIN)/python -m pytest

# For the hour's work: no browser, no walks over all charts and files.
quick: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n auto -m "not slow" --ignore=tests/browser

check: $(VENV)/.dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	sh tests/ensure.sh $(BIN)/python npx
	PATH="$(CURDIR)/$(BIN):$$PATH" npx --yes eslint@9.39.1

fix: $(VENV)/.dev
	$(BIN)/python -m ruff check --fix .

# 100,000 mutated texts and 10,000 workbooks; the tests read 2,000 and 500.
fuzz: $(VENV)/.dev
	FUZZ_CASES=100000 $(BIN)/python -m pytest tests/corpus/test_fuzz.py

bench: $(VENV)/.dev
	sh tests/ensure.sh $(BIN)/python chromium
	$(BIN)/python -m bench.board 82 10000
	$(BIN)/python -m bench.survival 82 10000
	$(BIN)/python -m bench.click
	$(BIN)/python -m bench.upload 10000

bench-large: $(VENV)/.dev
	$(BIN)/python -m bench.board 100000 1000000
	$(BIN)/python -m bench.survival 10000 100000 1000000
	$(BIN)/python -m bench.toxicity 100000
	sh tests/ensure.sh $(BIN)/python chromium
	$(BIN)/python -m bench.click 100000
	$(BIN)/python -m bench.upload 1000000

# 30 people at once, a click each three seconds, over real websockets.
bench-load: $(VENV)/.dev
	$(BIN)/python -m bench.load

# 60 people behind the proxy for ten minutes; then one process is killed.
bench-department: $(VENV)/.dev
	sh tests/ensure.sh $(BIN)/python nginx
	$(BIN)/python -m bench.department

screenshots: $(VENV)/.dev
	sh tests/ensure.sh $(BIN)/python chromium
	$(BIN)/python -m tests.browser.screenshots docs/screenshots

# Every figure as PowerPoint, Word and Excel, held against the schemas of Office by Microsoft's own validator.
office: $(VENV)/.dev
	sh tests/ensure.sh $(BIN)/python npx
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.shared.office

# Needs R >= 4.2 with the packages survival, cmprsk, maxstat and mvtnorm; the tests themselves do not.
reference:
	for room in survival hazards along_number late_entry cut_point statistics summaries verification scripts; do Rscript tests/reference/$$room.R || exit 1; done

# All packages with their hashes, for every system and Python 3.11 and later, from those that requirements.txt asks for.
lock: $(VENV)/.dev
	echo "# All packages of requirements.txt with their hashes, for every system; \`make lock\` writes it." > $(VENV)/lock
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header requirements.txt >> $(VENV)/lock
	mv $(VENV)/lock requirements.lock

# The list of parts (SBOM, CycloneDX) that a data officer asks for.
sbom: $(VENV)/.dev
	mkdir -p dist
	$(BIN)/python -m cyclonedx_py requirements requirements.lock --of JSON -o dist/sbom.json

# Known flaws of the locked packages: of a database that was fetched elsewhere (DATABASE=all.zip), or by PyPI's network.
audit: $(VENV)/.dev
	@if [ -n "$(DATABASE)" ]; then $(BIN)/python -m tests.shared.known_flaws "$(DATABASE)"; \
	else $(BIN)/uvx pip-audit==2.10.0 --disable-pip --require-hashes -r requirements.lock; fi

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or later is needed"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

# A real OpenID provider for the tests, apart from the app's packages.
$(VENV)/.provider: tests/hosting/requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(VENV)/provider
	$(VENV)/provider/bin/python -m pip install --quiet --disable-pip-version-check -r tests/hosting/requirements.txt
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
