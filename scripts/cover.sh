#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Line coverage of src/ by the tests, room by room; the last line is the whole.
set -eu
cd "$(dirname "$0")/.."
build=build-cover
# Counters are shared by threads.
[ -f $build/build.ninja ] || meson setup $build -Db_coverage=true -Dbuildtype=debugoptimized -Dc_args=-fprofile-update=atomic >/dev/null
ninja -C $build --quiet
find $build -name '*.gcda' -delete
status=0
scripts/test.sh $build || status=1
lcov --quiet --capture --directory $build --output-file $build/all.info --ignore-errors gcov,source 2>/dev/null
lcov --quiet --extract $build/all.info "$PWD/src/*" --output-file $build/coverage.info
awk -F'[:,]' -v root="$PWD/src/" '
  /^SF:/ { path = substr($0, 4); sub(root, "", path); split(path, part, "/"); room = part[1] }
  /^LF:/ { lines[room] += $2; all_lines += $2 }
  /^LH:/ { hit[room] += $2; all_hit += $2 }
  END {
    for (room in lines) printf "%-10s %5.1f %% of %5d lines\n", room, 100 * hit[room] / lines[room], lines[room] | "sort"
    close("sort")
    printf "%-10s %5.1f %% of %5d lines\n", "all", 100 * all_hit / all_lines, all_lines
  }' $build/coverage.info
exit $status
