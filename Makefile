# Every command there is. Each target makes its own .venv and installs what it needs into it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= demo-output
# Most tests wait for something, so two cores carry three of them.
WORKERS ?= 3
# Of the points at which the bot is killed, only each so-many-th one.
EVERY ?= 1
# What these bots keep their books in: sqlite or postgres.
ENGINE ?= sqlite

.PHONY: demo run test crash lint check format translations pictures lock clean

demo: $(READY)  ## play the main job offline, on loopback stand-ins
	$(BIN)/python -m sandbox demo --out $(OUT)

run: $(READY)  ## run the bot for real, with the settings of .env
	$(BIN)/grok-bot run

test: $(READY)  ## run the tests with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal
	@# What a test has killed may leave half a file: such a one is passed over, and removed.
	$(BIN)/coverage combine --quiet
	@rm -f .coverage.*
	$(BIN)/coverage report --format=total

crash: $(READY)  ## kill the bot at every point where it can wait; takes about half an hour
	$(BIN)/python -m sandbox crash --every $(EVERY) $(if $(filter postgres,$(ENGINE)),--postgres)

lint: $(READY)  ## format, style, types, import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## everything that CI asks for

format: $(READY)  ## put the code into its house shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: $(READY)  ## bring the files of the languages up to date, and say how complete they are
	$(BIN)/python -m sandbox translations

pictures: $(READY)  ## take the pictures of the docs anew: plays the bot in English and in Chinese
	$(BIN)/python -m sandbox pictures --work $(OUT)/pictures

lock: $(READY)  ## write requirements/*.txt anew: pinned, hashed, without addresses
	$(BIN)/python -m pip install --quiet uv
	for name in runtime dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate \
	    requirements/$$name.in -o requirements/$$name.txt; \
	done

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(OUT) crash-output .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV) || { \
	  echo "This Python cannot make a virtual environment. On Debian: apt install python3-venv."; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)
