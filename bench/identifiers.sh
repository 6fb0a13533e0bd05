#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What pseudonyms cost: the simulator's customers imported with e-mail and phone as identifiers, and the same
# file with both as plain texts. Whole processes in turn; processor seconds beside wall seconds, for a busy
# machine stretches the latter.
#   bench/identifiers.sh [BUILD]        CUSTOMERS (1000000), ROUNDS (5), THREADS (one a processor)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
customers=${CUSTOMERS:-1000000} rounds=${ROUNDS:-5}
work=${BENCH_DIR:-$build/bench-data}/identifiers
gyeol=$build/gyeol
data=$work/shop-$customers
mkdir -p "$work"
[ -f "$data/customers.csv" ] || "$gyeol" simulate shop --customers "$customers" --tables customers --out "$data" --quiet

[ -f "$data/few/orders.csv" ] || "$gyeol" simulate shop --customers 100 --tables orders --out "$data/few" --quiet # a project needs some

project() { # NAME
  rm -rf "$work/$1"
  "$gyeol" init "$work/$1" "$data/few/orders.csv" "$data/customers.csv" --yes --quiet
  [ "$1" = pseudonyms ] ||
    sed -i 's/email: email/email: attribute/; s/phone: phone/phone: attribute/; s/free_text: mask/free_text: keep/' "$work/$1/gyeol.yaml"
}

run() { # NAME: appends "wall processor" seconds
  project "$1"
  /bin/bash -c 'TIMEFORMAT="%R %U %S"; time "$@"' time "$gyeol" run "$work/$1" ${THREADS:+--threads "$THREADS"} --quiet --until import \
    2>"$work/time" || { cat "$work/time" >&2; exit 1; }
  tail -1 "$work/time" | awk '{ print $1, $2 + $3 }' >>"$work/$1.times"
}

median() { cut -d ' ' -f "$2" "$work/$1.times" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

rm -f "$work/pseudonyms.times" "$work/texts.times"
for _ in $(seq "$rounds"); do run texts; run pseudonyms; done
for field in 1 2; do
  a=$(median pseudonyms "$field") b=$(median texts "$field")
  [ "$field" = 1 ] && of=wall || of=processor
  echo "$a $b" | awk -v name="e-mail and phone: pseudonyms / texts, $of" \
    '{ printf "%-44s %8.3f s %8.3f s  ratio %.2f (target 1.25)\n", name, $1, $2, $1 / $2 }'
done
