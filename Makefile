# Needs Python 3.11 to 3.13, pip, make and git. Every command below sets itself up; a second call does no set-up again.

BIN := .venv/bin
INSTALLED := .venv/installed
TESTS := .venv/tests
PEERS := .venv/peers
FUZZER := .venv/fuzzer
WARM := .venv/warm
# The first Python on this machine that runs, has a version we support and can make a virtual environment.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& { command -v $$python; break; }; done)

.PHONY: compare reference slides docs wheel quick test test-long quiet-year benchmark limit threads province studies timings peers clean setup

compare: $(INSTALLED) ## the main job: without the plan, each action alone, the whole plan; tables and report in results/
	@$(BIN)/shukun compare

# What the READMEs quote. Of 20,000 rows and ten replications luck is small beside what is not known, and both are told.
reference: setup ## the reference result in results/reference/, and what the READMEs say and show of it (an hour on two cores)
	@$(BIN)/shukun compare --draws 48 --out results/reference/comparison
	@$(BIN)/shukun attribute actions_over_posterior --replications 32 --out results/reference/attribution
	@$(BIN)/shukun validate --draws 300 --out results/reference/validation
	@$(BIN)/shukun decide --draws 32 --replications 2 --out results/reference/decision
	@$(BIN)/python -m tests.docs.reference

slides: setup ## notebooks/presentation.ipynb as slides in one file: results/presentation.slides.html, of the reference result
	@$(BIN)/jupyter-nbconvert --log-level ERROR --config notebooks/slides/config.py --execute --to slides \
		--output-dir results notebooks/presentation.ipynb

docs: $(TESTS) ## the documents as a site in both languages, with search, for any browser and no network: site/index.html
	@$(BIN)/python -m sphinx -q -W --keep-going -c docs/site -d build/docs/en -D language=en . site/en
	@$(BIN)/python -m sphinx -q -W --keep-going -c docs/site -d build/docs/zh -D language=zh_CN . site/zh
	@cp docs/site/first.html site/index.html

wheel: $(TESTS) ## a wheel with compiled kernels for this Python and system, in dist/ (a minute or two)
	@$(BIN)/python -m shipping.wheel

# Rooms whose tests live through whole provinces, kill studies, draw pages or type commands.
SLOW := benchmarks cli desk docs engine faults invariants notebooks reference report study
QUICK := sim $(filter-out $(SLOW:%=tests/%/),$(wildcard tests/*/)) $(wildcard tests/test_*.py) \
	tests/study/designs tests/study/statistics tests/report/words

quick: setup ## the round for every edit, within a minute: format, lint, types, import contract, and the tests of what is quick to try
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q -n auto -m "not long and not slow" $(QUICK)

test: setup ## format, lint, types, import contract, tests
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -n auto

test-long: setup $(FUZZER) ## longer rounds of what `make test` checks briefly, and two minutes of fuzzing for each kind of file
	@$(BIN)/python -m pytest -n auto -m long
	@for target in scenario catalogue levers design table; do $(BIN)/python -m tests.faults.fuzz $$target 120 || exit 1; done

quiet-year: setup ## moments of two ordinary years at a grid of what no evidence fixes, beside what surveys and statistics see
	@$(BIN)/python -m benchmarks.quiet_year

benchmark: setup ## firm-months a second and bytes a firm
	@$(BIN)/python benchmarks/engine.py

limit: setup ## a firm-month against streaming the bytes that it must touch, month by month
	@$(BIN)/python benchmarks/limit.py

threads: setup ## a million firms in one thread and in all cores, in turn
	@$(BIN)/python -m benchmarks.threads

province: setup ## the province one to one, in seconds and gigabytes
	@$(BIN)/python benchmarks/province.py

studies: setup ## runs a second of a study, two cores against one, the store, memory, and all 1,024 coalitions
	@$(BIN)/python benchmarks/studies.py --coalitions

timings: setup ## all of these once more, as a line of benchmarks/history.csv
	@$(BIN)/python -m benchmarks.history

peers: setup $(PEERS) ## one small model in several frameworks and in this project's way: the same outcome, timed in turn
	@$(BIN)/python -m benchmarks.peers.race
	@$(BIN)/python benchmarks/oracle.py --firms 50000

setup: $(TESTS) $(WARM)

PIP := $(BIN)/pip install -qq --disable-pip-version-check --constraint constraints.txt

# What the commands of the package need. Both steps leave pip's own isolated build aside, so that every version comes
# from the constraints. Bytecode is made of all but the libraries' own tests, which are most of what pip would compile.
$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Shukun needs Python 3.11, 3.12 or 3.13 with the modules venv and ensurepip; none was found." >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON) (once, about half a minute)" >&2
	@$(PYTHON) -m venv .venv
	@$(PIP) --no-compile hatchling editables
	@$(PIP) --no-compile --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -x 'site-packages/.*/tests?/' .venv/lib || true
	@touch $@

# What the tests, the benchmarks and the slides need besides.
$(TESTS): $(INSTALLED)
	@$(PIP) --no-build-isolation --editable '.[test]'
	@touch $@

# The fuzzer of `make test-long`; no other command needs it.
$(FUZZER): $(INSTALLED)
	@$(PIP) --no-build-isolation --editable '.[fuzz]'
	@touch $@

# The frameworks that `make peers` compares with; no other command needs them.
$(PEERS): $(INSTALLED)
	@$(PIP) --no-build-isolation --editable '.[peers]'
	@touch $@

# Kernels that a change of the sources concerns are compiled once here, before anything is timed or tested.
$(WARM): $(INSTALLED) $(shell find sim -name '*.py')
	@$(BIN)/shukun run full_plan --firms 500 --json >/dev/null
	@touch $@

clean: ## everything that the commands above made, except results/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist site
	find sim tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
