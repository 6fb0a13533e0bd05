#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who is one person: quality against the simulator's truth, and what linking two lists takes.
#   bench/linkage.sh [BUILD]   CUSTOMERS (20000, of the quality), SEEDS ("2 3", further ones), RECORDS (100000, in each of the two lists)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
customers=${CUSTOMERS:-20000} records=${RECORDS:-100000}
work=${BENCH_DIR:-$build/bench-data}/linkage
gyeol=$build/gyeol
mkdir -p "$work"
cd "$work"

shop() { # CUSTOMERS DIR OPTIONS
  n=$1 dir=$2
  shift 2
  [ -f "$dir/truth.json" ] || "$gyeol" simulate shop --people messy --customers "$n" --out "$dir" --quiet "$@"
}

# score TRUTH PAIRS: pairs of ids, one a line, against the person of each id
score() {
  awk -F, -v name="$3" '
    FNR == 1 { file++ }
    file == 1 { if (FNR > 1) { person[$1] = $2; truth += members[$2]++ } next }
    { n++; right += person[$1] == person[$2] }
    END { printf "%-44s precision %.5f (target 0.995)  recall %.5f (target 0.95)  %d pairs of %d\n", name,
                 n ? right / n : 1, right / truth, n, truth }' "$1" "$2"
}

shop "$customers" people
"$gyeol" identity link --input people/customers.csv --out linked.csv --quiet
awk -F, '$5 == "match" { print $3 "," $4 }' linked.csv >found.csv
score people/truth_people.csv found.csv "linkage, $customers registrations"
awk -F, 'NR > 1 { print $3 "," $4 }' linked.csv >found.csv
score people/truth_people.csv found.csv "  with those for review"

# people of a project, by the settings that gyeol.yaml has and by others: registrations and orders of guests
echo "gyeol run, $customers registrations (target: precision 0.995 at recall 0.95)"
ninja -C "$build" --quiet bench/bench_identity
people_of() { # DIR SETTINGS
  rm -rf project
  "$gyeol" init project "$1/customers.csv" "$1/orders.csv" --yes --quiet >/dev/null
  [ -z "$2" ] || printf 'identity:\n  %s\n' "$2" >>project/gyeol.yaml
  "$gyeol" run project --until identity --quiet
  echo " ${2:-defaults}, $1"
  "$build/bench/bench_identity" score project/.gyeol/store.duckdb "$1"
}
for settings in "" "fuzzy: merge" "contradictions: ignore"; do people_of people "$settings"; done
for seed in ${SEEDS:-2 3}; do
  shop "$customers" "people-$seed" --seed "$seed"
  people_of "people-$seed" ""
done

shop $((2 * records)) lists
awk 'NR == 1 || NR % 2 == 0' lists/customers.csv >left.csv
awk 'NR == 1 || NR % 2 == 1' lists/customers.csv >right.csv
start=$(date +%s.%N)
"$gyeol" identity link --input left.csv --with right.csv --threads 2 --memory 2GB --out linked.csv --json >result.json
end=$(date +%s.%N)
peak=$(grep -o '"peak_bytes":[0-9]*' result.json | cut -d: -f2)
echo "$end $start $peak" | awk -v n="$records" '
  { printf "%d x %d records, files to file: %.1f s (target 120 s)  %d MB (target 2048 MB)\n", n, n, $1 - $2, $3 / 1048576 }'
grep -o '"seconds":{[^}]*}' result.json
awk -F, '$5 == "match" { print $3 "," $4 }' linked.csv >found.csv
cp lists/truth_people.csv truth.csv
awk -F, '
  FNR == 1 { file++ }
  file == 1 { if (FNR > 1) { person[$1] = $2; side[$2, $1 % 2]++; seen[$2] = 1 } next }
  { n++; right += person[$1] == person[$2] }
  END { for (p in seen) truth += side[p, 0] * side[p, 1]
        printf "%-44s precision %.5f  recall %.5f  %d pairs of %d\n", "  their matches", n ? right / n : 1, right / truth, n, truth }
' truth.csv found.csv
