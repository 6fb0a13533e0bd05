/* SPDX-License-Identifier: Apache-2.0
 *
 * A table that sorts by any of its columns: click or Enter on a heading, twice for the other way.
 * Missing values stay at the end in both directions. */
import { h, styled, type Child } from "./dom";

export interface Column<Row> {
  label: string;
  cell: (row: Row) => Child;
  /** What to sort by; a column without it does not sort. */
  sort?: (row: Row) => number | string | null;
  text?: boolean;
  /** Length of a bar behind the number, 0..1. */
  bar?: (row: Row) => number | null;
}

interface Options {
  label: string;
  empty: string;
  compact?: boolean;
}

function compare(a: number | string | null, b: number | string | null, direction: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return (a - b) * direction;
  return String(a).localeCompare(String(b)) * direction;
}

function data_cell<Row>(row: Row, column: Column<Row>, first: boolean): HTMLElement {
  const length = column.bar?.(row) ?? null;
  const cell = h(first ? "th" : "td", { class: column.text ? "text" : "number", ...(first ? { scope: "row" } : {}) }, column.cell(row));
  if (length !== null) styled(cell, { "--bar": `${Math.max(0, Math.min(1, length)) * 100}%` }).classList.add("bar");
  return cell;
}

export function table<Row>(rows: readonly Row[], columns: Column<Row>[], options: Options): HTMLElement {
  if (rows.length === 0) return h("p", { class: "empty" }, options.empty);
  const body = h("tbody");
  const show = (sorted: readonly Row[]) =>
    body.replaceChildren(...sorted.map((row) => h("tr", {}, ...columns.map((c, i) => data_cell(row, c, i === 0)))));
  const heads = columns.map((column) => {
    const cell = h("th", { scope: "col", class: column.text ? "text" : "number" });
    const by = column.sort;
    if (!by) {
      cell.append(column.label);
      return cell;
    }
    cell.append(h("button", { type: "button", click: () => {
      const now = cell.getAttribute("aria-sort");
      const next = now === null ? (column.text ? "ascending" : "descending") : now === "ascending" ? "descending" : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", next);
      const direction = next === "ascending" ? 1 : -1;
      show([...rows].sort((a, b) => compare(by(a), by(b), direction)));
    } }, column.label));
    return cell;
  });
  show(rows);
  return h("div", { class: options.compact ? "table compact" : "table", tabindex: 0, role: "region", "aria-label": options.label },
    h("table", {}, h("thead", {}, h("tr", {}, ...heads)), body));
}
