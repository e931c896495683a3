// Bars, lines and columns, drawn by hand in the theme's own colours. What they show is in the table beside, for keyboards and
// screen readers: the drawings with axes are hidden from them, the bars are ordinary links.
import { label } from "vigie-kit";
import { h } from "vue";
import { cell } from "vigie-report/table.js";

const HEIGHT = 236, LEFT = 44, RIGHT = 12, TOP = 14, BOTTOM = 26, GOAL = 0.9, MOST = 12;

export const Chart = {
  props: { table: Object, labels: Object },
  data: () => ({ width: 560 }),
  mounted() {
    this.watcher = new ResizeObserver(([entry]) => { const width = Math.round(entry.contentRect.width); if (width > 120) this.width = width; });
    this.watcher.observe(this.$el);
  },
  unmounted() { this.watcher.disconnect(); },
  methods: {
    text(key, params) { return label("report." + key, params, this.labels); },
    pair(name, value) { return this.text("pair", { name, value }); },
  },
  render() {
    const { kind } = this.table.chart;
    return h("div", { class: "vg-chart" }, { bars, stack, target, lines, scores, columns }[kind](this));
  },
};

const legend = (items) => h("p", { class: "vg-chart__legend", "aria-hidden": "true" }, items.map(([cls, text]) => h("span", { key: text }, [h("i", { class: cls }), text])));
const ofPriority = (row) => (row[0].c?.startsWith("priority.") ? { "--b": `var(--chart-${row[0].c.slice(9)})` } : {});

/** A list of bars: {row, parts: [{value, href, cls, title}], text}. */
function barList(items, most, marks = null) {
  return h("ul", { class: "vg-bars", style: { "--n": items.length } }, items.map(({ row, parts, text, style }, i) => h("li", { key: i, style }, [
    h("span", { class: "vg-bars__name" }, [cell({ ...row[0], href: null })]),
    h("span", { class: "vg-bars__track" }, [
      ...parts.map((part, j) => (part.value ? h(part.href ? "a" : "span", { key: j, class: ["vg-bars__bar", part.cls], href: part.href, title: part.title, "aria-label": part.title, style: { width: `${Math.max(0.6, (100 * part.value) / most)}%` } }) : null)),
      marks, h("span", { class: "vg-bars__text" }, text),
    ]),
  ])));
}

function bars(chart) {
  const { table } = chart, { value } = table.chart, rows = table.rows.slice(0, MOST), most = Math.max(1, ...rows.map((row) => row[value].v || 0)) * 1.3;
  return [
    barList(rows.map((row) => ({ row, style: ofPriority(row), text: [cell(row[value])], parts: [{ value: row[value].v, href: row[value].href, title: chart.pair(row[0].t, row[value].t) }] })), most),
    rest(chart),
  ];
}

function stack(chart) {
  const { table } = chart, { values, names, colours, total } = table.chart, filled = table.rows.filter((row) => values.some((i) => row[i].v)), rows = filled.slice(0, MOST);
  if (!rows.length) return h("p", { class: "vg-muted vg-figs__none" }, chart.text("empty"));
  const sum = (row) => values.reduce((total, i) => total + (row[i].v || 0), 0), most = Math.max(1, ...rows.map(sum)) * 1.35;
  return [
    legend(values.map((_, j) => [colours[j], names[j]])),
    barList(rows.map((row) => ({
      row, text: total ? [cell(row[total])] : values.map((i, j) => [j ? " · " : "", cell(row[i])]).flat(),
      parts: values.map((i, j) => ({ value: row[i].v, href: row[i].href, cls: colours[j], title: chart.pair(`${row[0].t}, ${names[j]}`, row[i].t) })),
    })), most),
    rest(chart, filled.length),
  ];
}

/** Times as a share of what was promised. */
function target(chart) {
  const { table } = chart, { value, of } = table.chart, rows = table.rows.filter((row) => row[of].v);
  const share = (row) => (row[value].v || 0) / row[of].v, most = Math.max(1, ...rows.map(share)) * 1.4;
  const mark = () => h("span", { class: "vg-bars__goal", style: { left: `${100 / most}%` }, "aria-hidden": "true" });
  if (!rows.length) return h("p", { class: "vg-muted vg-figs__none" }, chart.text("empty"));
  return [
    h("p", { class: "vg-chart__legend" }, [h("span", [h("i", { class: "vg-c-goal" }), chart.text("goal_short")])]),
    barList(rows.map((row) => ({ row, style: ofPriority(row), text: [cell(row[value]), " / ", row[of].t], parts: [{ value: share(row), href: row[value].href, title: chart.pair(row[0].t, `${row[value].t} / ${row[of].t}`) }] })), most, mark()),
  ];
}

const rest = (chart, count = chart.table.rows.length) => (count > MOST ? h("p", { class: "vg-muted vg-chart__rest" }, chart.text("truncated", { n: MOST })) : null);

// ------------------------------------------------------------------ drawings with axes
function axes(chart, ticks, y, format) {
  const { table, width } = chart, right = width - RIGHT, names = table.rows, step = Math.max(1, Math.ceil(names.length / Math.max(2, Math.floor((width - LEFT) / 76))));
  return [
    ...ticks.map((tick) => h("g", { key: "y" + tick }, [h("line", { class: "vg-chart__grid", x1: LEFT, x2: right, y1: y(tick), y2: y(tick) }), h("text", { x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }, format(tick))])),
    ...names.map((row, i) => (i % step ? null : h("text", { key: "x" + i, x: middle(chart, i), y: HEIGHT - 6, "text-anchor": "middle" }, row[0].t))),
  ];
}
const slot = (chart) => (chart.width - LEFT - RIGHT) / Math.max(1, chart.table.rows.length);
const middle = (chart, i) => LEFT + slot(chart) * (i + 0.5);
const drawing = (chart, children) => h("svg", { class: "vg-chart__svg", viewBox: `0 0 ${chart.width} ${HEIGHT}`, "aria-hidden": "true", focusable: "false" }, children);
const link = (each, title, children) => h(each.href ? "a" : "g", { href: each.href, tabindex: -1 }, [h("title", title), ...children]);

function path(chart, column, y, cls) {
  const known = chart.table.rows.map((row, i) => ({ each: row[column], x: middle(chart, i), name: row[0].t })).filter(({ each }) => each.v != null);
  if (!known.length) return [];
  return [
    h("polyline", { class: ["vg-chart__line", cls], points: known.map(({ each, x }) => `${x.toFixed(1)},${y(each.v).toFixed(1)}`).join(" ") }),
    ...known.map(({ each, x, name }, i) => link(each, chart.pair(name, each.t), [h("circle", { key: i, class: ["vg-chart__dot", cls], cx: x, cy: y(each.v), r: known.length > 40 ? 2 : 3.2 }), h("circle", { class: "vg-chart__hit", cx: x, cy: y(each.v), r: 10 })])),
  ];
}

function lines(chart) {
  const { table } = chart, { values, names } = table.chart, known = table.rows.flatMap((row) => values.map((i) => row[i].v)).filter((value) => value != null);
  const low = Math.min(0.8, ...known.map((value) => Math.floor(value * 10) / 10)), ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => low + (1 - low) * part);
  const y = (value) => TOP + (1 - (value - low) / (1 - low)) * (HEIGHT - TOP - BOTTOM);
  return [
    legend(values.map((_, j) => [j ? "vg-c-dashed" : "vg-c-solid", names[j]])),
    drawing(chart, [
      ...axes(chart, ticks, y, (tick) => chart.text("percent", { n: Math.round(tick * 100) })),
      h("line", { class: "vg-chart__goal", x1: LEFT, x2: chart.width - RIGHT, y1: y(GOAL), y2: y(GOAL) }),
      ...path(chart, values[1], y, "vg-chart__line--dashed"), ...path(chart, values[0], y, "vg-chart__line--solid"),
    ]),
  ];
}

/** Mean scores, from one to five. */
function scores(chart) {
  const { value, names } = chart.table.chart, y = (score) => TOP + (1 - (score - 1) / 4) * (HEIGHT - TOP - BOTTOM);
  if (chart.table.rows.every((row) => row[value].v == null)) return h("p", { class: "vg-muted vg-figs__none" }, chart.text("empty"));
  return [
    legend([["vg-c-solid", names[0]]]),
    drawing(chart, [...axes(chart, [1, 2, 3, 4, 5], y, String), ...path(chart, value, y, "vg-chart__line--solid")]),
  ];
}

function columns(chart) {
  const { table } = chart, { values, names } = table.chart, most = Math.max(4, ...table.rows.flatMap((row) => values.map((i) => row[i].v || 0)));
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500, 5000, 10000, 50000].find((each) => most / each <= 6) || 100000, top = Math.ceil(most / step) * step;
  const y = (value) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM), wide = Math.min(26, slot(chart) * 0.62);
  const ticks = Array.from({ length: top / step + 1 }, (_, i) => i * step);
  return [
    legend([["vg-c-bar", names[0]], ["vg-c-line", names[1]]]),
    drawing(chart, [
      ...axes(chart, ticks, y, String),
      ...table.rows.map((row, i) => link(row[values[0]], chart.pair(`${row[0].t}, ${names[0]}`, row[values[0]].t), [h("rect", { key: i, class: "vg-chart__bar", x: middle(chart, i) - wide / 2, width: wide, y: y(row[values[0]].v), height: Math.max(0, y(0) - y(row[values[0]].v)), rx: Math.min(2, wide / 3) })])),
      ...path(chart, values[1], y, "vg-chart__line--over"),
    ]),
  ];
}
