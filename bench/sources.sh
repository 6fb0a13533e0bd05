#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What reading sources and checking contracts takes, each figure as a ratio of two things measured in one run on this
# machine: whole processes, in turn, medians. Ends with 1 when a target is missed.
#   bench/sources.sh [BUILD]     LINES (20000000), CUSTOMERS (1000000), ROUNDS (3)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
lines=${LINES:-20000000} customers=${CUSTOMERS:-1000000} rounds=${ROUNDS:-3}
work=${BENCH_DIR:-$build/bench-data}
gyeol=$build/gyeol
ninja -C "$build" --quiet gyeol bench/bench_contracts
mkdir -p "$work"
missed=0

# seconds COMMAND...: wall seconds of a whole process
seconds() {
  start=$(date +%s.%N)
  "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
  end=$(date +%s.%N)
  echo "$end $start" | awk '{ printf "%.3f\n", $1 - $2 }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# pair NAME TARGET A-FUNCTION B-FUNCTION: runs both in turn and prints the ratio of medians beside its target
pair() {
  : >"$work/a"; : >"$work/b"
  for _ in $(seq "$rounds"); do "$3" >>"$work/a"; "$4" >>"$work/b"; done
  a=$(median <"$work/a") b=$(median <"$work/b")
  line=$(echo "$a $b $2" | awk '{ printf "ratio %.3f (at most %s)%s", $1 / $2, $3, ($1 / $2 > $3) ? "  MISSED" : "" }')
  printf '%-44s %8s s %8s s  %s\n' "$1" "$a" "$b" "$line"
  case $line in *MISSED) missed=1 ;; esac
}

import() { # DATA-FILE
  rm -rf "$work/shop"
  "$gyeol" init "$work/shop" "$1" --yes --quiet
  seconds "$gyeol" run "$work/shop" --quiet --until import
}

csv=$work/csv/orders.csv
[ -f "$csv" ] || "$gyeol" simulate shop --customers "$customers" --lines "$lines" --tables orders --out "$work/csv" --quiet
echo "load $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) processors, $(wc -c <"$csv" | awk '{ printf "%.0f", $1 / 1e6 }') MB of order lines"

# An order file that grew by its last hundredth: only that is read, and the rest is proved to be what it was. The file
# and the store of the other ones are made once and copied.
grown=$work/grown.csv
kept=$((lines / 100 * 99))
before=$(head -n "$((kept + 1))" "$csv" | wc -c)
head -c "$before" "$csv" >"$grown"
rm -rf "$work/grown" "$work/grown-before"
"$gyeol" init "$work/grown" "$grown" --yes --quiet
"$gyeol" run "$work/grown" --quiet --until import
cp -r "$work/grown/.gyeol" "$work/grown-before"
tail_import() {
  rm -rf "$work/grown/.gyeol"
  cp -r "$work/grown-before" "$work/grown/.gyeol"
  truncate -s "$before" "$grown"
  tail -c "+$((before + 1))" "$csv" >>"$grown"
  sync
  seconds "$gyeol" run "$work/grown" --quiet --until import
}
whole_import() { import "$csv"; }
pair "the last 1 % of a file / all of it" 0.05 tail_import whole_import
rm -rf "$work/grown" "$work/grown-before" "$grown"

# The same order lines with Hangul in three columns, 500 MB in CP949, and in UTF-8.
korean() { # ENCODING
  [ -f "$work/korean-$1.csv" ] && return
  LC_ALL=C awk -F, -v OFS=, -v bytes=500000000 '
    BEGIN { n = split("무선 이어폰,스테인리스 머그컵,여름 반팔 티셔츠,유기농 현미 누룽지,어린이 색연필 세트", name, ",") }
    NR == 1 { print $0, "상품명", "주문채널", "주문상태"; next }
    { print $0, name[$4 % n + 1], $1 % 3 ? "모바일앱" : "오프라인매장", "결제완료" }
    (size += length($0) + 36) > bytes { exit }' "$csv" | iconv -f utf-8 -t "$1" >"$work/korean-$1.csv"
}
cp949_import() { import "$work/korean-cp949.csv"; }
utf8_import() { import "$work/korean-utf-8.csv"; }
korean cp949 && korean utf-8
pair "Hangul in CP949 / in UTF-8" 2.00 cp949_import utf8_import
rm -rf "$work/shop"

"$build/bench/bench_contracts" "$csv" "$work/contracts.duckdb" 5
bench/xlsx.sh "$build"
[ "$missed" = 0 ] || { echo "sources: a target was missed"; exit 1; }
