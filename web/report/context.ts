/* SPDX-License-Identifier: Apache-2.0
 *
 * What every section is given, and the frame that it stands in: heading, lead, contents, and below them
 * how its numbers came about. */
import { h, type Child } from "./dom";
import type { Format } from "./format";
import type { Model } from "./model";
import type { Strings } from "./strings";

export interface Context {
  model: Model;
  f: Format;
  t: Strings;
}

export type SectionId =
  | "summary" | "monthly" | "own_segments" | "rfm" | "cluster_choice" | "clusters" | "cohorts" | "concentration" | "products"
  | "identity" | "data_quality" | "features";

function sql_block(context: Context, title: string, sql: string): HTMLElement {
  const { t } = context;
  const button = h("button", { type: "button", class: "copy", click: () => {
    navigator.clipboard?.writeText(sql).then(() => { button.textContent = t.copied; }, () => undefined);
  } }, t.copy);
  return h("details", { class: "sql" }, h("summary", {}, `${t.sql}: ${title}`),
    h("div", { class: "code" }, navigator.clipboard ? button : null, h("pre", { tabindex: 0 }, h("code", {}, sql))));
}

/** Notes and SQL whose `section` is one of `keys`. */
export function provenance(context: Context, keys: (string | null)[]): HTMLElement | null {
  const { model, f, t } = context;
  const notes = (model.methods?.rows ?? []).filter((row) => keys.includes(row.section));
  const queries = (model.queries?.rows ?? []).filter((row) => keys.includes(row.section));
  if (notes.length + queries.length === 0) return null;
  return h("details", { class: "how" }, h("summary", {}, queries.length > 0 ? t.how : t.how_plain),
    ...notes.map((row) => h("div", { class: "note" }, h("h4", {}, f.text(row.title)), h("p", {}, f.text(row.text)))),
    ...queries.map((row) => sql_block(context, f.text(row.title), row.sql)));
}

export function section(context: Context, id: SectionId, lead: string | null, keys: (string | null)[], ...body: Child[]): HTMLElement {
  return h("section", { id, "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, context.t[id]), lead ? h("p", { class: "lead" }, lead) : null,
    ...body, provenance(context, keys));
}

export function card(title: string | null, ...body: Child[]): HTMLElement {
  return h("div", { class: "card" }, title ? h("h3", {}, title) : null, ...body);
}
