# `make` lists what there is. PYTHON=python3.12 chooses the interpreter; WEB_PORT and SANDBOX_PORT the ports.
PYTHON ?= python3
ARGS ?=
SPECS ?=
PHP_SDK ?=

.DEFAULT_GOAL := list
.PHONY: screenshots list install run test lint bench soak audit conformance clean

list: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## install what is missing and start everything; prints the address to open (Ctrl-C stops)
	@$(PYTHON) dev.py run

test: ## run all tests (ARGS="tests/domain -k price" for some of them)
	@$(PYTHON) dev.py test $(ARGS)

lint: ## ruff and mypy
	@$(PYTHON) dev.py lint

bench: ## run the benchmarks (ARGS="name" for one of them)
	@$(PYTHON) dev.py bench $(ARGS)

soak: ## kill everything at random while a catalog is imported and published, then count (ARGS="--engine sqlite --workers 3 --seed 5")
	@$(PYTHON) dev.py soak $(ARGS)

audit: install ## ask the public databases of holes about every pinned package (needs a network)
	@.venv/bin/python -m checks.audit

conformance: install ## hold the sandbox against strangers (SPECS="a checkout" PHP_SDK="a checkout", see docs/decisions/0006)
	@.venv/bin/python -m checks --specs "$(SPECS)" --php-sdk "$(PHP_SDK)" $(ARGS)

install: ## only install: environment, packages, front-end files
	@$(PYTHON) dev.py install

screenshots: install ## make the README's pictures anew from the running app
	@.venv/bin/python -m checks.screenshots

clean: ## remove everything installed or generated, the development data included
	@$(PYTHON) dev.py clean
