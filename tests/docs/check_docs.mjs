// SPDX-License-Identifier: Apache-2.0
// Whether the docs are true: README's commands run in order, every room is in ARCHITECTURE.md and is there,
// links lead somewhere.
//   node check_docs.mjs SOURCE_DIR GYEOL
// Ends with "N passed, N failed, N skipped".
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const [root, gyeol] = process.argv.slice(2);
const count = { passed: 0, failed: 0 };

function check(what, good, why = "") {
  count[good ? "passed" : "failed"]++;
  if (!good) console.log(`failed: ${what}${why ? `\n  ${why}` : ""}`);
}

/* Lines of the ```sh blocks, without comments; `make` builds what is tested here and is left out. */
function commands_of(page) {
  return [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap((match) => match[1].split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim()).filter((line) => line && !line.startsWith("#") && !/^make\b/.test(line));
}

/* README's orders have a column `total`: quantity x unit_price - discount. */
function with_totals(csv) {
  const [header, ...rows] = csv.trimEnd().split("\n");
  const [quantity, price, discount] = ["quantity", "unit_price", "discount"].map((name) => header.split(",").indexOf(name));
  const total = (row) => row[quantity] * row[price] - row[discount];
  return [`${header},total`, ...rows.map((row) => `${row},${total(row.split(","))}`)].join("\n") + "\n";
}

/* In an empty folder with build/gyeol and a simulated orders.csv. */
function run_commands(file) {
  const folder = mkdtempSync(join(tmpdir(), "gyeol-docs-"));
  const options = { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  try {
    mkdirSync(join(folder, "build"));
    symlinkSync(gyeol, join(folder, "build/gyeol"));
    execFileSync(gyeol, ["simulate", "shop", "--customers", "2000", "--out", "simulated"], options);
    writeFileSync(join(folder, "orders.csv"), with_totals(readFileSync(join(folder, "simulated/orders.csv"), "utf8")));
    const commands = commands_of(readFileSync(join(root, file), "utf8"));
    check(`${file} has commands`, commands.length > 0);
    for (const command of commands) {
      try {
        execFileSync("/bin/sh", ["-c", command], options);
        check(command, true);
      } catch (failure) {
        check(`${file}: ${command}`, false, `exit ${failure.status}: ${failure.stderr}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/* The first cells of the table under "## Rooms" name what is in src/. */
function check_rooms() {
  const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const table = /^## Rooms\n(.*?)^## /ms.exec(page)?.[1] ?? "";
  const named = [...table.matchAll(/^\| `([^`]+)` /gm)].map((match) => match[1]);
  check("ARCHITECTURE.md has a table of rooms", named.length > 0);
  for (const path of named) check(`ARCHITECTURE.md: ${path} is there`, existsSync(join(root, path)));
  for (const entry of readdirSync(join(root, "src"), { withFileTypes: true }).filter((one) => one.isDirectory()))
    check(`ARCHITECTURE.md names src/${entry.name}/`, named.includes(`src/${entry.name}/`));
  const named_files = [...page.matchAll(/`((?:src|scripts|web|sql|tests|docs|fuzz|bench)\/[\w./-]+)`/g)].map((match) => match[1]);
  for (const path of named_files) check(`ARCHITECTURE.md: ${path} is there`, existsSync(join(root, path)));
}

function pages_under(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return /^(\.git|build.*|deps|node_modules)$/.test(entry.name) ? [] : pages_under(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

const anchor_of = (title) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
const has_anchor = (file, anchor) => [...readFileSync(file, "utf8").matchAll(/^#+ +(.*)$/gm)].some((match) => anchor_of(match[1]) === anchor);

function check_links(page) {
  const text = readFileSync(join(root, page), "utf8").replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path, anchor] = target.split("#");
    const file = path ? resolve(join(root, dirname(page)), path) : join(root, page);
    const good = existsSync(file) && (!anchor || has_anchor(file, anchor));
    check(`${page}: link to ${target}`, good);
  }
}

run_commands("README.md");
check_rooms();
pages_under("").forEach(check_links);
console.log(`${count.passed} passed, ${count.failed} failed, 0 skipped`);
process.exit(count.failed > 0 ? 1 : 0);
