# SPDX-License-Identifier: Apache-2.0
# Thin targets over Meson. `make` builds build/gyeol; `make help` lists the rest.
.PHONY: all help setup demo test lint format bench fuzz cover asan clean
BUILD ?= build

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

help:
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 12

setup: ## install what is missing (Debian packages, DuckDB)
	@scripts/setup.sh

$(BUILD)/build.ninja: | setup
	@meson setup $(BUILD) >/dev/null

test: all ## build and run every test
	@scripts/test.sh $(BUILD)

clean: ## remove the builds
	rm -rf build build-*
