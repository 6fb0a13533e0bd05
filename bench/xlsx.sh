#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An Excel workbook into the store, beside pandas with openpyxl reading it into memory: whole processes, in turn, medians.
#   bench/xlsx.sh [BUILD]        ROWS (1000000), ROUNDS (3)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
rows=${ROWS:-1000000} rounds=${ROUNDS:-3}
work=${BENCH_DIR:-$build/bench-data}
python=${PYTHON:-/usr/bin/python3}
ninja -C "$build" --quiet bench/bench_xlsx bench/bench_xlsx_write
mkdir -p "$work"
book=$work/orders-$rows.xlsx
[ -f "$book" ] || "$build/bench/bench_xlsx_write" "$book" "$rows"

# measure COMMAND...: wall seconds, processor seconds and peak MB of a whole process
measure() {
  "$python" -c 'import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
wall = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{wall:.2f} {used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss * 1024 / 1e6:.0f}")' "$@"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

: >"$work/xlsx-ours"
: >"$work/xlsx-theirs"
for _ in $(seq "$rounds"); do
  measure "$build/bench/bench_xlsx" "$book" "$work/xlsx.duckdb" >>"$work/xlsx-ours"
  measure "$python" -c 'import sys, pandas; pandas.read_excel(sys.argv[1])' "$book" >>"$work/xlsx-theirs"
done
of() { awk -v c="$2" '{ print $c }' "$work/xlsx-$1" | median; }
printf '%-44s %8s s %8s s  %s times as fast (target 5), by processor time %s\n' "Excel, $rows rows x 8 / pandas + openpyxl" \
  "$(of ours 1)" "$(of theirs 1)" "$(echo "$(of theirs 1) $(of ours 1)" | awk '{ printf "%.1f", $1 / $2 }')" \
  "$(echo "$(of theirs 2) $(of ours 2)" | awk '{ printf "%.1f", $1 / $2 }')"
printf '%-44s %8s MB %7s MB (target 300)\n' "  peak memory" "$(of ours 3)" "$(of theirs 3)"
rm -f "$work/xlsx.duckdb"
