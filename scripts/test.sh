#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every suite of a build folder and adds up their counts; the last line reads
# "N passed, N failed, N skipped".
#   scripts/test.sh [BUILD] [OPTION OF meson test...]
set -u
cd "$(dirname "$0")/.."
build=${1:-build}
[ $# -eq 0 ] || shift
# Tests are left out of a build that was set up before their packages were there.
if [ "$(meson introspect --tests "$build")" = '[]' ]; then
  meson setup --reconfigure "$build" >/dev/null && ninja -C "$build" --quiet || exit 1
fi
rm -f "$build"/meson-logs/testlog*
# Suites share the processors: threads that wait must not spin.
OMP_WAIT_POLICY=passive CRITERION_VERBOSITY_LEVEL=1 meson test -C "$build" --no-rebuild "$@"
status=$?
scripts/count-tests.mjs "$(ls "$build"/meson-logs/testlog*.json 2>/dev/null | head -n 1)" || status=1
exit $status
