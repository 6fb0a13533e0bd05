/* SPDX-License-Identifier: Apache-2.0
 *
 * How few customers hold how much of the revenue: Pareto curve, top shares, Gini. */
import { axis, chart, tip, type Option } from "../chart";
import { palette, token } from "../colour";
import { card, section, type Context } from "../context";
import { h } from "../dom";
import type { Concentration } from "../model";
import { put } from "../strings";
import { table } from "../table";

function curve({ f, t }: Context, data: Concentration): Option {
  const percent = { ...axis.value(), min: 0, max: 1, axisLabel: { color: token("--muted"), hideOverlap: true, formatter: (v: number) => f.share(v, 0) } };
  const colour = palette()[0]!;
  const fifth = data.top.find((point) => Math.abs(point.customer_share - 0.2) < 1e-9);
  return {
    grid: { left: 12, right: 20, top: 30, bottom: 22, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { lineStyle: { color: token("--axis") } }, formatter: (p) => {
      const point = data.curve[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      if (!point) return "";
      const { customer_share: x, revenue_share: y } = point;
      return tip(put(t.top_share, { n: f.share(x, 0) }), [[t.revenue_share, f.share(y)]]);
    } },
    xAxis: { type: "value", ...percent, name: t.customer_share, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: token("--muted") }, splitLine: { show: false } },
    yAxis: { type: "value", ...percent, name: t.revenue_share, nameTextStyle: { color: token("--muted"), align: "left", padding: [0, 0, 0, -30] } },
    series: [
      { type: "line", showSymbol: false, lineStyle: { width: 2.5, color: colour }, itemStyle: { color: colour }, areaStyle: { color: colour, opacity: 0.1 },
        data: data.curve.map((point) => [point.customer_share, point.revenue_share]) },
      { type: "line", silent: true, showSymbol: false, tooltip: { show: false }, lineStyle: { width: 1.2, type: "dashed", color: token("--axis") }, data: [[0, 0], [1, 1]] },
      ...(fifth ? [{ type: "line" as const, silent: true, tooltip: { show: false }, symbol: "circle", symbolSize: 11, itemStyle: { color: token("--mark") },
        label: { show: true, position: "right" as const, color: token("--ink"), fontWeight: 600 as const, fontSize: 13, formatter: `20% → ${f.share(fifth.revenue_share)}` },
        data: [[fifth.customer_share, fifth.revenue_share]] }] : []),
    ],
  };
}

const ORIGIN = { customer_share: 0, revenue_share: 0 };

export function concentration(context: Context): HTMLElement | null {
  const given = context.model.concentration;
  if (!given) return null;
  const starts = given.curve.length === 0 || given.curve[0]?.customer_share === 0;
  const data = starts ? given : { ...given, curve: [ORIGIN, ...given.curve] };
  const { f, t } = context;
  const points = table(data.curve, [
    { label: t.customer_share, cell: (r) => f.share(r.customer_share, 0), sort: (r) => r.customer_share },
    { label: t.revenue_share, cell: (r) => f.share(r.revenue_share, 2), sort: (r) => r.revenue_share },
  ], { label: t.pareto, empty: t.nothing, compact: true });
  return section(context, "concentration", t.concentration_lead, ["concentration"], h("div", { class: "wide-narrow" },
    card(t.pareto, data.curve.length > 1 ? chart({ height: 340, label: t.pareto, legend: [[t.pareto, palette()[0]!], [t.even, token("--axis")]],
      table: points, table_title: t.data, build: () => curve(context, data) }) : h("p", { class: "empty" }, t.nothing)),
    h("div", { class: "card" }, h("h3", {}, t.gini), h("p", { class: "value" }, f.number(data.gini, 3)), h("p", { class: "note" }, t.gini_note),
      h("dl", { class: "tops" }, ...data.top.map((point) => h("div", {}, h("dt", {}, put(t.top_share, { n: f.share(point.customer_share, 0) })),
        h("dd", {}, put(t.holds, { share: f.share(point.revenue_share) }))))))));
}
