#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes the tables of H3's grid (h3_tables.c) from the few facts that its standard chooses freely: how the
// icosahedron lies on the globe, how its 20 faces are numbered, and which face is home to which base cell.
// Everything else follows from geometry. docs/methods/hexagons.md explains the coordinates.
//   node h3_tables.mjs OUT.c

import { writeFileSync } from "node:fs";

// The icosahedron of the standard: the centre of face 0 on the unit sphere, and the azimuth there (radians
// east of north) of its first vertex.
const faceCentre = [0.2199307791404606, 0.6583691780274996, 0.7198475378926182];
const firstVertexAzimuth = 5.619958268523939882;

// Vertices: 0 top, 1..5 the upper ring counter-clockwise, 6..10 the lower ring, 11 bottom.
const upper = (f) => 1 + (f % 5), lower = (f) => 6 + (f % 5);
// Vertices i, j, k of each face, counter-clockwise from outside; four bands of five.
const band = (corners) => [0, 1, 2, 3, 4].map(corners);
const faces = [...band((f) => [0, upper(f), upper(f + 1)]), ...band((f) => [lower(f), upper(f + 1), upper(f)]),
  ...band((f) => [upper(f + 1), lower(f), lower(f + 1)]), ...band((f) => [11, lower(f + 1), lower(f)])];
// A cell on the edge of two faces is at home in one of them: edges, by the corner opposite, that each band
// owns. A pentagon is at home in a face whose vertex i it is: in faces 0, 5-14 and 19.
const owns = [["k", "i"], ["j"], ["k"], ["i", "j"]].map((edges) => edges.map((corner) => "ijk".indexOf(corner)));
const hasPentagon = (f) => f === 0 || (f >= 5 && f < 15) || f === 19;

// Vectors.
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const sum = (...terms) => [0, 1, 2].map((axis) => terms.reduce((total, [factor, v]) => total + factor * v[axis], 0));
const unit = (v) => sum([1 / Math.sqrt(dot(v, v)), v]);

function vertices() {
  const centre = unit(faceCentre), east = unit(cross([0, 0, 1], centre)), north = cross(centre, east);
  const radius = Math.acos(Math.sqrt((5 + 2 * Math.sqrt(5)) / 15)); // from the centre of a face to a vertex
  const at = (azimuth) => unit(sum([Math.cos(radius), centre], [Math.sin(radius) * Math.cos(azimuth), north],
    [Math.sin(radius) * Math.sin(azimuth), east]));
  const top = at(firstVertexAzimuth), first = at(firstVertexAzimuth - (2 * Math.PI) / 3);
  const along = unit(sum([1, first], [-dot(first, top), top])), across = cross(top, along);
  const ring = [0, 1, 2, 3, 4].map((f) => sum([1 / Math.sqrt(5), top], [(2 / Math.sqrt(5)) * Math.cos((2 * Math.PI * f) / 5), along],
    [(2 / Math.sqrt(5)) * Math.sin((2 * Math.PI * f) / 5), across])).map(unit);
  const opposite = (v) => v.map((x) => -x);
  return [top, ...ring, ...[0, 1, 2, 3, 4].map((f) => opposite(ring[(f + 3) % 5])), opposite(top)];
}
const points = vertices();

// Places in the plane of a face are Eisenstein integers [a, b] = a + b w with w = exp(2 pi i / 3): 1, w, w^2
// point to the vertices i, j, k, which lie at 2, 2 w, 2 w^2.
const turn = ([a, b]) => [a - b, a]; // by 60 degrees
const turned = (z, steps) => (((steps % 6) + 6) % 6 === 0 ? z : turned(turn(z), (((steps % 6) + 6) % 6) - 1));
const corner = (c) => turned([1, 0], 2 * c);
const plus = (x, y, factor = 1) => [x[0] + factor * y[0], x[1] + factor * y[1]];
// Three times the weights of the vertices i, j, k, which sum to 2.
const weights = ([a, b]) => [2 + 2 * a - b, 2 - a + 2 * b, 2 - a - b];

// The neighbour across the edge opposite corner c, and which corner is opposite there.
const neighbours = faces.map((own) => [0, 1, 2].map((c) => {
  const edge = own.filter((_, i) => i !== c);
  const face = faces.findIndex((other) => other !== own && edge.every((v) => other.includes(v)));
  return [face, faces[face].findIndex((v) => !edge.includes(v))];
}));
const turnAcross = (c, other) => 2 * (other - c) + 3;
function acrossEdge(face, c, z) {
  const [next, other] = neighbours[face][c], turns = turnAcross(c, other);
  return { face: next, turns, z: plus(turned(plus(z, corner(c)), turns), corner(other), -1) };
}

// Base cells, numbered from north to south.
const interior = [[0, 0], corner(0), corner(1), corner(2)];
const homes = faces.flatMap((_, face) => [...interior, ...owns[Math.floor(face / 5)].map((c) => plus([0, 0], corner(c), -1)),
  ...(hasPentagon(face) ? [[2, 0]] : [])].map((z) => ({ face, z })));
const latitude = ({ face, z }) => unit(sum(...weights(z).map((weight, c) => [weight, points[faces[face][c]]])))[2];
homes.sort((x, y) => latitude(y) - latitude(x));
const sameZ = (x, y) => x[0] === y[0] && x[1] === y[1];
const cornerAt = (z) => [0, 1, 2].find((c) => sameZ(z, plus(corner(c), corner(c))));

// Pentagons: the faces around one counter-clockwise from home, and where its five children sectors point.
// Direction 4 (of six, counter-clockwise) is H3's axis k, which pentagons lack.
const sectorDirection = [3, 5, 0, 1, 2];
const faceDirection = (c) => (2 * c + 3) % 6; // from corner c into the face
function sectors(home) {
  const around = [{ face: home, corner: 0 }];
  while (around.length < 5) {
    const last = around.at(-1), [face, opposite] = neighbours[last.face][(last.corner + 1) % 3];
    around.push({ face, corner: (opposite + 1) % 3 });
  }
  return around;
}

const digitDirection = [0, 4, 2, 3, 0, 5, 1]; // of H3's digits 1..6: k, j, jk, i, ik, ij
const mod6 = (n) => ((n % 6) + 6) % 6;
const NONE = 255;

// Which base cell lies at z in a face's plane, and by how much digits turn from there into the cell's own
// orientation; by the first digit that is not 0, as at a pentagon it depends on the sector.
function place(face, z, turns = 0, crossings = 0) {
  const beyond = [0, 1, 2].filter((c) => weights(z)[c] < 0);
  if (beyond.length > 1 || crossings > 3) return null;
  const c = cornerAt(z);
  if (beyond.length === 0 && c !== undefined) return pentagonPlace(face, c, turns);
  const base = homes.findIndex((home) => home.face === face && sameZ(home.z, z));
  if (base >= 0) return { base, turns: Array(7).fill(mod6(turns)) };
  const next = acrossEdge(face, beyond[0] ?? weights(z).indexOf(0), z);
  return place(next.face, next.z, turns + next.turns, crossings + 1);
}

function pentagonPlace(face, c, turns) {
  const base = homes.findIndex((home) => home.z[0] === 2 && faces[home.face][0] === faces[face][c]);
  const sector = sectors(homes[base].face).findIndex((s) => s.face === face);
  return { base, turns: digitDirection.map((direction, digit) => {
    if (digit === 0) return 0;
    const steps = mod6(direction + turns - faceDirection(c)); // from the face's own sector
    if (steps === 3) return NONE;
    return mod6(sectorDirection[(sector + (steps > 3 ? steps - 6 : steps) + 5) % 5] - direction);
  }) };
}

// Where a base cell's descendants lie, by their first digit that is not 0.
const homePlaces = homes.map(({ face, z }) => digitDirection.map((direction, digit) => {
  if (z[0] !== 2 || digit === 0) return [face, 0, ...z];
  const sector = sectorDirection.indexOf(direction);
  if (sector < 0) return [NONE, 0, 0, 0];
  const at = sectors(face)[sector];
  return [at.face, mod6(faceDirection(at.corner) - direction), ...plus(corner(at.corner), corner(at.corner))];
}));

// Planar coordinates n (i - j), n (j - k) of a vector v are n (row 0 . v) / (row 2 . v), n (row 1 . v) / ...
const projections = faces.map((corners) => {
  const [i, j, k] = corners.map((v) => points[v]);
  const dual = [cross(j, k), cross(k, i), cross(i, j)].map((v) => sum([1 / dot(i, cross(j, k)), v]));
  return [sum([1, dual[0]], [-1, dual[1]]), sum([1, dual[1]], [-1, dual[2]]), sum([0.5, dual[0]], [0.5, dual[1]], [0.5, dual[2]])];
});
const opposites = faces.map((corners) => faces.findIndex((other) => other.every((v) => corners.some((w) => dot(points[v], points[w]) < -0.99))));

const number = (x) => (typeof x === "number" && !Number.isInteger(x) ? x.toPrecision(17) : `${x}`);
const list = (x) => (Array.isArray(x) ? `{${x.map(list).join(", ")}}` : number(x));
const table = (declaration, rows) => `const ${declaration} = {\n${rows.map((row) => `  ${list(row)},`).join("\n")}\n};\n`;
const span = [-3, -2, -1, 0, 1, 2, 3];
writeFileSync(process.argv[2], `// Made by src/geo/h3_tables.mjs.
#include "geo/h3_tables.h"

${table("double gy_h3_vertices[12][3]", points)}
${table("uint8_t gy_h3_face_vertices[20][3]", faces)}
${table("double gy_h3_projections[20][9]", projections.map((rows) => rows.flat()))}
${table("uint8_t gy_h3_opposite_faces[20]", opposites)}
${table("gy_h3_crossing gy_h3_crossings[20][3]", neighbours.map((row) => row.map(([face, other], c) => [face, other, mod6(turnAcross(c, other))])))}
${table("gy_h3_place gy_h3_places[20][7][7]", faces.map((_, face) => span.map((a) => span.map((b) => {
  const found = place(face, [a, b]);
  return found ? [found.base, found.turns] : [NONE, Array(7).fill(NONE)];
}))))}
${table("gy_h3_home gy_h3_homes[122][7]", homePlaces)}
${table("bool gy_h3_base_is_pentagon[122]", homes.map(({ z }) => (z[0] === 2 ? 1 : 0)))}`);
