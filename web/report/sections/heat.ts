/* SPDX-License-Identifier: Apache-2.0
 *
 * A heat map of labelled tiles over two category axes, used for clusters and for cohorts. */
import { axis, tip, type Option } from "../chart";
import { readable, token } from "../colour";

export interface Tile {
  column: number;
  row: number;
  colour: string;
  label: string;
  title: string;
  lines: [string, string][];
  /** Drawn with a dashed border and a paler fill: the value is not final. */
  pale?: boolean;
}

export interface Heat {
  columns: string[];
  rows: string[];
  tiles: Tile[];
  column_name?: string;
  /** Room above the tiles. */
  top: number;
  column_width?: number;
  label_size?: number;
  row_width: number;
}

/* Smaller tiles show their colour only; the table behind the chart has the numbers. */
const LABEL_WIDTH = 24;
const LABEL_HEIGHT = 13;

export function heat(spec: Heat): Option {
  const ink = token("--ink");
  return {
    grid: { left: spec.row_width, right: 4, top: spec.top, bottom: 4 },
    tooltip: { trigger: "item", formatter: (p) => {
      const tile = spec.tiles[(p as { dataIndex: number }).dataIndex];
      return tile ? tip(tile.title, tile.lines) : "";
    } },
    xAxis: { type: "category", position: "top", data: spec.columns, ...axis.category(), axisLine: { show: false },
      axisLabel: { color: ink, interval: 0, fontSize: 11.5, lineHeight: 14,
        ...(spec.column_width ? { width: spec.column_width, overflow: "break" as const } : {}) },
      ...(spec.column_name ? { name: spec.column_name, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: token("--muted") } } : {}) },
    yAxis: { type: "category", inverse: true, data: spec.rows, ...axis.category(), axisLine: { show: false },
      axisLabel: { color: ink, interval: 0, fontSize: 11.5, width: spec.row_width - 10, overflow: "break", lineHeight: 15 } },
    series: [{
      type: "custom", encode: { x: 0, y: 1 }, data: spec.tiles.map((tile) => [tile.column, tile.row]),
      renderItem: (params, api) => {
        const tile = spec.tiles[params.dataIndex];
        if (!tile) return null;
        const centre = api.coord([tile.column, tile.row]);
        const size = api.size?.([1, 1]) ?? [0, 0];
        const [width, height] = Array.isArray(size) ? [size[0] ?? 0, size[1] ?? 0] : [size, size];
        const x = (centre[0] ?? 0) - width / 2 + 1;
        const y = (centre[1] ?? 0) - height / 2 + 1;
        const label = width >= LABEL_WIDTH && height >= LABEL_HEIGHT ? tile.label : "";
        return {
          type: "rect", shape: { x, y, width: Math.max(0, width - 2), height: Math.max(0, height - 2), r: 3 },
          style: tile.pale
            ? { fill: tile.colour, fillOpacity: 0.25, stroke: tile.colour, lineWidth: 1.2, lineDash: [3, 3] }
            : { fill: tile.colour },
          textContent: { type: "text", style: { text: label, fill: tile.pale ? ink : readable(tile.colour), fontSize: spec.label_size ?? 12, fontFamily: "inherit" } },
          textConfig: { position: "inside" },
        };
      },
    }],
  };
}
