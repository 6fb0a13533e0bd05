/* SPDX-License-Identifier: Apache-2.0
 *
 * Colours come from the style sheet's custom properties, so that light, dark and paper have one source.
 * Ramps are single-hue or blue-orange: both survive every common colour blindness and grey print. */

type Rgb = [number, number, number];

export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function rgb(hex: string): Rgb {
  const n = parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function luminance([r, g, b]: Rgb): number {
  const linear = (v: number) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** The colour at `t` in 0..1 along the stops. */
function between(stops: string[], t: number): string {
  const at = Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const [a, b] = [rgb(stops[i]!), rgb(stops[i + 1]!)];
  const mix = a.map((v, j) => Math.round(v + (b[j]! - v) * (at - i)));
  return `#${mix.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

export type Ramp = (t: number) => string;

/** Little to much, `t` in 0..1. */
export function sequential(): Ramp {
  const stops = ["--ramp-0", "--ramp-1", "--ramp-2", "--ramp-3"].map(token);
  return (t) => between(stops, t);
}

/** Below to above the average, `t` in -1..1. */
export function diverging(): Ramp {
  const stops = ["--low-2", "--low-1", "--middle", "--high-1", "--high-2"].map(token);
  return (t) => between(stops, (t + 1) / 2);
}

/** Black or white, whichever reads better on `background`. */
export function readable(background: string): string {
  return luminance(rgb(background)) > 0.18 ? "#10161f" : "#ffffff";
}

export function palette(): string[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => token(`--series-${i}`));
}
