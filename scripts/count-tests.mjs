#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Adds up what Meson's tests counted themselves, shows what failed and what was skipped, and ends with the
// line "N passed, N failed, N skipped".
//   count-tests.mjs testlog.json
//
// Criterion closes with "Synthesis: Tested: N | Passing: N | Failing: N | Crashing: N" and counts a skipped
// test as passing; other programs print the plain line themselves. A program that prints neither is one test,
// and one that failed without a failure in its counts has one more. So has what a sanitizer reports when a
// test's process ends: Criterion has its result by then.
import { existsSync, readFileSync } from "node:fs";

const lines_shown = 200;
const total = { passed: 0, failed: 0, skipped: 0 };

function counts_of(text, result) {
  const skips = [...text.matchAll(/^.*\[(?:SKIP)\].*$/gm)].map((match) => match[0]);
  const synthesis = [...text.matchAll(/Synthesis: Tested: \d+ \| Passing: (\d+) \| Failing: (\d+) \| Crashing: (\d+)/g)].at(-1);
  if (synthesis) {
    const [passing, failing, crashing] = synthesis.slice(1).map(Number);
    return { passed: passing - skips.length, failed: failing + crashing, skipped: skips.length, skips };
  }
  const plain = [...text.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/gm)].at(-1);
  if (plain) return { passed: +plain[1], failed: +plain[2], skipped: +(plain[3] ?? 0), skips };
  return { passed: +(result === "OK"), failed: 0, skipped: +(result === "SKIP"), skips };
}

const [log] = process.argv.slice(2);
const tests = existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)) : [];
if (tests.length === 0) {
  console.log("no test ran");
  total.failed++;
}
for (const test of tests) {
  const text = `${test.stdout ?? ""}\n${test.stderr ?? ""}`.replace(/\x1b\[[0-9;]*m/g, "");
  const counts = counts_of(text, test.result);
  const good = (test.result === "OK" || test.result === "SKIP") && !/ERROR: \w+Sanitizer|: runtime error: /.test(text);
  if (!good && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  for (const skip of counts.skips) console.log(skip.trim());
  if (good) continue;
  console.log(`---- ${test.name}: ${test.result}`);
  console.log(text.split("\n").filter((line) => line.trim() && !/\[(RUN |PASS|SKIP)\]|Running \d+ tests? from/.test(line)).slice(-lines_shown).join("\n"));
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
