# Two commands on a fresh machine: make demo, make test. Each target is a line or two.
UV ?= .boot/uv
RUN = $(UV) run --frozen

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-hard coverage check fix bench pictures

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.boot/uv:
	@sh src/bangfu/site/bootstrap.sh .boot

# Compiled once here: a machine may forbid Python to keep what it compiles, and then every command would.
setup: $(UV) ## virtual environment and locked dependencies
	@$(UV) sync --frozen --quiet --compile-bytecode
	@PYTHONDONTWRITEBYTECODE= $(RUN) python -m compileall -q src

demo: setup ## the whole year of the sample county, into out/
	@$(RUN) bangfu demo

serve: setup ## the site, with the sample county when the books are empty
	@$(RUN) bangfu serve

test: setup ## every test
	@$(RUN) pytest

test-hard: setup ## nightly-size cases too
	@$(RUN) pytest -m "hard or not hard"

coverage: setup ## branch coverage of core, by the tests of core alone; less than 95 % fails
	@$(RUN) pytest tests/unit tests/spec --cov --cov-report=term:skip-covered

check: setup ## lint, types, migrations, docs
	@$(RUN) python -m bangfu.cli.quality

fix: setup ## format and mend what the linter can
	@$(RUN) ruff check --fix -q . ; $(RUN) ruff format -q .

pictures: setup ## the pictures of tutorial and user guide, into docs/pictures
	@BANGFU_PICTURES=1 $(RUN) pytest tests/browser/test_recognition_journey.py tests/browser/test_project_journey.py tests/browser/test_all_pages.py -n 0 -m "hard or not hard"

bench: setup ## side-by-side measurements, into docs/explanation/performance.md
	@$(UV) run --frozen --group bench python -m bench
