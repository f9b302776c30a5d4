# Aftercare. Nothing is needed first but Python >= 3.11: each target sets up what it uses, once.
PORT ?= 8000
SMTP_PORT ?= 2525
MAIL_PORT ?= 8025
DATA ?= .local
RATE_LIMITS ?= on
LOOP ?= off
STAGE ?= prod
PYTHON ?= python3
ARGS ?=
ARCH ?= arm64
XRAY ?= off
RECORDS ?= keep
SECONDS ?= 60
FORMS ?= 10000
MAILS ?= 5000
CLIENTS ?= 16

export PYTHON
# The Python that compiles for Lambda, where it is not found by itself: make package LAMBDA_PYTHON=…
export LAMBDA_PYTHON
# Many processes import the same files: they need not be compiled in each of them.
unexport PYTHONDONTWRITEBYTECODE
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
# The environments follow the content of the lists they are made from.
key = ready-$(shell cat $(1) | cksum | cut -d' ' -f1)
VENV := .venv/$(call key,requirements-dev.txt)
VENV_AWS := .venv-aws/$(call key,requirements-aws.txt)
VENV_PEER := .venv-peer/$(call key,requirements-peer.txt)
IN_VENV := .venv/bin/python
# Under .cache, because it is rarely used: `make clean` deletes it with the rest.
FUZZ := .cache/fuzz
VENV_FUZZ := $(FUZZ)/venv/$(call key,requirements-fuzz.txt)
LOCK := .cache/lock
VENV_LOCK := $(LOCK)/$(call key,requirements-lock.txt)
CHECKOV := .cache/checkov
VENV_CHECKOV := $(CHECKOV)/$(call key,requirements-checkov.txt)
LISTS := requirements requirements-dev requirements-aws requirements-fuzz requirements-lock requirements-peer requirements-checkov

.PHONY: help setup run story shots test deploy go-live smoke destroy rehearse rehearse-iam scan fuzz check fmt bench bench-peer
.PHONY: load package lock clean
help:
	@echo "make run      Aftercare on this machine [PORT=$(PORT) SMTP_PORT=$(SMTP_PORT) MAIL_PORT=$(MAIL_PORT) DATA=$(DATA) RATE_LIMITS=$(RATE_LIMITS) LOOP=$(LOOP)]"
	@echo "make story    live a complaint and an order through, and write docs/story.md and docs/story-order.md"
	@echo "make shots    every page in .local/shots, as a phone and a desk show it, by day and by night"
	@echo "make test     every test [ARGS=tests/unit]"
	@echo "make rehearse  every command of docs/deploying.md, against stand-ins for AWS and DNS"
	@echo "make rehearse-iam  the whole flow, each function with its own rights and no others"
	@echo "make scan     checkov, over the stack's template as AWS expands it"
	@echo "make fuzz     any bytes at the mail parser, guided by coverage [SECONDS=$(SECONDS)]"
	@echo "make check    ruff, mypy, import-linter, codespell, vulture"
	@echo "make fmt      put the sources into form"
	@echo "make bench    what it costs and how fast it is"
	@echo "make bench-peer  how fast it is beside django-helpdesk, at the same work"
	@echo "make load     many forms and mails at once, on this machine [FORMS=$(FORMS) MAILS=$(MAILS) CLIENTS=$(CLIENTS)]"
	@echo "make package  zip and template for AWS in .local/package [STAGE=$(STAGE) ARCH=$(ARCH) XRAY=$(XRAY)]"
	@echo "make deploy   put a stage on AWS, or update it; make go-live, make smoke: docs/deploying.md [STAGE=$(STAGE)]"
	@echo "make destroy  take a stage off AWS; its records stay [STAGE=$(STAGE) RECORDS=$(RECORDS)]"
	@echo "make lock     the lists of packages with their hashes, from requirements*.in [ARGS=--upgrade-package NAME]"
	@echo "make clean    forget environments, caches and packages; DATA stays"

setup: $(VENV) $(VENV_AWS)
	@:

run: setup
	@exec $(IN_VENV) -m local run --port $(PORT) --smtp-port $(SMTP_PORT) --mail-port $(MAIL_PORT) \
		--data "$(DATA)" --rate-limits $(RATE_LIMITS) --loop $(LOOP)

story: setup
	@$(IN_VENV) -m local story

shots: setup
	@sh deploy/chromium.sh
	@$(IN_VENV) -m local shots

# Each file by one process, in this order: files of few tests, which take longest, would come last. The tests from the
# outside have two processes, because each starts a stack of its own.
IN_FILES := --dist=loadfile --no-loadscope-reorder
test: setup
	@sh deploy/chromium.sh
ifeq ($(ARGS),)
	@$(IN_VENV) -m pytest --numprocesses=auto $(IN_FILES) --quiet tests/unit $(wildcard tests/test_*.py)
	@$(IN_VENV) -m pytest --numprocesses=2 $(IN_FILES) --quiet tests/deploy tests/integration tests/browser
else
	@$(IN_VENV) -m pytest $(ARGS)
endif

rehearse: setup
	@$(IN_VENV) -m local rehearse

rehearse-iam: setup
	@$(IN_VENV) -m pytest tests/integration/test_rights_enforced.py

scan: setup $(VENV_CHECKOV)
	@$(IN_VENV) -m pytest tests/deploy/test_checkov.py

# Useful inputs are kept in .cache/fuzz/corpus, where the next run goes on; a crash fails, and its input is kept there.
fuzz: $(VENV_FUZZ)
	@$(FUZZ)/venv/bin/python tests/fuzz/seeds.py $(FUZZ)/corpus
	@$(FUZZ)/venv/bin/python tests/fuzz/fuzz_reading.py -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 \
		-max_len=20000 -dict=tests/fuzz/mail.dict -print_final_stats=1 -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus

check: $(VENV)
	@$(IN_VENV) -m ruff check --quiet
	@$(IN_VENV) -m ruff format --check --quiet --diff
	@$(IN_VENV) -m mypy
	@$(IN_VENV) -m codespell_lib
# In code, strings are skipped: mails are read by words of forty languages. These files have only English strings.
	@$(IN_VENV) -m codespell_lib --ignore-regex '$$^' templates/words/en/*.toml templates/replies/en.toml
	@lint=$$(.venv/bin/lint-imports --no-logo --no-cache 2>&1) || { echo "$$lint"; exit 1; }
	@$(IN_VENV) -m deploy.unused

fmt: $(VENV)
	@$(IN_VENV) -m ruff check --fix --quiet
	@$(IN_VENV) -m ruff format --quiet

bench: setup
	@$(IN_VENV) -m bench $(ARGS)

bench-peer: setup $(VENV_PEER)
	@$(IN_VENV) -m bench.peer

load: setup
	@$(IN_VENV) -m bench.load --forms $(FORMS) --mails $(MAILS) --clients $(CLIENTS)

package: $(VENV)
	@$(IN_VENV) -m deploy.package --stage $(STAGE) --out .local/package --architecture $(ARCH) $(if $(filter on,$(XRAY)),--xray)

deploy: $(VENV)
	@$(IN_VENV) -m deploy up --stage $(STAGE)

go-live: $(VENV)
	@$(IN_VENV) -m deploy go_live --stage $(STAGE)

smoke: $(VENV)
	@$(IN_VENV) -m deploy smoke --stage $(STAGE)

destroy: $(VENV)
	@$(IN_VENV) -m deploy destroy --stage $(STAGE) --records $(RECORDS)

# Versions already in the lists stay. Each list has the hashes of every file of a version, for any machine.
lock: $(VENV_LOCK)
	@for list in $(LISTS); do \
		$(LOCK)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command "make lock" $(ARGS) --output-file $$list.txt $$list.in || exit 1; \
	done

clean:
	rm -rf .venv .venv-aws .venv-peer .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .local/package .local/package-local
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV):
	@sh deploy/venv.sh .venv requirements-dev.txt
	@touch $@

$(VENV_FUZZ):
	@sh deploy/venv.sh $(FUZZ)/venv requirements-fuzz.txt
	@touch $@

$(VENV_CHECKOV):
	@sh deploy/venv.sh $(CHECKOV) requirements-checkov.txt
	@touch $@

$(VENV_LOCK):
	@sh deploy/venv.sh $(LOCK) requirements-lock.txt
	@touch $@

$(VENV_AWS):
	@sh deploy/venv.sh .venv-aws requirements-aws.txt
	@touch $@

$(VENV_PEER):
	@sh deploy/venv.sh .venv-peer requirements-peer.txt
	@touch $@
