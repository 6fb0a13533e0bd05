#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fuzzes every parser for some seconds each, with libFuzzer, ASan and UBSan.
#   scripts/fuzz.sh [SECONDS] [NAME...]      NAME as in fuzz/fuzz_NAME.c; default all
# A fuzz program names the sources it needs in lines " * sources: ...". What it finds is kept in
# build-fuzz/NAME, the inputs it learned in build-fuzz/corpus/NAME.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- $(ls fuzz/fuzz_*.c | sed 's,fuzz/fuzz_\(.*\)\.c,\1,')
for name in "$@"; do
  sources=$(sed -n 's/^ \* sources: //p' "fuzz/fuzz_$name.c" | sed 's, \*/$,,')
  mkdir -p "build-fuzz/$name" "build-fuzz/corpus/$name"
  # shellcheck disable=SC2086
  clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -Iinclude -Isrc -Wno-psabi \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    "fuzz/fuzz_$name.c" $sources -lm -o "build-fuzz/fuzz_$name"
  echo "fuzz $name: $seconds s"
  "build-fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=2000 -artifact_prefix="build-fuzz/$name/" -print_final_stats=1 \
    "build-fuzz/corpus/$name" 2>"build-fuzz/$name/log" || { tail -n 40 "build-fuzz/$name/log"; exit 1; }
  grep -E 'stat::number_of_executed_units' "build-fuzz/$name/log"
done
