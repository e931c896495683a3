// What turns: the most urgent rows, the load of the teams, today. Drawn in units of 1/1920 of the width.
import { h, TransitionGroup } from "vue";
import { now, label, locale, slaState, slaLeft, slaShare, fmtDur, fmtAge, shortRef, slaGlyph, priorityGlyph, statusGlyph } from "vigie-kit";

const LONG = 7, LONG_TITLE = 52, LONG_NAME = 14; // letters that still stand in the large size: of a countdown, a title, a name
const letters = (time) => [...time].reduce((n, letter) => n + (/\s/.test(letter) ? 0.5 : letter === "m" ? 2 : 1), 0);
/** As the kit writes durations, but in the last minute without its zero. */
export const spell = (seconds) => (Math.round(seconds) < 60 ? label("duration.only_seconds", { s: Math.round(seconds) }) : fmtDur(seconds));
const dot = () => h("s", "·");

/** The one part of a row that changes every second. */
const Countdown = {
  props: { sla: Object },
  render() {
    const at = now.value, state = slaState(this.sla, at), time = spell(Math.abs(slaLeft(this.sla, at)));
    const kind = state === "breached" ? "sla.late" : state === "paused" ? "sla.paused" : "sla." + this.sla.kind;
    const share = state === "breached" ? 1 : slaShare(this.sla, at);
    return h("div", { class: ["vg-wall-sla", "vg-sla-" + state] }, [
      slaGlyph(state),
      h("div", [h("b", { class: { "vg-is-long": letters(time) > LONG } }, time), h("span", label(kind))]),
      state === "breached" ? null : h("i", { class: "vg-wall-bar" }, [h("u", { style: { width: (share * 100).toFixed(1) + "%" } })]),
    ]);
  },
};

const Since = {
  props: { at: Number },
  render() { return h("span", label("wall.since", { t: fmtAge(now.value - this.at) })); },
};

const Row = {
  props: { row: Object },
  render() {
    const { row } = this, owner = row.assignee || row.team?.name;
    return h("div", { class: "vg-wall-row", "data-ref": row.ref }, [
      h(Countdown, { sla: row.sla }),
      h("div", { class: ["vg-wall-prio", "vg-pr-" + row.priority] }, [priorityGlyph(row.priority), h("span", label("priority." + row.priority))]),
      h("div", { class: "vg-wall-what" }, [
        h("b", { class: { "vg-is-long": row.title.length > LONG_TITLE } }, row.title),
        h("span", [
          h("em", { class: "vg-st-" + row.status }, [statusGlyph(row.status), label("status." + row.status)]),
          ...(row.item ? [dot(), h("span", { class: "vg-wall-item" }, row.item)] : []),
          dot(), h(Since, { at: row.created }),
          ...(row.level ? [dot(), h("strong", `${label("action.escalate_short")} ${label("unit.level")}${row.level + 1}`)] : []),
          dot(), h("code", { title: row.ref }, shortRef(row.ref)),
        ]),
      ]),
      h("div", { class: ["vg-wall-who", { "vg-wall-who--none": !owner }] }, [
        h("b", { class: { "vg-is-long": owner?.length > LONG_NAME } }, owner || label("field.unassigned")),
        row.assignee && row.team ? h("span", row.team.name) : null,
      ]),
      h("img", { class: "vg-wall-qr", src: `/wall/qr/${row.ref}.svg`, alt: "" }),
    ]);
  },
};

/** A page of the most urgent ones, or that there is none. */
export const Urgent = {
  props: { rows: Array, n: Number, none: Boolean },
  render() {
    if (this.none) {
      return h("main", { class: "vg-wall-main vg-wall-clear" }, [slaGlyph("met"), h("h1", label("wall.clear")), h("p", label("wall.clear_sub"))]);
    }
    const rows = this.rows.map((row) => h(Row, { key: row.id, row }));
    return h("main", { class: "vg-wall-main" }, [
      h(TransitionGroup, { name: "vg-wall-move", tag: "div", class: ["vg-wall-list", { "vg-wall-list--tall": this.n <= 5 }], style: { "--n": this.n } }, () => rows),
    ]);
  },
};

const LINES = 7, SQUARES = 20; // of a team; the number beside them counts all
const STATES = ["breached", "risk", "paused", "ok"];

/** One square for each incident of a team, those that are late first. */
export const Load = {
  props: { teams: Array },
  render() {
    return h("main", { class: "vg-wall-main" }, [
      h("h1", label("wall.load")),
      h("div", { class: "vg-wall-teams", style: { "--n": Math.max(LINES, this.teams.length) } }, this.teams.map(({ name, states }) =>
        h("div", { class: "vg-wall-team", key: name }, [
          h("span", name),
          h("b", states.length),
          h("div", { class: "vg-wall-squares" }, [...states].sort((a, b) => STATES.indexOf(a) - STATES.indexOf(b)).slice(0, SQUARES)
            .map((state, i) => h("i", { key: i, class: "vg-sla-" + state }, state === "ok" ? [] : [slaGlyph(state)]))),
        ]))),
    ]);
  },
};

const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }), ALMOST_ALL = 0.999;
/** « 94,2 % » in parts; a share that is not quite all is never written as all. */
const partsOf = (share) => percent.formatToParts(share < 1 ? Math.min(share, ALMOST_ALL) : share);

/** The figures of the day; a dash where there is nothing to measure. */
export const Today = {
  props: { today: Object },
  render() {
    const { created = 0, resolved = 0, share = null, mean_s = null } = this.today || {};
    const card = (value, name) => h("div", [h("b", value), h("span", name)]);
    return h("main", { class: "vg-wall-main" }, [
      h("h1", label("wall.today")),
      h("div", { class: "vg-wall-cards" }, [
        card(number.format(created), label("wall.created", { n: created })),
        card(number.format(resolved), label("wall.resolved", { n: resolved })),
        card(share == null ? "–" : partsOf(share).map(({ type, value }) => (["percentSign", "literal"].includes(type) ? h("small", value) : value)), label("wall.sla_month")),
        card(mean_s == null ? "–" : fmtDur(mean_s, false), label("stat.mttr")),
      ]),
    ]);
  },
};
