/* SPDX-License-Identifier: Apache-2.0
 *
 * Apache ECharts, only the parts used here, drawn as SVG so that paper is as sharp as the screen.
 * Every chart is a figure: a drawing with a label for those who cannot see it, and its numbers as a
 * table. Charts are kept in a list because theme, width and paper redraw them all. */
import { BarChart, CustomChart, LineChart, SankeyChart } from "echarts/charts";
import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption, SankeySeriesOption } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import type { GridComponentOption, TooltipComponentOption } from "echarts/components";
import * as echarts from "echarts/core";
import type { ComposeOption, ECharts } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { palette, token } from "./colour";
import { h, styled } from "./dom";

echarts.use([BarChart, CustomChart, LineChart, SankeyChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export type Option = ComposeOption<
  BarSeriesOption | CustomSeriesOption | LineSeriesOption | SankeySeriesOption | GridComponentOption | TooltipComponentOption>;

interface Drawn {
  host: HTMLElement;
  instance: ECharts | null;
  build: ChartSpec["build"];
}

let drawn: Drawn[] = [];

const font = '"Pretendard","Apple SD Gothic Neo","Noto Sans KR","Noto Sans CJK KR","Malgun Gothic",system-ui,sans-serif';

function defaults(): Option {
  return {
    animation: false,
    color: palette(),
    textStyle: { fontFamily: font, fontSize: 12, color: token("--muted") },
    tooltip: {
      backgroundColor: token("--surface"), borderColor: token("--line"), borderWidth: 1, padding: [8, 12],
      textStyle: { color: token("--ink"), fontSize: 13, fontFamily: font }, confine: true,
      transitionDuration: 0, extraCssText: "box-shadow:0 6px 24px rgba(10,20,40,.16);border-radius:8px",
    },
  };
}

/** Axis looks shared by all charts. */
export const axis = {
  name: (name: string) => ({ name, nameTextStyle: { color: token("--muted"), fontSize: 12 } }),
  category: () => ({
    axisLine: { lineStyle: { color: token("--axis") } }, axisTick: { show: false },
    axisLabel: { color: token("--muted"), hideOverlap: true },
  }),
  value: () => ({
    axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: token("--line") } },
    axisLabel: { color: token("--muted"), hideOverlap: true },
  }),
};

/** A tooltip's contents: a heading and lines of name and value. */
export function tip(title: string, rows: [string, string, string?][]): HTMLElement {
  return h("div", { class: "tip" }, h("b", {}, title), ...rows.map(([name, value, colour]) =>
    h("div", {}, h("span", {}, colour ? styled(h("i"), { background: colour }) : "", name), h("span", {}, value))));
}

export interface ChartSpec {
  height: number;
  /** Below this the chart scrolls inside its own frame. */
  min_width?: number;
  label: string;
  caption?: string;
  legend?: [string, string][];
  scale?: [string, string, string];
  build: (width: number) => Option;
  table?: HTMLElement;
  table_title: string;
}

export function chart(spec: ChartSpec): HTMLElement {
  const host = styled(h("div", { class: "chart", role: "img", "aria-label": spec.label, "data-chart": true }),
    { "--height": `${spec.height}px` });
  if (spec.min_width) styled(host, { "min-width": `${spec.min_width}px` });
  drawn.push({ host, instance: null, build: spec.build });
  const frame = h("div", { class: "chart-frame", ...(spec.min_width ? { tabindex: 0, role: "group", "aria-label": spec.label } : {}) }, host);
  return h("figure", {},
    spec.caption ? h("figcaption", {}, spec.caption) : null,
    spec.legend || spec.scale ? legend(spec.legend ?? [], spec.scale) : null,
    frame,
    spec.table ? h("details", { class: "data" }, h("summary", {}, spec.table_title), spec.table) : null);
}

/* Swatches, and for a heat map the strip of its colours between two words. */
function legend(entries: [string, string][], scale?: [string, string, string]): HTMLElement {
  return h("ul", { class: "legend" },
    scale ? h("li", {}, scale[0], styled(h("i", { class: "scale" }), { background: scale[2] }), scale[1]) : null, ...entries.map(([name, colour]) =>
    h("li", {}, styled(h("i"), { background: colour }), name)));
}

function draw(entry: Drawn): void {
  const width = Math.floor(entry.host.clientWidth) || 600;
  const height = Math.floor(entry.host.clientHeight) || 300;
  entry.instance ??= echarts.init(entry.host, null, { renderer: "svg", width, height });
  entry.instance.resize({ width, height, silent: true });
  entry.instance.setOption({ ...defaults(), ...merged(entry.build(width)) }, { notMerge: true, silent: true });
  entry.instance.getZr().flush();
}

function merged(option: Option): Option {
  return option.tooltip ? { ...option, tooltip: { ...(defaults().tooltip as object), ...(option.tooltip as object) } } : option;
}

export function draw_charts(): void {
  for (const entry of drawn) draw(entry);
}

export function forget_charts(): void {
  for (const entry of drawn) entry.instance?.dispose();
  drawn = [];
}
