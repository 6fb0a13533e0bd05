/* SPDX-License-Identifier: Apache-2.0
 *
 * The R x F map: 25 tiles, recent on top and frequent on the right, with heavy lines where one segment
 * ends and the next begins. Plain elements, so that each tile can be reached and read aloud. */
import { readable, sequential } from "../colour";
import type { Context } from "../context";
import { h, styled } from "../dom";
import { num } from "../format";
import type { Rfm, RfmCell } from "../model";
import { put } from "../strings";

type Measure = "customers" | "revenue" | "mean_monetary";

const scores = [1, 2, 3, 4, 5];

function at(rfm: Rfm, r: number, f: number): RfmCell | null {
  return rfm.cells.find((cell) => cell.r === r && cell.f === f) ?? null;
}

function value_text({ f }: Context, cell: RfmCell | null, measure: Measure): string {
  if (!cell || cell.customers === 0) return "–";
  return measure === "customers" ? f.count(cell.customers) : f.compact(cell[measure], true);
}

function describe({ f, t }: Context, cell: RfmCell, name: string): string {
  return `${name} · R ${cell.r} F ${cell.f} · ${t.customers} ${f.count(cell.customers)} · ${t.revenue} ${f.money(cell.revenue)} · ` +
    `${t.mean_spend} ${f.money(cell.mean_monetary)}` + (num(cell.mean_m_score) === null ? "" : ` · ${t.mean_m} ${f.number(cell.mean_m_score, 1)}`);
}

function borders(tile: HTMLElement, rfm: Rfm, r: number, f: number): void {
  const own = at(rfm, r, f)?.segment ?? null;
  const sides = { top: [r + 1, f], right: [r, f + 1], bottom: [r - 1, f], left: [r, f - 1] } as const;
  for (const [side, [otherR, otherF]] of Object.entries(sides)) {
    if ((at(rfm, otherR, otherF)?.segment ?? null) !== own) tile.classList.add(`edge-${side}`);
  }
}

function tiles(context: Context, rfm: Rfm, measure: Measure): HTMLElement[] {
  const ramp = sequential();
  const value = (cell: RfmCell | null) => (cell && cell.customers > 0 ? num(cell[measure]) ?? 0 : 0);
  const top = Math.max(1e-9, ...rfm.cells.map(value));
  const names = new Map(rfm.segments.map((row) => [row.segment, context.f.text(row.name)]));
  return [...scores].reverse().flatMap((r) => [
    h("span", { class: "rfm-score", "aria-hidden": "true" }, String(r)),
    ...scores.map((f) => {
      const cell = at(rfm, r, f);
      const filled = cell !== null && cell.customers > 0;
      const name = cell?.segment ? names.get(cell.segment) ?? cell.segment : "";
      const words = cell ? describe(context, cell, name) : `R ${r} F ${f} · ${context.t.no_members}`;
      const background = ramp(Math.sqrt(value(cell) / top));
      const tile = h("div", { class: filled ? "tile" : "tile none", tabindex: 0, role: "img", "aria-label": words, title: words },
        h("b", {}, value_text(context, cell, measure)), h("span", {}, filled ? name : ""));
      if (filled) styled(tile, { background, color: readable(background) });
      borders(tile, rfm, r, f);
      return tile;
    })]);
}

export function rfm_map(context: Context, rfm: Rfm): HTMLElement {
  const { t } = context;
  const measures: [Measure, string][] = [["customers", t.customers], ["revenue", t.revenue], ["mean_monetary", t.mean_spend]];
  const grid = h("div", { class: "rfm-grid", role: "group", "aria-label": t.rfm_map_label });
  const foot = () => [h("span"), ...scores.map((f) => h("span", { class: "rfm-score", "aria-hidden": "true" }, String(f)))];
  const show = (measure: Measure) => grid.replaceChildren(...tiles(context, rfm, measure), ...foot());
  const buttons = measures.map(([measure, name], i) => h("button", { type: "button", "aria-pressed": i === 0 ? "true" : "false", click: (event) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === event.currentTarget));
    show(measure);
  } }, name));
  show("customers");
  return h("div", { class: "rfm-map", "data-repaint": true },
    h("div", { class: "segmented", role: "group", "aria-label": t.colour_by }, ...buttons),
    h("div", { class: "rfm-frame" },
      h("span", { class: "rfm-r" }, `${t.r_axis} · ${t.long_ago} → ${t.recent}`), grid,
      h("span", { class: "rfm-f" }, `${t.f_axis} · ${t.rarely} → ${t.often}`)),
    h("p", { class: "note" }, put(t.outline, {})));
}
