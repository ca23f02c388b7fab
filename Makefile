# What one does here. Each target that needs packages sets them up first; twice costs nothing.
.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test test-slow check bench screenshots soak fuzz bundle image lock clean
MAKEFLAGS += --no-print-directory

PYTHONS := kiosk wire hub tests bench tools
BIN := .venv/bin
PYTEST := tools/with-display $(BIN)/python -m pytest

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | expand -t 14

setup:  ## what "kiosk demo" needs, and no more
	@tools/setup run

setup-test:  ## besides, what the tests need: PostgreSQL, Chromium and the checkers
	@tools/setup test

run: setup  ## the demonstration: a hub, a kiosk and a gate's first ninety seconds
	@$(BIN)/kiosk demo

test: setup setup-test  ## every test but the slow ones
	@$(PYTEST) --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

test-slow: setup-test  ## the slow tests only
	@$(PYTEST) -m slow --hypothesis-profile=search $(ARGS)

check: setup-test  ## format, lint, types, import rules, wheel, known faults in dependencies
	@tools/check

bench: setup-test  ## measurements side by side, as tables and plots
	@$(BIN)/python -m bench $(ARGS)

screenshots: setup-test  ## every screen as a picture, into docs/pictures/screens
	@tools/with-display $(BIN)/python -m tests.ui.gallery docs/pictures/screens

soak: setup-test  ## hours of scanning with faults thrown in (ARGS="--hours 8")
	@nice $(BIN)/python -m tests.e2e.soak $(ARGS)

fuzz: setup-test  ## a fuzzer that watches the coverage of what reads codes (x86-64; ARGS="-runs=100000")
	@[ -d .venv/fuzz ] || $(BIN)/python -m pip install --quiet --target .venv/fuzz atheris==3.0.0
	@PYTHONPATH=.venv/fuzz $(BIN)/python -m tests.fuzz.codes .venv/fuzz-corpus \
	    -max_total_time=600 $(ARGS)

bundle: setup  ## a signed folder that installs a kiosk without network (ARGS="OUT --key GNUPGHOME")
	@$(BIN)/python deploy/raspberrypi/bundle $(ARGS)

image: setup  ## a bootable arm64 system from a bundle, booted once in QEMU (BUNDLE=FOLDER OUT=FILE.img)
	@deploy/image/build "$(BUNDLE)" "$(OUT)"
	@$(BIN)/python deploy/image/prove "$(OUT)" --picture "$(OUT:.img=.png)"

lock:  ## write the lock files anew from setup.cfg (ARGS=--upgrade to raise versions)
	@tools/lock $(ARGS)

clean:  ## remove what was made here, .venv included
	@rm -rf .venv build dist *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache \
	    .hypothesis .import_linter_cache
