#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Names functions that no longer fit a screen, in formatted C files.
//   check-functions.mjs FILE...
import { readFileSync } from "node:fs";

const lines_most = 80;
let n_long = 0;
for (const file of process.argv.slice(2)) {
  let head = "", first = 0;
  readFileSync(file, "utf8").split("\n").forEach((line, i) => {
    if (/^[A-Za-z]/.test(line)) [head, first] = [line, i];
    if (line !== "}" || !head.includes("(")) return;
    const n_lines = i - first + 1;
    if (n_lines > lines_most) {
      console.log(`${file}:${first + 1}: ${n_lines} lines, more than ${lines_most}: ${head}`);
      n_long++;
    }
    head = "";
  });
}
console.log(`functions: ${n_long} too long`);
process.exit(n_long > 0 ? 1 : 0);
