# SPDX-License-Identifier: Apache-2.0
# Thin targets over Meson and the scripts. `make` builds build/gyeol; `make help` lists the rest.
.PHONY: all help setup demo test asan lint format bench fuzz cover man install clean
BUILD ?= build

all: $(BUILD)/build.ninja ## build build/gyeol (installs what is missing first)
	@ninja -C $(BUILD) --quiet

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what building and testing need (Debian packages, DuckDB)
	@scripts/setup.sh

$(BUILD)/build.ninja: | setup
	@meson setup $(BUILD) >$(BUILD).log 2>&1 || { cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log

demo: all ## simulate a shop, segment it, write the report
	@$(BUILD)/gyeol demo

test: all ## build and run every test
	@scripts/test.sh $(BUILD)

asan: | setup ## every test under the address and undefined-behaviour sanitizers
	@[ -f build-asan/build.ninja ] || meson setup build-asan -Db_sanitize=address,undefined -Dbuildtype=debugoptimized >/dev/null
	@ninja -C build-asan --quiet
	@scripts/test.sh build-asan

lint: | setup ## layers, formatting, warnings of clang-tidy, TypeScript types
	@scripts/check-layers.py
	@scripts/lint.sh

format: | setup ## format the C sources
	@git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' 'fuzz/*.c' 'bench/*.c' | xargs clang-format-14 -i

bench: all ## ratios against DuckDB, pandas and scikit-learn (long; needs python3)
	@scripts/setup.sh scripts/packages.txt scripts/packages-bench.txt
	@bench/run.sh $(BUILD)

fuzz: | setup ## fuzz every parser, FUZZ_SECONDS each (default 60)
	@scripts/fuzz.sh $${FUZZ_SECONDS:-60}

cover: | setup ## line coverage of the tests
	@[ -f build-cover/build.ninja ] || meson setup build-cover -Db_coverage=true -Dbuildtype=debug >/dev/null
	@ninja -C build-cover --quiet && scripts/test.sh build-cover; ninja -C build-cover coverage-text | tail -n 3

man: all ## the man page, into build/gyeol.1
	@$(BUILD)/gyeol help --man >$(BUILD)/gyeol.1

install: man ## install the binary, its library and the man page (DESTDIR, PREFIX)
	@meson install -C $(BUILD) --quiet

clean: ## remove the builds
	rm -rf build build-*
