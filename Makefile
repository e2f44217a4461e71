SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
RELEASE := -c release --static-swift-stdlib
BIN = $(shell swift build $(RELEASE) --show-bin-path)
SOURCES := Package.swift Sources Tests migrations

.DEFAULT_GOAL := help

help: ## List these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: build ## Watch a campaign go from a file to delivered messages
	@Examples/demo.sh "$(BIN)"

test: packages ## Build and run every test
	swift build --build-tests
	swift test --skip-build

build: packages ## Build the release binaries, with the Swift runtime inside
	swift build $(RELEASE) --product campaignd
	swift build $(RELEASE) --product campaignctl

lint: ## Check the format and style of every Swift file
	swift format lint --strict --parallel --recursive $(SOURCES)

check: lint test ## What a change must pass: lint and test

install: build ## Install both binaries and the systemd unit; DESTDIR and PREFIX are heeded
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/systemd/system"
	install -m 0755 "$(BIN)/campaignd" "$(BIN)/campaignctl" "$(DESTDIR)$(PREFIX)/bin/"
	sed 's|@PREFIX@|$(PREFIX)|' systemd/campaignd.service \
		> "$(DESTDIR)$(PREFIX)/lib/systemd/system/campaignd.service"

packages:
	@.ci/packages libsqlite3-dev libcurl4-openssl-dev

.PHONY: help demo test build lint check install packages
