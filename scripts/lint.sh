#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Layers, formatting, headers compiled one by one, types of the report page, unsafe calls, long functions,
# clang-tidy's bug checks.
#   scripts/lint.sh [BUILD]     a build that is up to date
set -u
cd "$(dirname "$0")/.."
build=${1:-build}
status=0
files=$(git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' 'fuzz/*.[ch]' 'bench/*.[ch]' 'examples/*.c')

scripts/check-layers.mjs || status=1
# shellcheck disable=SC2086
scripts/check-functions.mjs $files || status=1

# shellcheck disable=SC2086
clang-format-14 --dry-run --Werror $files 2>&1 | grep error: | head -n 20 | grep . && { echo "lint: run make format"; status=1; }

# A public header stands alone, in C and in C++.
for header in include/gyeol/*.h; do
  for language in "gcc -std=c11 -x c" "clang-14 -std=c++17 -x c++"; do
    printf '#include <gyeol/%s>\n' "${header##*/}" |
      $language -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Iinclude - || { echo "lint: $header with $language"; status=1; }
  done
done

node web/node_modules/typescript/bin/tsc --noEmit --project web || status=1

git ls-files '*.py' | grep -vE '^(bench|bindings)/' && { echo "lint: Python is for bindings and bench peers"; status=1; }

grep -rnE '\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atof|strtok|system|popen|alloca|mktemp|tmpnam)\(' src include |
  grep -v 'lint-ok' && { echo "lint: unbounded or unsafe call"; status=1; }
scripts/tidy.sh "$build" || status=1
[ $status -ne 0 ] || echo "lint: no faults"
exit $status
