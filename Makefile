# SPDX-License-Identifier: Apache-2.0
# Thin targets over Meson and the scripts. `make` builds build/gyeol; `make help` lists the rest.
.PHONY: all help setup setup-build demo test asan asan-long lint tidy format bench peers fuzz rules cover man install clean
.NOTPARALLEL:
BUILD ?= build
PREFIX ?= /usr/local
C_FILES = git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' 'fuzz/*.[ch]' 'bench/*.[ch]' 'examples/*.c'

all: $(BUILD)/build.ninja ## build build/gyeol (installs what is missing first)
	@ninja -C $(BUILD) --quiet

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what building and testing need (Debian packages, DuckDB)
	@scripts/setup.sh

setup-build:
	@scripts/setup.sh --build

$(BUILD)/build.ninja: | setup-build
	@meson setup $(BUILD) >$(BUILD).log 2>&1 || { cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log

demo: all ## simulate a shop, segment it, write the report
	@$(BUILD)/gyeol demo

test: setup all ## build and run every test
	@scripts/test.sh $(BUILD)

build-asan/build.ninja: | setup
	@meson setup build-asan -Db_sanitize=address,undefined -Doptimization=1 -Ddebug=true -Dc_args='-g1 -w' >/dev/null

asan: build-asan/build.ninja ## the tests under the address and undefined-behaviour sanitizers, but for the long ones
	@ninja -C build-asan --quiet
	@scripts/test.sh build-asan --setup asan

asan-long: build-asan/build.ninja ## the long tests under the sanitizers (half an hour)
	@ninja -C build-asan --quiet
	@scripts/test.sh build-asan --setup asan_long --suite long

lint: setup all ## layers, formatting, clang-tidy, headers on their own, TypeScript types, unsafe calls
	@scripts/lint.sh $(BUILD)

tidy: setup all ## clang-tidy with the whole analyzer, false alarms too (minutes)
	@scripts/tidy.sh $(BUILD) --all

format: | setup ## format the C sources
	@$(C_FILES) | xargs clang-format-14 -i

bench: all ## ratios against DuckDB, pandas and scikit-learn (long; needs python3)
	@scripts/setup.sh scripts/packages.txt scripts/packages-bench.txt
	@bench/run.sh $(BUILD)

peers: all ## answers beside R's and scikit-learn's on the clustering battery (long; needs python3 and R)
	@scripts/setup.sh scripts/packages.txt scripts/packages-bench.txt
	@bench/peers.sh $(BUILD)

fuzz: | setup ## fuzz every parser, FUZZ_SECONDS each (default 60)
	@scripts/fuzz.sh $${FUZZ_SECONDS:-60}

rules: setup all ## GYEOL_RULES (default 10000) random rules in memory, by DuckDB and by PostgreSQL (long)
	@GYEOL_RULES=$${GYEOL_RULES:-10000} $(BUILD)/tests/rule/test_rule_differential --verbose=0

cover: | setup ## line coverage of the tests
	@scripts/cover.sh

man: all ## the man page, build/gyeol.1
	@ls $(BUILD)/gyeol.1

install: all ## install the binary, its library and the man page (DESTDIR, PREFIX)
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
	@meson install -C $(BUILD) --quiet

clean: ## remove the builds
	rm -rf build build-*
