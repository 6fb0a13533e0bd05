/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of the last version's clusters: who went where, and in words which go on, split, merged, were
 * born or died. */
import { card, type Context } from "../context";
import { h, sentence } from "../dom";
import type { ClusterFate, Clusters, SinceLast } from "../model";
import { table, type Column } from "../table";

/* Below this people should know that clusters have changed before they compare reports. */
const STEADY = 0.7;

interface Row {
  name: string;
  counts: number[];
  all: number;
}

function names_of({ f }: Context, since: SinceLast, data: Clusters) {
  const title = (number: number, text: string) => `${number} · ${text}`;
  return {
    before: (n: number | undefined) => title(n ?? 0, f.text(since.before.find((one) => one.cluster === n)?.name)),
    after: (n: number | undefined) => title(n ?? 0, f.text(data.clusters.find((one) => one.cluster === n)?.name)),
  };
}

/* New clusters first: how each came about; then those of old that have no heir. */
function sentences(context: Context, since: SinceLast, data: Clusters): HTMLElement[] {
  const { f, t } = context;
  const names = names_of(context, since, data);
  const share = (fate: ClusterFate | undefined) => f.share(fate?.share, 0);
  const now = since.after.map((fate) => {
    const old = since.before.find((one) => one.cluster === fate.other);
    if (fate.change === "continues") {
      const [name, before] = [names.after(fate.cluster), names.before(fate.other)];
      return sentence(name === before ? t.m_goes_on : t.m_continues, { name, before, stay: share(old), from: share(fate) });
    }
    return fate.change === "split"
      ? sentence(t.m_split_off, { name: names.after(fate.cluster), before: names.before(fate.other), share: share(fate) })
      : sentence(t.m_born, { name: names.after(fate.cluster) });
  });
  const gone = since.before.filter((fate) => fate.change !== "continues").map((fate) =>
    sentence(fate.change === "merged" ? t.m_merged : fate.change === "split" ? t.m_split : t.m_died,
      { before: names.before(fate.cluster), name: names.after(fate.other), share: share(fate) }));
  return [...now, ...gone];
}

function migration_table(context: Context, since: SinceLast, data: Clusters): HTMLElement {
  const { f, t } = context;
  const names = names_of(context, since, data);
  const rows: Row[] = since.counts.map((counts, i) => ({
    name: i < since.before.length ? names.before(since.before[i]!.cluster) : t.m_newcomers, counts, all: counts.reduce((sum, n) => sum + n, 0) }));
  const last = since.after.length;
  const column = (label: string, at: number): Column<Row> => ({ label, sort: (row) => row.counts[at] ?? 0,
    bar: (row) => (row.all > 0 ? (row.counts[at] ?? 0) / row.all : 0),
    cell: (row) => ((row.counts[at] ?? 0) === 0 ? "·" : h("span", {}, f.count(row.counts[at]), h("small", { class: "of-row" }, f.share((row.counts[at] ?? 0) / row.all, 0)))) });
  return table(rows.filter((row, i) => i < since.before.length || row.all > 0), [
    { label: t.m_then, text: true, cell: (row) => row.name, sort: (row) => row.name },
    ...since.after.map((fate, i) => column(`→ ${fate.cluster}`, i)),
    ...(rows.some((row) => (row.counts[last] ?? 0) > 0) ? [column(t.m_left, last)] : []),
    { label: t.m_all, cell: (row) => f.count(row.all), sort: (row) => row.all },
  ], { label: t.m_table, empty: t.nothing, compact: true });
}

export function migration(context: Context, data: Clusters): HTMLElement | null {
  const { f, t } = context;
  const since = data.since_last;
  if (!since) return null;
  const kept = since.both > 0 ? since.kept / since.both : null;
  return card(t.m_title,
    h("p", { class: "note" }, `${t.run} ${since.run}`),
    h("p", { class: "callout" }, sentence(t.m_kept, { kept: f.count(since.kept), both: f.count(since.both), share: f.share(kept) }),
      kept !== null && kept < STEADY ? h("span", { class: "note" }, t.m_changed) : null),
    h("ul", { class: "sentences fates" }, ...sentences(context, since, data).map((one) => h("li", {}, one))),
    h("p", { class: "note table-note" }, t.m_note),
    h("div", { class: "migration" }, migration_table(context, since, data)));
}
