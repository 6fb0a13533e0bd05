#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fuzzes every parser for some seconds each, with libFuzzer, ASan and UBSan.
#   scripts/fuzz.sh [SECONDS] [NAME...]      NAME as in fuzz/fuzz_NAME.c; default all
#   scripts/fuzz.sh replay NAME FILE...      runs inputs again, once each
# What it finds is kept in build-fuzz/found/NAME, the inputs it learned in build-fuzz/corpus/NAME.
set -eu
cd "$(dirname "$0")/.."
export UBSAN_OPTIONS=print_stacktrace=1
seconds=${1:-60}
[ $# -eq 0 ] || shift
if [ ! -f build-fuzz/build.ninja ]; then
  CC=clang-14 meson setup build-fuzz -Dfuzz=true -Dbuildtype=debugoptimized -Db_lundef=false \
    -Dwarning_level=1 >build-fuzz.log 2>&1 || { cat build-fuzz.log; exit 1; }
  rm -f build-fuzz.log
fi
ninja -C build-fuzz --quiet fuzzers
if [ "$seconds" = replay ]; then
  name=$1
  shift
  exec "build-fuzz/fuzz/fuzz_$name" "$@"
fi
node fuzz/seeds.mjs build-fuzz/seeds
all=$(cd build-fuzz/seeds && ls -d ./*/ | tr -d './')
failed=""
for name in ${*:-$all}; do
  mkdir -p "build-fuzz/found/$name" "build-fuzz/corpus/$name"
  words=build-fuzz/seeds/$name.dict
  log=build-fuzz/found/$name.log
  "build-fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    $([ -f "$words" ] && echo "-dict=$words") -artifact_prefix="build-fuzz/found/$name/" \
    "build-fuzz/corpus/$name" "build-fuzz/seeds/$name" 2>"$log" || failed="$failed $name"
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  covered=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)
  echo "fuzz $name: ${runs:-0} runs, ${covered:-cov: 0}"
  case $failed in *" $name")
    grep -vE '^#[0-9]+|^NEW_FUNC|REDUCE' "$log" | tail -n 40
    echo "fuzz $name: found; again with scripts/fuzz.sh replay $name $(ls -t build-fuzz/found/"$name"/* | head -n 1)" ;;
  esac
done
[ -z "$failed" ] || { echo "fuzz: failures in$failed"; exit 1; }
