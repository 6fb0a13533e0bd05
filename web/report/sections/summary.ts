/* SPDX-License-Identifier: Apache-2.0
 *
 * The report in sentences, and the key figures with their trend. */
import { card, section, type Context } from "../context";
import { h, s, sentence, type Child } from "../dom";
import { num } from "../format";
import { put } from "../strings";

function sentences({ model, f, t }: Context): HTMLElement[] {
  const said: HTMLElement[] = [];
  const say = (template: string, values: Record<string, string>) => said.push(sentence(template, values));
  const key = model.key_figures;
  if (key) say(t.s_scale, { customers: f.count(key.customers), orders: f.count(key.orders), revenue: f.money(key.revenue) });
  const fifth = model.concentration?.top.find((point) => Math.abs(point.customer_share - 0.2) < 1e-9);
  if (fifth) say(t.s_pareto, { share: f.share(fifth.revenue_share) });
  if (key && key.repeat_rate !== null) {
    say(t.s_repeat, { repeat: f.share(key.repeat_rate), days: f.count(key.active_days), active: f.count(key.active_customers) });
  }
  const best = largest(model.rfm?.segments);
  if (best) say(t.s_segment, { name: f.text(best.name), customers: f.share(best.customer_share), revenue: f.share(best.revenue_share) });
  const cluster = largest(model.clusters?.clusters);
  if (cluster && model.clusters) {
    say(t.s_cluster, { k: f.count(model.clusters.k), name: f.text(cluster.name), revenue: f.share(cluster.revenue_share) });
  }
  const next = model.cohorts?.pooled.find((row) => row.period === 1);
  if (next && next.retention !== null) say(t.s_retention, { retention: f.share(next.retention) });
  const quality = model.data_quality;
  if (quality) {
    say(t.s_quality, { read: f.count(quality.rows_read), accepted: f.count(quality.rows_accepted), kept: f.count(quality.lines_kept) });
  }
  return said;
}

function largest<Row extends { revenue_share: number }>(rows: Row[] | undefined): Row | null {
  return (rows ?? []).reduce<Row | null>((best, row) => (best === null || row.revenue_share > best.revenue_share ? row : best), null);
}

/** A line without axes; the months that are over, oldest first. */
function spark(values: (number | null)[], label: string): SVGElement | null {
  const known = values.filter((v): v is number => v !== null);
  if (known.length < 3) return null;
  const [width, height] = [120, 34];
  const top = Math.max(...known);
  const low = Math.min(0, ...known);
  const points = known.map((v, i) => [
    (i / (known.length - 1)) * (width - 6) + 3, height - 4 - ((v - low) / (top - low || 1)) * (height - 8)] as const);
  const line = points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const last = points[points.length - 1]!;
  return s("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, preserveAspectRatio: "none" },
    s("path", { class: "spark-area", d: `${line}L${last[0]} ${height}L3 ${height}Z` }),
    s("path", { class: "spark-line", d: line }));
}

function figure(label: string, value: string, note: Child, trend: Child): HTMLElement {
  return h("div", { class: "figure card" }, h("h3", {}, label), h("p", { class: "value" }, value), h("p", { class: "note" }, note), trend);
}

function figures({ model, f, t }: Context): HTMLElement | null {
  const key = model.key_figures;
  if (!key) return null;
  const months = (model.monthly?.rows ?? []).filter((row) => row.complete);
  const trend = (name: string, pick: (row: (typeof months)[number]) => number | null) =>
    spark(months.map(pick), `${name}, ${t.trend_note}`);
  return h("div", { class: "figures" },
    figure(t.revenue, f.compact(key.revenue, true, 4), f.money(key.revenue), trend(t.revenue, (row) => num(row.revenue))),
    figure(t.orders, f.count(key.orders), put(t.lines_note, { n: f.count(key.lines) }), trend(t.orders, (row) => row.orders)),
    figure(t.customers, f.count(key.customers), put(t.orders_per, { n: f.number(key.orders_per_customer, 1) }), trend(t.customers, (row) => row.customers)),
    figure(t.average_order_value, f.money(key.average_order_value), put(t.per_customer, { n: f.money(key.revenue_per_customer) }), null),
    figure(t.repeat_rate, f.share(key.repeat_rate), t.repeat_note, null),
    figure(t.active, f.count(key.active_customers), put(t.active_note, { n: f.count(key.active_days) }), null));
}

export function summary(context: Context): HTMLElement | null {
  const said = sentences(context);
  const numbers = figures(context);
  if (said.length === 0 && !numbers) return null;
  return section(context, "summary", null, ["summary", "key_figures"],
    said.length > 0 ? card(null, h("ul", { class: "sentences" }, ...said.map((line) => h("li", {}, line)))) : null, numbers);
}
