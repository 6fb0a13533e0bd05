/* SPDX-License-Identifier: Apache-2.0
 *
 * The evidence for k: inertia, silhouette with its standard error, stability with its deviation. */
import { axis, chart, tip, type Option } from "../chart";
import { palette, token } from "../colour";
import { card, section, type Context } from "../context";
import { h } from "../dom";
import { num, type Format } from "../format";
import type { Candidate } from "../model";
import { table } from "../table";

type Value = "inertia" | "silhouette" | "stability";
type Spread = "silhouette_se" | "stability_sd" | null;

/* Whiskers: the centre's value plus and minus its spread. */
function whiskers(rows: Candidate[], value: Value, spread: Spread, colour: string): NonNullable<Option["series"]> {
  if (!spread) return [];
  const data = rows.flatMap((r, i) => {
    const [v, e] = [num(r[value]), num(r[spread])];
    return v === null || e === null ? [] : [[i, v - e, v + e]];
  });
  return [{ type: "custom", silent: true, clip: true, z: 1, data, encode: { x: 0, y: [1, 2] }, renderItem: (_, api) => {
    const low = api.coord([api.value(0), api.value(1)]);
    const high = api.coord([api.value(0), api.value(2)]);
    const [x, y1, y2] = [low[0] ?? 0, low[1] ?? 0, high[1] ?? 0];
    const line = (x1: number, ya: number, x2: number, yb: number) =>
      ({ type: "line" as const, shape: { x1, y1: ya, x2, y2: yb }, style: { stroke: colour, lineWidth: 1.25, opacity: 0.7 } });
    return { type: "group", children: [line(x, y1, x, y2), line(x - 4, y1, x + 4, y1), line(x - 4, y2, x + 4, y2)] };
  } }];
}

/* Inertia is small per customer and large as a sum; both keep three digits or more. */
function inertia_text(f: Format, row: Candidate): string {
  return f.number(row.inertia, Math.abs(row.inertia) < 100 ? 3 : 0);
}

function evidence(context: Context, rows: Candidate[], chosen: number, value: Value, spread: Spread): Option {
  const { f, t } = context;
  const colour = palette()[0]!;
  const whisker = whiskers(rows, value, spread, colour);
  return {
    grid: { left: 4, right: 14, top: 26, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { lineStyle: { color: token("--axis") } }, formatter: (p) => {
      const row = rows[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      if (!row) return "";
      return tip(`k = ${row.k}`, [[t[value], value === "inertia" ? inertia_text(f, row) : f.number(row[value], 3)], ...(spread ? [[`± ${t.error}`, f.number(row[spread], 3)] as [string, string]] : [])]);
    } },
    xAxis: { type: "category", data: rows.map((r) => String(r.k)), ...axis.category() },
    yAxis: { type: "value", scale: value !== "inertia", ...(value === "stability" ? { max: 1 } : {}), ...axis.value(), splitNumber: 4,
      axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.compact(v, false, 3) } },
    series: [...(Array.isArray(whisker) ? whisker : [whisker]), {
      type: "line", lineStyle: { width: 2, color: colour }, symbol: "circle", z: 3,
      data: rows.map((r) => ({ value: num(r[value]) ?? "-", symbolSize: r.k === chosen ? 12 : 6,
        itemStyle: { color: r.k === chosen ? token("--mark") : colour } })),
      markLine: { silent: true, symbol: "none", animation: false, label: { formatter: `k = ${chosen}`, color: token("--mark-ink"), fontWeight: 600, distance: 4 },
        lineStyle: { color: token("--mark"), type: "dashed" }, data: [{ xAxis: String(chosen) }] },
    }],
  };
}

export function cluster_choice(context: Context): HTMLElement | null {
  const data = context.model.cluster_choice;
  if (!data) return null;
  const { f, t } = context;
  const rows = data.candidates;
  if (rows.length === 0) return section(context, "cluster_choice", t.choice_lead, ["cluster_choice"], h("p", { class: "empty" }, f.text(data.reason)));
  const numbers = () => table(rows, [
    { label: t.candidate, cell: (r) => (r.k === data.chosen_k ? h("strong", {}, `${r.k} (${t.chosen})`) : String(r.k)), sort: (r) => r.k },
    { label: t.inertia, cell: (r) => inertia_text(f, r), sort: (r) => num(r.inertia) },
    { label: t.silhouette, cell: (r) => `${f.number(r.silhouette, 3)} ± ${f.number(r.silhouette_se, 3)}`, sort: (r) => num(r.silhouette) },
    { label: t.stability, cell: (r) => `${f.number(r.stability, 3)} ± ${f.number(r.stability_sd, 3)}`, sort: (r) => num(r.stability) },
  ], { label: t.cluster_choice, empty: t.nothing, compact: true });
  const small = (value: Value, spread: Spread, note: string) => card(t[value], h("p", { class: "note" }, note),
    chart({ height: 200, label: `${t[value]}, ${t.candidate}`, table_title: t.data, build: () => evidence(context, rows, data.chosen_k, value, spread) }));
  return section(context, "cluster_choice", t.choice_lead, ["cluster_choice"],
    h("p", { class: "callout" }, h("strong", {}, `k = ${data.chosen_k}`), f.text(data.reason)),
    h("div", { class: "three" }, small("silhouette", "silhouette_se", t.silhouette_note), small("stability", "stability_sd", t.stability_note),
      small("inertia", null, t.inertia_note)),
    h("details", { class: "data" }, h("summary", {}, t.data), numbers()));
}
