.PHONY: help setup run test lint types bench clean

help:  ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup:  ## Install what is missing (uv in a private environment, everything else from the lock)
	@scripts/setup

run: setup  ## Start everything and print the addresses; Ctrl-C ends it
	@exec .venv/bin/insyn up

test: setup  ## Run every check that the continuous integration runs
	@scripts/test

lint:  ## Format and lint
	.venv/bin/ruff format . && .venv/bin/ruff check --fix .

types:  ## Check the types
	.venv/bin/mypy

bench: setup  ## Print the figures of docs/measurements.md
	@.venv/bin/python -m benchmarks
	@.venv/bin/python -m benchmarks.register
	@.venv/bin/python -m benchmarks.default_pipeline

clean:  ## Delete data, models and caches; the next run starts from nothing
	rm -rf .insyn .insyn-test models/*.tar.gz models/*.fingerprint .rasa
