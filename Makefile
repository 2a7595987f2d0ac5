# Everything starts here; only Python 3.11+ and make are taken as given.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
LAUNCH = $(PYTHON) tools/launch.py

.PHONY: install demo test unit check bench format messages client lock

install: ## set up what the application runs on, and nothing else
	@$(LAUNCH) install

demo: ## set up, fill with demo data, serve on http://127.0.0.1:$(PORT)
	@PORT=$(PORT) $(LAUNCH) demo

test: ## all tests: SQLite, PostgreSQL, browser
	@$(LAUNCH) test $(ARGS)

unit: ## only the unit and view tests, on SQLite
	@$(LAUNCH) unit $(ARGS)

check: ## format, lint, types, templates, translations, migrations, import rules, known weaknesses
	@$(LAUNCH) check

bench: ## the performance table, on SQLite and PostgreSQL
	@$(LAUNCH) bench $(ARGS)

format: ## let the formatters write
	@$(LAUNCH) format

messages: ## bring the translation file up to date with the sources
	@$(LAUNCH) messages

client: ## write the Python client anew from the API
	@$(LAUNCH) client

lock: ## choose the newest dependencies that fit
	@$(LAUNCH) lock
