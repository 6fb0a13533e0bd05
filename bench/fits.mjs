#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Fits of gyeol and of its peers, in turns on the same data in one run; ratios of medians.
//   bench/fits.mjs [--build DIR] [--rounds 5] [--threads 2] [--only TEXT] [--except TEXT] [--json FILE] [--markdown FILE]
//
// Each bench/fits/cases_*.mjs lists cases: title; data [kind, rows, columns, groups]; ours [program, case];
// peers [[script, case, name], ...] (the fastest counts; none: `limit_s` alone is kept); target (ratio at most);
// limit_s and limit_bytes; quality {name, relative | at_most_peer | report}; bytes and flops for the bound.
import { spawn, execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { mkdirSync, readdirSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    build: { type: "string", default: "build" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    only: { type: "string" },
    except: { type: "string" },
    json: { type: "string" },
    markdown: { type: "string" },
  },
});
const build = resolve(options.build);
const programs = join(build, "bench", "fits");
const work = join(build, "bench-data", "fits");
const rounds = Number(options.rounds);

// A program that answers each line with "seconds quality".
function start(command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => child.on("error", reject));
  return {
    pid: child.pid,
    async round() {
      child.stdin.write("go\n");
      const { value, done } = await Promise.race([lines.next(), failed]);
      if (done) throw new Error(`${command} ${args[0]} ended early`);
      const [seconds, quality] = value.split(" ").map(Number);
      return { seconds, quality };
    },
    // Peak resident bytes so far.
    peak: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) * 1024,
    stop: () => new Promise((done) => (child.once("exit", done), child.stdin.end())),
  };
}

const interpreter = (script) => (script.endsWith(".R") ? ["Rscript", "--vanilla"] : [process.env.PYTHON ?? "/usr/bin/python3"]);

function data_file([kind, n, d, k]) {
  const path = join(work, `${kind}_${n}_${d}_${k}.f32`);
  if (!existsSync(path)) execFileSync(join(programs, "fit_data"), [kind, n, d, k, path].map(String));
  return [path, n, d].map(String);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
const spread = (values) => Math.max(...values) / Math.min(...values) - 1;

// One turn of a side: a fit, and where fits are short, up to five within two seconds and their median. A fit of some
// milliseconds right after the other side's turn measures mostly what that one left in the caches.
async function turn(process) {
  const times = [];
  let quality, spent = 0;
  do {
    const result = await process.round();
    times.push(result.seconds);
    spent += result.seconds;
    quality = result.quality;
  } while (times.length < 5 && spent < 2);
  return { seconds: median(times), quality };
}

async function measure(one) {
  const args = [...data_file(one.data), options.threads];
  const ours = start(join(programs, one.ours[0]), [one.ours[1], ...args]);
  const peers = (one.peers ?? []).map(([script, name, label]) => {
    const [command, ...first] = interpreter(script);
    return { label, times: [], process: start(command, [...first, join(here, "fits", script), name, ...args]) };
  });
  const times = [];
  let quality;
  for (let round = 0; round < (one.rounds ?? rounds); round++) {
    const result = await turn(ours);
    times.push(result.seconds);
    quality = result.quality;
    for (const peer of peers) {
      const theirs = await turn(peer.process);
      peer.times.push(theirs.seconds);
      peer.quality = theirs.quality;
    }
  }
  const peak = ours.peak();
  await Promise.all([ours.stop(), ...peers.map((peer) => peer.process.stop())]);
  peers.sort((a, b) => median(a.times) - median(b.times));
  return { times, quality, peak, peers };
}

function judge(one, { times, quality, peak, peers }, machine) {
  const seconds = median(times), peer = peers[0];
  const bound = Math.max((one.bytes ?? 0) / (machine.triad_gb_s * 1e9), (one.flops ?? 0) / (machine.sgemm_gflop_s * 1e9));
  const ratio = peer ? seconds / median(peer.times) : null;
  const faults = [];
  if (one.target !== undefined && ratio > one.target) faults.push(`ratio above ${one.target}`);
  if (one.limit_s !== undefined && seconds > one.limit_s) faults.push(`over ${one.limit_s} s`);
  if (one.limit_bytes !== undefined && peak > one.limit_bytes) faults.push(`over ${one.limit_bytes / 1e9} GB`);
  const difference = peer ? quality / peer.quality - 1 : 0;
  if (one.quality?.relative !== undefined && Math.abs(difference) > one.quality.relative) faults.push(`${one.quality.name} differs by ${difference}`);
  if (one.quality?.at_most_peer && quality > peer.quality * (1 + 1e-6)) faults.push(`${one.quality.name} worse than the peer's`);
  return {
    title: one.title, seconds, spread: spread(times), peer: peer?.label ?? null, peer_seconds: peer ? median(peer.times) : null,
    peer_spread: peer ? spread(peer.times) : null, ratio, target: one.target ?? null, limit_s: one.limit_s ?? null,
    bound_s: bound || null, of_bound: bound ? bound / seconds : null, quality_name: one.quality?.name ?? null, quality,
    peer_quality: peer?.quality ?? null, peak_bytes: peak, faults,
  };
}

function print(r) {
  const s = (x) => `${x.toFixed(x < 1 ? 4 : 2)} s`, percent = (x) => `${(100 * x).toFixed(0)} %`;
  console.log(`${r.title}`);
  console.log(`  gyeol ${s(r.seconds)} (spread ${percent(r.spread)}), peak ${(r.peak_bytes / 1e6).toFixed(0)} MB` +
    (r.bound_s ? `; bound ${s(r.bound_s)}, reached ${percent(r.of_bound)}` : ""));
  if (r.peer) console.log(`  ${r.peer} ${s(r.peer_seconds)} (spread ${percent(r.peer_spread)})`);
  if (r.quality_name) console.log(`  ${r.quality_name} ${r.quality}` + (r.peer ? `, peer ${r.peer_quality}` : ""));
  const aim = r.target !== null ? `target ${r.target}` : `limit ${r.limit_s} s`;
  console.log(`  ${r.ratio !== null ? `ratio ${r.ratio.toFixed(3)}, ` : ""}${aim}: ${r.faults.length === 0 ? "met" : `MISSED (${r.faults.join("; ")})`}`);
}

const said = (command, ...args) => {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "absent";
  }
};

// The page of results: what ran where, and a row a case.
function page(machine, results) {
  const cpu = /model name\s*:\s*(.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown processor";
  const python = said(process.env.PYTHON ?? "/usr/bin/python3", "-c",
    "import sklearn, scipy, numpy, fastcluster; print(f'scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {numpy.__version__}, fastcluster {fastcluster.__version__}')");
  const r = said("Rscript", "--vanilla", "-e", "cat(R.version.string, ', cluster ', format(packageVersion('cluster')), ', dbscan ', format(packageVersion('dbscan')), sep = '')");
  const s = (x) => (x === null || x === undefined ? "" : x < 0.01 ? x.toFixed(4) : x < 10 ? x.toFixed(3) : x.toFixed(1));
  const percent = (x) => (x === null || x === undefined ? "" : `${(100 * x).toFixed(0)} %`);
  const row = (one) => one.seconds === undefined
    ? `| ${one.title} | not measured: ${one.faults.join("; ")} | | | | | | |`
    : `| ${one.title} | ${s(one.seconds)} | ${one.peer ?? ""} | ${s(one.peer_seconds)} | ${one.ratio === null ? "" : one.ratio.toFixed(3)} | ${
      one.target ?? `${one.limit_s} s`} | ${one.bound_s === null ? "" : `${s(one.bound_s)} (${percent(one.of_bound)})`} | ${one.faults.length === 0 ? "met" : `**missed**: ${one.faults.join("; ")}`} |`;
  return `# Benchmarks: fits of clusterings

Made by \`make bench\` (\`bench/fits.mjs --rounds ${rounds} --threads ${options.threads} --markdown docs/benchmarks.md\`); cases are in \`bench/fits/cases_*.mjs\`. Fit only, data in
memory, gyeol and its peer in turns in one run, medians of ${rounds}; in its turn a side repeats fits of less than two seconds, up to five times. The ratio is what matters: seconds depend on the machine. *Bound* is the
least time that the bytes a fit must move or the multiply-adds it must do take at this machine's triad bandwidth and SGEMM
rate, and in brackets how near the fit comes.

| | |
| --- | --- |
| machine | ${cpu}, ${options.threads} threads; triad ${machine.triad_gb_s} GB/s, SGEMM ${machine.sgemm_gflop_s} GFLOP/s |
| compiler | ${said("gcc", "--version").split("\n")[0]} |
| peers | ${python}; ${r} |

| case | gyeol, s | peer | peer, s | ratio | target | bound, s | |
| --- | --- | --- | --- | --- | --- | --- | --- |
${results.map(row).join("\n")}
`;
}

mkdirSync(work, { recursive: true });
const files = readdirSync(join(here, "fits")).filter((name) => /^cases_.*\.mjs$/.test(name)).sort();
const cases = (await Promise.all(files.map((name) => import(join(here, "fits", name))))).flatMap((module) => module.default);
const chosen = cases.filter((one) => (!options.only || one.title.includes(options.only)) && !(options.except && one.title.includes(options.except)));
const needed = new Set(["fit_data", ...chosen.map((one) => one.ours[0])]);
execFileSync("ninja", ["-C", build, "--quiet", ...[...needed].map((name) => `bench/fits/${name}`)], { stdio: "inherit" });
const machine = JSON.parse(execFileSync(join(programs, "fit_data"), ["machine", options.threads], { encoding: "utf8" }));
console.log(`triad ${machine.triad_gb_s} GB/s, SGEMM ${machine.sgemm_gflop_s} GFLOP/s on ${options.threads} threads`);
const results = [];
for (const one of chosen) {
  try {
    const result = judge(one, await measure(one), machine);
    print(result);
    results.push(result);
  } catch (error) {
    console.log(`${one.title}\n  not measured: ${error.message}`);
    results.push({ title: one.title, faults: [error.message] });
  }
}
const missed = results.filter((r) => r.faults.length > 0).length;
console.log(`${results.length - missed} targets met, ${missed} missed`);
if (options.json) writeFileSync(options.json, JSON.stringify({ machine, results }, null, 1));
if (options.markdown) writeFileSync(options.markdown, page(machine, results));
