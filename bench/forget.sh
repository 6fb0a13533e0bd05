#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Forgetting 1,000 of a million people with the store rewritten: a whole process, on fresh copies of a project; a backup and
# its restore beside it.
#   bench/forget.sh [BUILD]        CUSTOMERS (1000000), LINES (20000000), ROUNDS (3)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
gyeol=$build/gyeol
customers=${CUSTOMERS:-1000000} lines=${LINES:-20000000} rounds=${ROUNDS:-3}
work=${BENCH_DIR:-$build/bench-data}/forget
rm -rf "$work"
mkdir -p "$work"
"$gyeol" simulate shop --customers "$customers" --lines "$lines" --tables orders --out "$work/data" --quiet
"$gyeol" init "$work/kept" "$work/data/orders.csv" --yes --quiet
"$gyeol" run "$work/kept" --quiet
"$gyeol" query "SELECT customer_id FROM customer_features ORDER BY customer_no LIMIT 1000" -C "$work/kept" --out "$work/people.csv" --quiet
tail -n +2 "$work/people.csv" >"$work/people.txt"

seconds() { sed 's/.*"seconds": *\([0-9.]*\).*/\1/'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

: >"$work/forget"
: >"$work/backup"
: >"$work/restore"
for _ in $(seq "$rounds"); do
  rm -rf "$work/shop" "$work/shop.before-restore"
  cp -r "$work/kept" "$work/shop"
  "$gyeol" forget --file "$work/people.txt" "$work/shop" --json | seconds >>"$work/forget"
  "$gyeol" backup "$work/shop.backup" "$work/shop" --json | seconds >>"$work/backup"
  "$gyeol" restore "$work/shop.backup" "$work/shop" --force --json | seconds >>"$work/restore"
done
printf '%-44s %8s s (target 60)\n' "forget 1,000 of $customers people, $lines lines" "$(median <"$work/forget")"
printf '%-44s %8s s, %s MB\n' "  backup, written and read back" "$(median <"$work/backup")" "$(($(stat -c %s "$work/shop.backup") / 1000000))"
printf '%-44s %8s s\n' "  restore" "$(median <"$work/restore")"
rm -rf "$work"
