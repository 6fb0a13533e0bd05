/* SPDX-License-Identifier: Apache-2.0
 *
 * Clusters: how customers and revenue divide, what each is like, who stands out in it and what it buys. */
import { axis, chart, tip, type Option } from "../chart";
import { diverging, palette, token } from "../colour";
import { card, section, type Context } from "../context";
import { h, styled } from "../dom";
import { num } from "../format";
import type { ClusterAttribute, ClusterFeature, ClusterRow, Clusters } from "../model";
import { put } from "../strings";
import { table } from "../table";
import { meaning_note, prototype_of, rule_of } from "./cluster_meaning";
import { heat } from "./heat";
import { migration } from "./migration";
import { preparation } from "./preparation";

const ATTRIBUTES_SHOWN = 8;
const PRODUCTS_SHOWN = 8;
const NAME_WIDTH = 84; /* narrower columns of the heat map bear the number alone */

const colour = (index: number) => palette()[index % 8]!;

function make_up({ f, t }: Context, rows: ClusterRow[], width: number): Option {
  const bars = [[t.customers, "customer_share"], [t.revenue, "revenue_share"]] as const;
  return {
    grid: { left: 4, right: 12, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: "item", formatter: (p) => {
      const row = rows[(p as { seriesIndex: number }).seriesIndex];
      return row ? tip(f.text(row.name), [[t.customers, `${f.count(row.customers)} · ${f.share(row.customer_share)}`],
        [t.revenue, `${f.money(row.revenue)} · ${f.share(row.revenue_share)}`]]) : "";
    } },
    xAxis: { type: "value", max: 1, ...axis.value(), axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.share(v, 0) } },
    yAxis: { type: "category", inverse: true, data: bars.map(([name]) => name), ...axis.category(), axisLabel: { color: token("--ink") } },
    series: rows.map((row, i) => ({
      type: "bar", stack: "all", barWidth: 34, color: colour(i), itemStyle: { borderColor: token("--surface"), borderWidth: 1 },
      label: { show: true, color: token("--on-series"), fontSize: 11.5, formatter: (q) => ((q.value as number) * width > 50 ? f.share(q.value as number, 0) : "") },
      data: bars.map(([, key]) => row[key]),
    })),
  };
}

/* The features that made the clusters, and the three that everybody asks for. */
function shown(data: Clusters): ClusterFeature[] {
  const core = ["recency_days", "orders", "monetary"];
  const chosen = data.features.filter((x) => x.used || core.includes(x.feature));
  return chosen.length > 0 ? chosen : data.features.slice(0, 10);
}

function profile(context: Context, data: Clusters, width: number): Option {
  const { f, t } = context;
  const ramp = diverging();
  const features = shown(data);
  const row_width = width < 500 ? 96 : 150;
  const column_width = (width - row_width) / data.clusters.length - 8;
  const tiles = data.values.flatMap((value) => {
    const column = data.clusters.findIndex((c) => c.cluster === value.cluster);
    const row = features.findIndex((x) => x.feature === value.feature);
    const feature = features[row];
    const cluster = data.clusters[column];
    if (!feature || !cluster) return [];
    const z = num(value.z);
    return [{ column, row, colour: ramp((z ?? 0) / 1.6), label: f.cell(value.mean, feature.unit), title: `${cluster.cluster} · ${f.text(cluster.name)}`,
      lines: [[f.text(feature.name), ""], [t.mean, f.unit(value.mean, feature.unit)], [t.median, f.unit(value.median, feature.unit)], [t.z, f.number(z, 2)]] as [string, string][] }];
  });
  return heat({ rows: features.map((x) => f.text(x.name) + (x.used ? "" : " *")), tiles, row_width, column_width,
    top: column_width < NAME_WIDTH ? 26 : column_width < 130 ? 66 : 50,
    columns: data.clusters.map((c) => (column_width < NAME_WIDTH ? String(c.cluster) : `${c.cluster}\n${f.text(c.name)}`)) });
}

function values_table({ f, t }: Context, data: Clusters): HTMLElement {
  const cell = (cluster: number, feature: string) => data.values.find((v) => v.cluster === cluster && v.feature === feature);
  return table(data.clusters, [
    { label: t.cluster, text: true, cell: (r) => `${r.cluster} · ${f.text(r.name)}`, sort: (r) => r.cluster },
    { label: t.customers, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
    { label: t.revenue, cell: (r) => f.money(r.revenue), sort: (r) => num(r.revenue) },
    ...data.features.map((x) => ({ label: f.text(x.name), cell: (r: ClusterRow) => {
      const value = cell(r.cluster, x.feature);
      return `${f.unit(value?.mean, x.unit)} (${f.number(value?.z, 2)})`;
    }, sort: (r: ClusterRow) => num(cell(r.cluster, x.feature)?.mean) })),
  ], { label: t.heat, empty: t.nothing, compact: true });
}

function attribute({ f, t }: Context, row: ClusterAttribute, longest: number): HTMLElement {
  const size = Math.abs(row.effect);
  const length = Math.min(1, size / longest);
  const name = f.text(row.attribute);
  const effect = `${row.effect > 0 ? "+" : "−"}${size > 10 ? ">10" : f.number(size, 2)}`;
  return h("li", { title: `${t[row.measure] ?? row.measure} ${effect}` }, h("span", { class: "what" }, name),
    styled(h("span", { class: row.effect > 0 ? "effect more" : "effect less", "aria-hidden": "true" }, h("i")), { "--length": `${length * 50}%` }),
    h("span", { class: "numbers" }, `${f.unit(row.inside, row.unit)} → ${f.unit(row.overall, row.unit)} · ${effect}`));
}

function cluster_card(context: Context, data: Clusters, row: ClusterRow, index: number): HTMLElement {
  const { f, t } = context;
  const mine = <R extends { cluster: number }>(rows: R[]) => rows.filter((r) => r.cluster === row.cluster);
  const attributes = mine(data.attributes).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect)).slice(0, ATTRIBUTES_SHOWN);
  const longest = Math.min(3, Math.max(1.2, ...data.attributes.map((a) => Math.abs(a.effect))));
  const products = mine(data.products).slice(0, PRODUCTS_SHOWN);
  const medians = shown(data).map((x) => [x, data.values.find((v) => v.cluster === row.cluster && v.feature === x.feature)] as const);
  return styled(h("article", { class: "card cluster" },
    h("h3", {}, h("i", {}, String(row.cluster)), f.text(row.name)),
    h("dl", { class: "facts" },
      h("div", {}, h("dt", {}, t.customers), h("dd", {}, f.count(row.customers), h("small", {}, f.share(row.customer_share)))),
      h("div", {}, h("dt", {}, t.revenue), h("dd", {}, f.compact(row.revenue, true), h("small", {}, f.share(row.revenue_share))))),
    ...rule_of(context, row),
    h("h4", {}, t.medians),
    h("dl", { class: "medians" }, ...medians.map(([x, value]) => h("div", {}, h("dt", {}, f.text(x.name)), h("dd", {}, f.unit(value?.median, x.unit))))),
    ...prototype_of(context, data, row),
    attributes.length > 0 ? h("h4", {}, t.attributes, h("small", {}, t.attributes_note)) : null,
    attributes.length > 0 ? h("ul", { class: "attributes" }, ...attributes.map((a) => attribute(context, a, longest))) : null,
    products.length > 0 ? h("h4", {}, t.top_products) : null,
    products.length > 0 ? h("ol", { class: "bought" }, ...products.map((p) => h("li", {}, h("span", {}, p.name ?? p.product),
      h("small", {}, `${put(t.of_customers, { share: f.share(p.customer_share, p.customer_share < 0.1 ? 1 : 0) })}${num(p.lift) === null ? "" : ` · ${put(t.lift, { n: f.number(p.lift, 1) })}`}`)))) : null),
  { "--mine": colour(index) });
}

export function clusters(context: Context): HTMLElement | null {
  const data = context.model.clusters;
  if (!data) return null;
  const { f, t } = context;
  if (data.clusters.length === 0) return section(context, "clusters", t.clusters_lead, ["clusters"], h("p", { class: "empty" }, t.nothing));
  const facts = [f.text(data.method), `k = ${data.k}`, `${t.silhouette} ${f.number(data.silhouette, 3)}`, `${t.stability} ${f.number(data.stability, 2)}`];
  const shares = table(data.clusters, [
    { label: t.cluster, text: true, cell: (r) => `${r.cluster} · ${f.text(r.name)}`, sort: (r) => r.cluster },
    { label: t.customers, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
    { label: t.customer_share, cell: (r) => f.share(r.customer_share), sort: (r) => r.customer_share },
    { label: t.revenue, cell: (r) => f.money(r.revenue), sort: (r) => num(r.revenue) },
    { label: t.revenue_share, cell: (r) => f.share(r.revenue_share), sort: (r) => r.revenue_share },
  ], { label: t.cluster_sizes, empty: t.nothing, compact: true });
  return section(context, "clusters", t.clusters_lead, ["clusters"],
    h("p", { class: "note" }, facts.join(" · ")),
    card(t.cluster_sizes, chart({ height: 140, label: t.cluster_sizes, legend: data.clusters.map((c, i) => [`${c.cluster} ${f.text(c.name)}`, colour(i)]),
      table: shares, table_title: t.data, build: (width) => make_up(context, data.clusters, width) })),
    card(t.heat, chart({ height: 64 + shown(data).length * 32, min_width: 96 + data.clusters.length * 48, label: t.heat, caption: t.heat_note,
      scale: [t.below, t.above, "linear-gradient(90deg,var(--low-2),var(--low-1),var(--middle),var(--high-1),var(--high-2))"], table: values_table(context, data), table_title: t.data,
      build: (width) => profile(context, data, width) })),
    meaning_note(context, data),
    h("div", { class: "clusters" }, ...data.clusters.map((row, i) => cluster_card(context, data, row, i))),
    preparation(context, data),
    migration(context, data));
}
