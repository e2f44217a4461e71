SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
RELEASE := -c release --static-swift-stdlib
# Goes with --static-swift-stdlib; Package.swift says what it does.
export CAMPAIGNCTL_STATIC := yes
BIN = $(shell swift build $(RELEASE) --show-bin-path)
ROOT = $(DESTDIR)$(PREFIX)
UNITS := campaignd.service campaignd-backup.service campaignd-backup.timer
SOURCES := Package.swift Sources Tests migrations

.DEFAULT_GOAL := help

help: ## List these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: programs ## Watch a campaign go from a file to delivered messages
	@Examples/demo.sh "$(BIN)"

demo-remote: programs ## Watch one daemon drive another, the line cut in mid-send
	@Examples/demo-remote.sh "$(BIN)"

test: packages ## Build and run every test
	swift build --build-tests
	swift test --skip-build

programs: packages
	swift build $(RELEASE) --product campaignd
	swift build $(RELEASE) --product campaignctl

build: programs ## Build the release binaries, with the Swift runtime inside
	swift build $(RELEASE) --product campaign-bench

bench: build ## Measure every scenario beside its floor; BENCH="--scenario drain" for one
	@.ci/packages postfix sqlite3
	@"$(BIN)/campaign-bench" $(BENCH)

soak: build ## Run under load with kills for DURATION seconds (600), then on a full disk
	Tests/Soak/soak.py load --bin "$(BIN)" --seconds $(or $(DURATION),600)
	Tests/Soak/soak.py full --bin "$(BIN)"

lint: ## Check the format and style of every Swift file
	swift format lint --strict --parallel --recursive $(SOURCES)

check: lint test ## What a change must pass: lint and test

install: programs files ## Install programs, units and a first configuration; DESTDIR and PREFIX are heeded

deb: programs ## Build a Debian package in .build/
	systemd/debian/build "$(BIN)" .build

files:
	install -d "$(ROOT)/bin" "$(ROOT)/lib/systemd/system" "$(ROOT)/lib/sysusers.d" \
		"$(ROOT)/lib/tmpfiles.d" "$(ROOT)/share/doc/campaignd/monitoring" "$(DESTDIR)/etc/campaignd"
	install -m 0755 "$(BIN)/campaignd" "$(BIN)/campaignctl" "$(ROOT)/bin/"
	for unit in $(UNITS); do sed 's|@PREFIX@|$(PREFIX)|' "systemd/$$unit" \
		> "$(ROOT)/lib/systemd/system/$$unit" || exit; done
	install -m 0644 systemd/campaignd.sysusers "$(ROOT)/lib/sysusers.d/campaignd.conf"
	install -m 0644 systemd/campaignd.tmpfiles "$(ROOT)/lib/tmpfiles.d/campaignd.conf"
	install -m 0644 README.md CHANGELOG.md docs/*.md "$(ROOT)/share/doc/campaignd/"
	install -m 0644 docs/monitoring/* "$(ROOT)/share/doc/campaignd/monitoring/"
	[ -e "$(DESTDIR)/etc/campaignd/campaignd.yaml" ] || \
		install -m 0644 systemd/campaignd.yaml "$(DESTDIR)/etc/campaignd/campaignd.yaml"

packages:
	@.ci/packages libsqlite3-dev libcurl4-openssl-dev

.PHONY: help demo demo-remote soak test programs build bench lint check install deb files packages
