#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Fails on an include that runs against the order of the rooms, or on a file that breaks a house rule.
//
// A room may include the rooms in its row (and itself). Everyone may include <gyeol/...> headers;
// cli sees nothing else of ours. Only src/engine/duckdb*.c may include duckdb.h.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const rooms = {
  base: [],
  num: ["base"],
  geo: ["base", "num"],
  cluster: ["base", "num"],
  link: ["base", "num"],
  simulate: ["base", "num"],
  rule: ["base"],
  privacy: ["base"],
  engine: ["base"],
  data: ["base", "privacy", "engine"],
  people: ["base", "num", "link", "privacy", "engine", "data"],
  feature: ["base", "engine", "data"],
  segment: ["base", "num", "rule", "engine", "data", "feature"],
  study: ["base", "num", "geo", "cluster", "link", "simulate", "rule", "privacy", "engine", "data", "people", "feature", "segment", "report"],
  report: ["base"],
  cli: [],
};
const pure = new Set(["num", "cluster", "link", "simulate"]); // kernels: no files, no clock
const impure_headers = new Set(["stdio.h", "time.h", "sys/time.h", "unistd.h", "fcntl.h", "sys/stat.h"]);
const columns_most = 120;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const faults = [];

function files_of(folder, endings) {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((file) => endings.test(file)).map((file) => `${folder}/${file}`) : [];
}

function all_files() {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `src/${entry.name}`);
  return [...folders.flatMap((folder) => files_of(folder, /\.[ch]$/)), ...files_of("include/gyeol", /\.h$/)].sort();
}

function check_include(place, room, brackets, target) {
  const name = place.split("/").at(-1); // with its line
  if (target === "duckdb.h" && !(room === "engine" && name.startsWith("duckdb"))) faults.push(`${place}: only src/engine/duckdb*.c may include duckdb.h`);
  if (pure.has(room) && impure_headers.has(target)) faults.push(`${place}: a kernel may not include <${target}>`);
  if (brackets !== '"') return;
  const other = target.split("/")[0];
  if (other !== room && other in rooms && !rooms[room]?.includes(other)) faults.push(`${place}: ${room} may not use ${other}`);
  if (room === "gyeol") faults.push(`${place}: a public header includes only <gyeol/...>`);
}

const taken = new Map();
for (const file of all_files()) {
  const [, room, name] = file.split("/");
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  if (!lines[0].includes("SPDX-License-Identifier: Apache-2.0")) faults.push(`${file}:1: no SPDX line`);
  if (name.endsWith(".c")) {
    if (taken.has(name)) faults.push(`${file}: file name already taken by ${taken.get(name)}`);
    taken.set(name, taken.get(name) ?? file);
  }
  lines.forEach((line, i) => {
    const length = [...line].length;
    if (length > columns_most) faults.push(`${file}:${i + 1}: ${length} columns, at most ${columns_most}`);
    const match = /^\s*#\s*include\s*([<"])([^>"]+)/.exec(line);
    if (match) check_include(`${file}:${i + 1}`, room, match[1], match[2]);
  });
}
for (const fault of faults) console.log(fault);
console.log(`layers: ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
