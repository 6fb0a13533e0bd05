#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// gyeol's hexagons beside those of the H3 library itself, on random cells of all resolutions and on the hard ones:
// pentagons, their surroundings, the icosahedron's edges, the poles, the antimeridian.
//   node h3_peer.mjs H3_ROWS [CELLS]
// The peer is the npm package h3-js, found in $H3_JS (its folder) or where node looks; without it the test is
// skipped (exit code 77).
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
function peer() {
  try {
    return require(process.env.H3_JS || "h3-js");
  } catch {
    console.log("h3 peer: skipped, no h3-js");
    process.exit(77);
  }
}
const h3 = peer();
const total = Number(process.argv[3] ?? 100_000);

// Random places, the same every time (Marsaglia's xorshift).
let state = 88172645463325252n;
function random() {
  state ^= BigInt.asUintN(64, state << 13n);
  state ^= state >> 7n;
  state ^= BigInt.asUintN(64, state << 17n);
  return Number(state >> 11n) / 2 ** 53;
}
const anywhere = () => [Math.asin(2 * random() - 1) * (180 / Math.PI), 360 * random() - 180];
const near = ([lat, lng], degrees) => [Math.max(-90, Math.min(90, lat + degrees * (random() - 0.5))), ((lng + degrees * (random() - 0.5) + 540) % 360) - 180];

function hardPlaces(resolution) {
  const width = 40 / 7 ** (resolution / 2);
  const pentagons = h3.getPentagons(resolution).map((cell) => h3.cellToLatLng(cell));
  const [a, b] = [pentagons[Math.floor(12 * random())], pentagons[Math.floor(12 * random())]];
  const edge = [(a[0] + b[0]) / 2, Math.abs(a[1] - b[1]) < 180 ? (a[1] + b[1]) / 2 : (a[1] + b[1] + 360) / 2];
  return [...pentagons.slice(0, 2).map((place) => near(place, 0)), near(a, width), near(a, 5 * width), near(edge, 1e-3), near([90, 0], width), near([-90, 0], width),
    near([0, 180], width)];
}

const questions = [];
while (questions.length < total) {
  const resolution = questions.length % 16;
  const places = random() < 0.9 ? [anywhere()] : hardPlaces(resolution);
  for (const [lat, lng] of places) questions.push([lat, lng > 180 ? lng - 360 : lng, resolution, questions.length % 100 === 0 ? 12 : questions.length % 3]);
}
const rows = spawnSync(process.argv[2], { input: questions.map((row) => row.join(" ")).join("\n"), encoding: "utf8", maxBuffer: 2 ** 30 }).stdout.trimEnd().split("\n");

const angle = ([lat, lng], [otherLat, otherLng]) => Math.max(Math.abs(lat - otherLat),
  Math.abs(((lng - otherLng + 540) % 360) - 180) * Math.cos((lat * Math.PI) / 180));
// Latitudes of the library are arc sines, which lose digits towards the poles.
const allowed = (lat) => 1e-9 + 1e-13 / Math.cos((lat * Math.PI) / 180);
const sameSet = (x, y) => x.length === y.length && new Set([...x, ...y]).size === x.length;
const pairs = (numbers) => numbers.reduce((out, x, i) => (i % 2 ? [...out.slice(0, -1), [out.at(-1)[0], x]] : [...out, [x]]), []);
// The same ring, whatever it starts with.
const ringApart = (ours, theirs) => (ours.length !== theirs.length ? Infinity
  : Math.min(...ours.map((_, shift) => Math.max(...theirs.map((point, i) => angle(ours[(i + shift) % ours.length], point) / allowed(point[0]))))));

const counts = { cells: 0, centres: 0, boundaries: 0, parents: 0, neighbors: 0, disks: 0 };
let worst = 0, shown = 0;
function fault(kind, question, ours, theirs) {
  counts[kind]++;
  if (shown++ < 10) console.log(`${kind}: ${question.join(" ")}\n  ours   ${ours}\n  theirs ${theirs}`);
}
questions.forEach((question, i) => {
  const [lat, lng, resolution, k] = question;
  const [cell, centre, boundary, parents, neighbors, disk] = rows[i].split("|").map((part) => part.trim().split(" "));
  const theirs = h3.latLngToCell(lat, lng, resolution);
  if (cell[0] !== theirs) return fault("cells", question, cell[0], theirs);
  const apart = angle(h3.cellToLatLng(theirs), centre.map(Number)) / allowed(lat);
  if (apart > 1) fault("centres", question, centre, h3.cellToLatLng(theirs));
  const ring = pairs(boundary.map(Number)), theirRing = h3.cellToBoundary(theirs), ringError = ringApart(ring, theirRing);
  if (ringError > 1) fault("boundaries", question, ring.join("; "), theirRing.join("; "));
  else worst = Math.max(worst, apart, ringError);
  const ancestors = Array.from({ length: resolution + 1 }, (_, r) => h3.cellToParent(theirs, r));
  if (ancestors.join() !== parents.join()) fault("parents", question, parents, ancestors);
  const around = h3.gridDisk(theirs, 1).filter((x) => x !== theirs);
  if (!sameSet(around, neighbors)) fault("neighbors", question, neighbors, around);
  if (!sameSet(h3.gridDisk(theirs, k), disk)) fault("disks", question, disk.length, h3.gridDisk(theirs, k).length);
});
const faults = shown;
console.log(`h3 peer: ${questions.length} cells, ${faults} faults ${JSON.stringify(counts)}, centres and vertices within ${worst.toFixed(2)} of what is allowed`);
process.exit(faults > 0 ? 1 : 0);
