// SPDX-License-Identifier: Apache-2.0
// Runs every example and compares what it prints with what its head says it prints.
//   node check_examples.mjs SOURCE_DIR BUILD_DIR
// Ends with "N passed, N failed, N skipped".
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [root, build] = process.argv.slice(2);
const count = { passed: 0, failed: 0 };

function check(name, good, why) {
  count[good ? "passed" : "failed"]++;
  if (!good) console.log(`failed: ${name}\n${why}`);
}

/* The indented lines behind "Prints:" in the first comment. */
function promised(source) {
  const block = /^ \* Prints:\n((?: \* {3}.*\n?)+)/m.exec(source)?.[1];
  return block?.split("\n").filter((line) => line).map((line) => line.replace(/^ \* {3}/, "").replace(/ \*\/$/, "")).join("\n") + "\n";
}

const folder = mkdtempSync(join(tmpdir(), "gyeol-examples-"));
writeFileSync(join(folder, "points.csv"), "a,b\n" + Array.from({ length: 60 }, (_, i) => `${(i % 2) * 50 + (i % 7)},${i % 5}`).join("\n") + "\n");
for (const file of readdirSync(join(root, "examples")).filter((name) => name.endsWith(".c"))) {
  const name = file.slice(0, -2), source = readFileSync(join(root, "examples", file), "utf8");
  const wants_files = source.includes("argc != 3");
  try {
    const printed = execFileSync(join(build, "examples", `example_${name}`), wants_files ? [join(folder, "points.csv"), join(folder, "labels.csv")] : [], { encoding: "utf8" });
    if (wants_files) check(name, JSON.parse(printed).k >= 2 && readFileSync(join(folder, "labels.csv"), "utf8").split("\n").length === 62, printed);
    else check(name, printed === promised(source), `printed\n${printed}promised\n${promised(source)}`);
  } catch (failure) {
    check(name, false, `${failure.message}\n${failure.stderr ?? ""}`);
  }
}
rmSync(folder, { recursive: true });
console.log(`${count.passed} passed, ${count.failed} failed, 0 skipped`);
process.exit(count.failed > 0 ? 1 : 0);
