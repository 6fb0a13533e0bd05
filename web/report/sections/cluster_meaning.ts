/* SPDX-License-Identifier: Apache-2.0
 *
 * What a cluster means in words: its rule, its most typical customer, and how many lie far out. */
import type { Context } from "../context";
import { h } from "../dom";
import type { ClusterRow, Clusters } from "../model";
import { put } from "../strings";

/* Leaves of a rule, one a line: "(a and b) or (c)". */
function alternatives(rule: string): string[] {
  return rule.startsWith("(") ? rule.slice(1, -1).split(") or (") : [rule];
}

export function rule_of({ f, t }: Context, row: ClusterRow): (HTMLElement | null)[] {
  if (row.rule === undefined) return [];
  const quality = row.rule === null || row.rule === "true" ? null
    : put(t.rule_quality, { recall: f.share(row.rule_recall, 0), precision: f.share(row.rule_precision, 0) });
  return [
    h("h4", {}, t.rule, quality ? h("small", {}, quality) : null),
    row.rule === null || row.rule === "true" ? h("p", { class: "note" }, row.rule === null ? t.no_rule : t.everybody)
      : h("ul", { class: "alternatives" }, ...alternatives(row.rule).map((one, i) => h("li", {}, i > 0 ? h("i", {}, t.or) : null, h("code", {}, one))))];
}

export function prototype_of({ f, t }: Context, data: Clusters, row: ClusterRow): (HTMLElement | null)[] {
  const typical = row.prototype;
  const parts = typical ? [
    h("h4", {}, t.prototype, h("small", {}, put(t.customer_id, { id: typical.customer_id }))),
    h("dl", { class: "medians" }, ...Object.entries(typical.values).map(([name, value]) => {
      const feature = data.features.find((x) => x.feature === name);
      return h("div", {}, h("dt", {}, feature ? f.text(feature.name) : name), h("dd", {}, f.unit(value, feature?.unit ?? "count")));
    }))] : [];
  if (row.outliers === undefined) return parts;
  return [...parts, h("p", { class: "note outliers" }, row.outliers === 0 ? t.no_outliers : put(t.outliers, { n: f.count(row.outliers), share: f.share(row.outlier_share) }))];
}

/** How far the rules can be trusted, and what "far out" means here. */
export function meaning_note({ f, t }: Context, data: Clusters): HTMLElement | null {
  const tree = data.surrogate;
  if (!tree) return null;
  const grown = tree.grown_on < tree.customers ? ` ${put(t.tree_sample, { n: f.count(tree.grown_on) })}` : "";
  const weak = tree.fidelity !== null && tree.fidelity < 0.8 ? ` ${t.tree_weak}` : "";
  return h("p", { class: "note" }, `${put(t.tree_note, { share: f.share(tree.fidelity) })}${grown}${weak} ${put(t.outlier_note, { rule: f.text(tree.outlier_rule) })}`);
}
