#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every suite of a build folder and adds up their counts; the last line reads
# "N passed, N failed, N skipped".
#   scripts/test.sh [BUILD]
set -u
cd "$(dirname "$0")/.."
build=${1:-build}
log=$build/meson-logs/testlog.txt
if [ "$build" = build ]; then
  scripts/check-layers.py || exit 1
fi
meson test -C "$build" --no-rebuild --print-errorlogs --suite gyeol
status=$?
# Criterion closes with "Tested: N | Passing: N | Failing: N | Crashing: N"; other suites print the
# plain line "N passed, N failed, N skipped" themselves.
awk '
  /Synthesis: Tested:/ {
    gsub(/[|:]/, " ")
    for (i = 1; i <= NF; i++) { if ($i == "Passing") pass += $(i + 1); if ($i == "Failing" || $i == "Crashing") fail += $(i + 1) }
  }
  /\[SKIP\]/ { skip++ }
  /^[0-9]+ passed, [0-9]+ failed/ { pass += $1; fail += $3; if ($5 != "") skip += $5 }
  END { printf "%d passed, %d failed, %d skipped\n", pass, fail, skip; exit fail > 0 }
' "$log" || status=1
exit $status
