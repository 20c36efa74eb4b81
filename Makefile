# `make run` opens the window, `make test` passes the tests; both install what they need.

STORE ?= build/sample.hpm
BIN := .venv/bin
export HPM_PROGRAM := make

.PHONY: run test lint suite coverage profile install screenshots bench clean help

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: .venv/installed  ## open the window on the sample store, or on STORE=path
	@sh packaging/run.sh "$(STORE)"

test: .venv/installed lint suite  ## lint, types, layers and all tests

lint: .venv/installed  ## ruff, mypy and import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

suite: .venv/installed  ## the tests alone
	sh packaging/system_libraries.sh tests
	$(BIN)/python -m pytest -n 2

# Not part of `test`: measuring takes a third more processor time, and half as long again.
coverage: .venv/installed  ## the tests with the lines that they reach, in build/coverage
	sh packaging/system_libraries.sh tests
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage html --quiet
	$(BIN)/coverage report --skip-covered --sort=miss

profile: .venv/installed  ## where an import's time goes, in build/profile; DATA=path imports that
	$(BIN)/python packaging/profile_import.py build/profile/import.prof $(DATA)

screenshots: .venv/installed build/sample.hpm  ## a picture of every view, light and dark
	sh packaging/system_libraries.sh
	$(BIN)/hpm-inspector build/sample.hpm --screenshots build/screenshots --theme both

build/sample.hpm: .venv/installed
	@mkdir -p build
	$(BIN)/hpm sample build/sample.hpm

bench: .venv/installed  ## every benchmark; DATA=folder adds those on real traces
	$(BIN)/hpm bench all $(if $(DATA),--data $(DATA))

install: .venv/installed  ## only install

.venv/installed: pyproject.toml packaging/constraints.txt packaging/install.sh
	sh packaging/install.sh

clean:  ## remove what was built
	rm -rf build dist .venv
