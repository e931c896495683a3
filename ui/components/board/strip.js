// The day's figures above the list; the first four are toggles that filter it.
import { now, slaState, fmtDur, fmtInstant, slaGlyph, label } from "vigie-kit";
import { h } from "vue";
import { toggledWho } from "./model.js";

const UNKNOWN = "\u2013";

export const Strip = {
  props: { rows: Array, ready: Boolean, at: Number, filters: Object, figures: Object, labels: Object },
  emits: ["filter"],
  computed: {
    counts() {
      const found = { open: this.rows.length, today: 0, unassigned: 0, critical: 0, risk: 0, breached: 0, oldest: Infinity };
      for (const row of this.rows) {
        const state = slaState(row.sla, this.at);
        if (!row.assignee) { found.unassigned += 1; found.critical += row.priority === "critical"; }
        if (state === "risk") found.risk += 1;
        if (state === "breached") { found.breached += 1; found.oldest = Math.min(found.oldest, row.sla.due); }
        found.today += isToday(row.created, this.at);
      }
      return found;
    },
    minute: () => Math.floor(now.value / 60) * 60,
  },
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    /** The line, and what stands for it where it would be cut. */
    both(key, params) { return [this.text(key, params), this.text(key.replace("_sub", "") + "_short", params)]; },
    only(state) { return this.filters.sla.length === 1 && this.filters.sla[0] === state; },
    pick(name) {
      const { filters } = this;
      if (name === "risk" || name === "breached") this.$emit("filter", { ...filters, who: filters.who.filter((who) => who !== "open"), sla: this.only(name) ? [] : [name] });
      else this.$emit("filter", toggledWho(filters, name));
    },
    cell(name, sub) {
      const n = this.counts[name], sla = name === "risk" || name === "breached", pressed = sla ? this.only(name) : this.filters.who.includes(name);
      return h("button", { type: "button", class: sla && n ? "vg-sla-" + name : "", "aria-pressed": String(pressed), "data-stat": name, onClick: () => this.pick(name) }, [
        h("b", this.ready ? n : UNKNOWN),
        h("span", { class: "vg-strip__text" }, [
          h("span", { class: "vg-strip__name" }, [sla && n ? slaGlyph(name) : null, h("span", this.text("stat." + name))]),
          sub ? below(...sub) : null,
        ]),
      ]);
    },
    trend() {
      const { mean_s: mean, before_s: before } = this.figures;
      if (mean == null) return [this.ready ? this.text("stat.mttr_none") : ""];
      const percent = before ? Math.round((Math.abs(before - mean) / before) * 100) : 0;
      return percent ? this.both(mean < before ? "stat.mttr_faster" : "stat.mttr_slower", { n: percent }) : [this.text("stat.mttr_sub")];
    },
  },
  render() {
    const { counts } = this, mean = this.figures.mean_s;
    const late = counts.breached ? this.both("stat.breached_sub", { t: fmtDur(this.minute - counts.oldest, false) }) : null;
    return h("section", { class: "vg-strip", "aria-label": this.text("stat.label") }, [
      this.cell("open", counts.today ? this.both("stat.open_sub", { n: counts.today }) : null),
      this.cell("unassigned", counts.critical ? this.both("stat.unassigned_sub", { n: counts.critical }) : null),
      this.cell("risk", counts.risk ? this.both("stat.risk_sub") : null),
      this.cell("breached", late),
      h("div", [
        h("b", mean == null ? UNKNOWN : fmtDur(mean, false)),
        h("span", { class: "vg-strip__text" }, [
          h("span", { class: "vg-strip__name" }, this.text("stat.mttr")),
          below(...this.trend()),
        ]),
        spark(this.figures.by_day || []),
      ]),
    ]);
  },
};

/** The line below a figure's name; CSS takes the short one where the cell is too narrow for the other. */
const below = (long, short) => h("span", { class: ["vg-strip__sub", long.length > 20 ? "vg-strip__sub--long" : long.length > 16 ? "vg-strip__sub--mid" : ""] }, short ? [h("span", long), h("span", short)] : long);

const isToday = (epoch, at) => fmtInstant(epoch, at).length === 5; // "14:32"; any other day is written with its date

/** The last days as a line; nothing when fewer than two have a figure. */
function spark(days) {
  const known = days.map((seconds, i) => [i, seconds]).filter(([, seconds]) => seconds != null);
  if (known.length < 2) return null;
  const values = known.map(([, seconds]) => seconds), low = Math.min(...values), high = Math.max(...values);
  const points = known.map(([i, seconds]) => [3 + (i * 56) / (days.length - 1), high === low ? 18 : 30 - ((seconds - low) / (high - low)) * 24]);
  const [x, y] = points.at(-1);
  return h("svg", { class: "vg-spark", viewBox: "0 0 62 36", "aria-hidden": "true", focusable: "false" }, [
    h("polyline", { points: points.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" "), fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round" }),
    h("circle", { cx: x, cy: y, r: 3, fill: "currentColor" }),
  ]);
}
