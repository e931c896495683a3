// What every component and the shell share: the page's facts, the server's clock, SLA arithmetic, the way times are
// written, glyphs, and the small badges. Imported as "vigie-kit".
import { ref, h } from "vue";
import { hoursOf, openBetween, openUntil, reopensAt } from "./hours.js";

// ------------------------------------------------------------------ the page's facts, put into its head by the server
const facts = JSON.parse(document.getElementById("vg-page")?.textContent || "{}");
export const locale = facts.locale || "fr";
export const zone = facts.zone || "UTC";
const texts = facts.texts || globalThis.vigieFacts?.page.texts || {};

/** The text of `key` from the component's own labels or the page's, with its {parameters}; `n` chooses the number. */
export function label(key, params = {}, own = {}) {
  const number = "n" in params ? "." + ((locale === "fr" ? Math.abs(params.n) < 2 : params.n === 1) ? "one" : "other") : "";
  const text = own[key] ?? texts[key] ?? own[key + number] ?? texts[key + number];
  if (text === undefined) { console.error("vigie: no text for", key); return key; }
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? params[name] : whole));
}

// ------------------------------------------------------------------ one ticking clock, corrected by the server's
let offset = 0;
/** Epoch seconds by the server's clock, reactive, one step a second. */
export const now = ref(Date.now() / 1000);
export function syncClock(epoch) { offset = epoch - Date.now() / 1000; now.value = epoch; }
if (facts.now) syncClock(facts.now);
setInterval(() => { now.value = Date.now() / 1000 + offset; }, 1000);

// ------------------------------------------------------------------ SLA
// {kind, start, risk, due, target_s, met, respected, paused_remaining_s, hours}: epoch seconds and seconds; `hours` names
// the opening hours that the clock follows, null where it runs at all times.
/** "ok" | "risk" (under 20 % left) | "breached" (past the due instant) | "met" | "missed" | "paused" | "none". */
export function slaState(sla, at = now.value) {
  if (!sla) return "none";
  if (sla.met != null) return (sla.respected ?? sla.met <= sla.due) ? "met" : "missed";
  if (sla.paused_remaining_s != null) return "paused";
  if (at > sla.due) return "breached";
  return at > sla.risk ? "risk" : "ok";
}
/** Seconds left (negative: late), of opening time where there are opening hours; of a met one, what was left. */
export function slaLeft(sla, at = now.value) {
  if (sla.met == null && sla.paused_remaining_s != null) return sla.paused_remaining_s;
  return openBetween(hoursOf(sla.hours), sla.met ?? at, sla.due);
}
/** When a running clock goes on that stands still because nobody is there; null while it runs. */
export function slaReopens(sla, at = now.value) {
  return !sla?.hours || sla.met != null || sla.paused_remaining_s != null ? null : reopensAt(hoursOf(sla.hours), at);
}
/** When a clock that starts now is due, by the opening hours `key`, if any; null until they are here. */
export function slaDue(key, seconds, at = now.value) {
  const hours = hoursOf(key);
  return key && !hours ? null : openUntil(hours, at, seconds);
}
/** Share of the target that is left, 0 to 1. */
export function slaShare(sla, at = now.value) {
  return sla ? Math.max(0, Math.min(1, slaLeft(sla, at) / sla.target_s)) : 0;
}

// ------------------------------------------------------------------ how times are written (as services/i18n/times.py)
const two = (n) => String(n).padStart(2, "0");
/** At most two units, a true minus when negative. */
export function fmtDur(seconds, withSeconds = true) {
  const total = Math.abs(Math.round(seconds)), hours = Math.floor(total / 3600), minutes = Math.floor((total % 3600) / 60);
  let text;
  if (total >= 172800) text = label("duration.days", { d: Math.floor(total / 86400), h: Math.floor((total % 86400) / 3600) });
  else if (total >= 3600) text = label("duration.hours", { h: hours, m: two(minutes) });
  else if (total >= 600 || !withSeconds) text = label("duration.minutes", { m: minutes });
  else if (total < 60) text = label("duration.only_seconds", { s: total });
  else text = label("duration.seconds", { m: minutes, s: two(total % 60) });
  return (seconds < 0 ? "\u2212" : "") + text;
}
/** "4 h", "72 h", "45 min", "1 h 30". */
export function fmtTarget(seconds) {
  return seconds % 3600 || !seconds ? fmtDur(seconds, false) : label("duration.whole_hours", { h: seconds / 3600 });
}
/** One unit, rounded down. */
export function fmtAge(seconds) {
  if (seconds < 60) return label("duration.under_a_minute");
  if (seconds < 3600) return label("duration.minutes", { m: Math.floor(seconds / 60) });
  if (seconds < 86400) return label("duration.whole_hours", { h: Math.floor(seconds / 3600) });
  return label("duration.whole_days", { d: Math.floor(seconds / 86400) });
}
const calendar = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit",
});
const parts = (epoch) => Object.fromEntries(calendar.formatToParts(epoch * 1000).map((p) => [p.type, p.value]));
/** "14:32" in the viewer's zone. */
export function fmtClock(epoch) { const p = parts(epoch); return p.hour + ":" + p.minute; }
/** "14:32" today, "22 nov. 14:32" this year, with the year else. */
export function fmtInstant(epoch, at = now.value) {
  const p = parts(epoch), today = parts(at), time = p.hour + ":" + p.minute;
  if (p.day === today.day && p.month === today.month && p.year === today.year) return time;
  const month = label("time.months").split(" ")[p.month - 1];
  const key = p.year === today.year ? "time.day_month" : "time.day_month_year";
  return label(key, { day: Number(p.day) === 1 ? label("time.first") : Number(p.day), month, year: p.year, time }).replace(/ /g, "\u00a0");
}

/** A reference in short, to be read out and searched for: "INC-20261126-000005" is "1126-05", the day and its number. */
export function shortRef(reference) {
  const found = /^INC-\d{4}(\d{4})-0*(\d+)$/.exec(reference);
  return found ? found[1] + "-" + found[2].padStart(2, "0") : reference;
}

// ------------------------------------------------------------------ the shell
/** Says `text` to screen readers, when they are free. */
export function announce(text) {
  const region = document.getElementById("vg-live");
  if (region) region.textContent = text;
}
/** « En direct », which the lost connection turns into « Hors ligne » by itself. */
export const LiveDot = ({ quiet }) => h("span", { class: "vg-live" }, [h("span", { class: ["vg-live__on", { "vg-sr": quiet }] }, label("board.live")), h("span", { class: "vg-live__off" }, label("state.offline"))]);
/** The count beside « Incidents » in the rail. */
export function setOpenCount(n) {
  for (const place of document.querySelectorAll("[data-open-count]")) place.textContent = n;
}

// ------------------------------------------------------------------ glyphs: shape carries the meaning, colour repeats it
const svg = (kids, cls) => h("svg", { class: ["vg-glyph", cls], viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" }, kids);
const line = (d, width = 1.7, stroke = "currentColor") => h("path", { d, fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round" });
const disc = (r, cx = 8, cy = 8, fill = "currentColor") => h("circle", { cx, cy, r, fill });
const ring = (dashes) => h("circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-dasharray": dashes });
const solid = (d) => h("path", { d, fill: "currentColor" });
const GROUND = "var(--glyph-ground)", PAUSE = "M6.4 5.7v4.6M9.6 5.7v4.6", CHECK = "M5.4 8.2l1.9 1.9 3.4-3.7", CROSS = "M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6";

const STATUS = {
  new: () => [ring("2.1 2.6")],
  assigned: () => [ring(), disc(2.1)],
  in_progress: () => [ring(), solid("M8 4.2a3.8 3.8 0 0 1 0 7.6z")],
  on_hold: () => [ring(), line(PAUSE)],
  resolved: () => [ring(), line(CHECK)],
  closed: () => [disc(6.8), line(CHECK, 1.8, GROUND)],
};
const PRIORITY = {
  critical: () => [solid("M8 .9 15.1 8 8 15.1.9 8z"), line("M8 4.6v4", 1.9, GROUND), disc(1.05, 8, 11, GROUND)],
  high: () => [line("M3.4 8 8 3.6 12.6 8M3.4 12.6 8 8.2l4.6 4.4", 2)],
  medium: () => [line("M3.2 6h9.6M3.2 10.2h9.6", 2)],
  low: () => [line("M3.4 6 8 10.4 12.6 6", 2)],
};
const SLA = {
  ok: () => [ring(), line("M8 4.8V8l2.2 1.4", 1.6)],
  risk: () => [line("M8 1.8 14.8 13.6H1.2z"), line("M8 6.3v3.2"), disc(0.95, 8, 11.5)],
  breached: () => [solid("M5.1 1.2h5.8l3.9 3.9v5.8l-3.9 3.9H5.1l-3.9-3.9V5.1z"), line(CROSS, 1.8, GROUND)],
  met: () => [disc(6.8), line(CHECK, 1.8, GROUND)],
  missed: () => [ring(), line(CROSS)],
  paused: () => [ring(), line(PAUSE)],
  none: () => [ring("2.1 2.6")],
};
export const statusGlyph = (status) => svg(STATUS[status]());
export const priorityGlyph = (priority) => svg(PRIORITY[priority](), priority === "critical" ? "vg-glyph--critical" : "");
export const slaGlyph = (state) => svg(SLA[state]());
export const icon = (name, cls = "") => h("i", { class: "material-symbols-rounded notranslate vg-icon " + cls, "aria-hidden": "true" }, name);

// ------------------------------------------------------------------ badges
export const StatusPill = {
  props: { value: String },
  render() { return h("span", { class: ["vg-pill", "vg-st-" + this.value] }, [statusGlyph(this.value), h("span", label("status." + this.value))]); },
};
export const PriorityBadge = {
  props: { value: String, boxed: Boolean },
  render() {
    return h("span", { class: ["vg-prio", "vg-pr-" + this.value, { "vg-prio--box": this.boxed }] }, [priorityGlyph(this.value), h("span", label("priority." + this.value))]);
  },
};
/** A link that looks like a button: its sign, its words, and the key that follows it. */
export const LinkButton = {
  props: { sign: String, text: String, cap: String },
  render() {
    const key = this.cap && { "data-key": this.cap.toLowerCase(), "aria-keyshortcuts": this.cap };
    return h("a", { class: "vg-btn", ...key }, [this.sign && icon(this.sign), h("span", this.text), this.cap && h("kbd", { "aria-hidden": "true" }, this.cap)]);
  },
};
/** A person {id, name}, a team {code}, or nobody. Decoration: the name is always written beside it. */
export const Avatar = {
  props: { person: Object, team: Object, size: { type: Number, default: 24 } },
  render() {
    const box = { width: this.size + "px", height: this.size + "px", fontSize: Math.round(this.size * 0.42) + "px" };
    if (this.person) return h("span", { class: "vg-avatar", style: { ...box, "--hue": (this.person.id * 137) % 360 }, "aria-hidden": "true" }, initials(this.person.name));
    if (this.team) return h("span", { class: "vg-avatar vg-avatar--team", style: box, "aria-hidden": "true" }, this.team.code);
    return h("span", { class: "vg-avatar vg-avatar--none", style: box, "aria-hidden": "true" });
  },
};
export function initials(name) {
  const words = name.trim().split(/[\s-]+/).filter(Boolean);
  return ((words[0]?.[0] || "") + (words.length > 1 ? words[words.length - 1][0] : "")).toUpperCase();
}
/** Escalation level 0, 1, 2… shown as the support line N1, N2, N3 that it stands for; in words it is the number. */
export const Level = {
  props: { value: Number },
  render() {
    const shown = this.value + 1, lit = Math.min(3, shown);
    const bars = [1, 2, 3].map((i) => h("i", { class: { "vg-is-on": i <= lit } }));
    const name = label("field.level_long") + " " + this.value;
    return h("span", { class: ["vg-level", { "vg-level--top": lit === 3 }], role: "img", "aria-label": name, title: name }, [...bars, h("b", label("unit.level") + shown)]);
  },
};
/** The next due time in a list: `variant` "ring" or "bar". */
export const SlaBadge = {
  props: { sla: Object, variant: { type: String, default: "ring" } },
  render() {
    if (!this.sla) return h("span", { class: "vg-sla vg-sla-none" }, "\u2014");
    const at = now.value, state = slaState(this.sla, at), share = slaShare(this.sla, at), left = slaLeft(this.sla, at);
    const done = state === "met" || state === "missed";
    const time = done ? fmtDur(Math.abs(left), false) : fmtDur(left);
    const kind = h("span", { class: "vg-sla__kind" }, label("sla." + this.sla.kind + "_short"));
    const sentence = label("sla.sentence", { kind: label("sla." + this.sla.kind), state: label("sla." + state), t: time });
    const outer = (cls, kids) => h("span", { class: ["vg-sla", cls, "vg-sla-" + state], role: "img", "aria-label": sentence }, kids);
    if (this.variant === "ring") {
      const sign = state === "ok" || state === "risk" ? emptying(share, state === "risk") : slaGlyph(state);
      return outer("vg-sla--ring", [sign, h("span", { class: "vg-sla__time" }, time), kind]);
    }
    const words = done ? label("sla." + state) : time;
    return outer("vg-sla--bar", [
      h("span", { class: "vg-sla__row" }, [slaGlyph(state), h("span", { class: "vg-sla__time" }, words), done ? null : kind]),
      slaBar(state, share),
    ]);
  },
};
export function slaBar(state, share) {
  const width = state === "breached" || state === "missed" ? 100 : share * 100;
  return h("span", { class: "vg-bar" }, [h("i", { style: { width: width.toFixed(1) + "%" } })]);
}
function emptying(share, alarming) {
  const r = 7.5, round = 2 * Math.PI * r;
  return h("svg", { class: "vg-ring", viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, [
    h("circle", { cx: 10, cy: 10, r, class: "vg-ring__ground" }),
    h("circle", { cx: 10, cy: 10, r, class: "vg-ring__left", "stroke-dasharray": `${(round * share).toFixed(1)} ${round.toFixed(1)}`, transform: "rotate(-90 10 10) scale(1 -1) translate(0 -20)" }),
    alarming ? line("M10 6.2v4.4M10 13.2v.2", 2) : null,
  ]);
}
/** One SLA as a block: state in words (in `short` those of lists), big countdown, bar, due or reached time, target. */
export const SlaBlock = {
  props: { sla: Object, short: Boolean },
  render() {
    const sla = this.sla, at = now.value, state = slaState(sla, at), left = slaLeft(sla, at);
    const reopens = slaReopens(sla, at);
    const over = state === "breached" || state === "missed", done = state === "met" || state === "missed";
    const foot = done ? label("sla.done_at", { at: fmtInstant(sla.met, at) }) : label("sla.due", { at: fmtInstant(sla.due, at) });
    return h("div", { class: ["vg-slab", "vg-sla-" + state], role: "group", "aria-label": label("sla." + sla.kind) }, [
      h("div", { class: "vg-slab__head" }, [
        h("span", { class: "vg-slab__name" }, label("sla." + sla.kind)),
        h("span", { class: "vg-slab__state" }, [slaGlyph(state), label("sla." + state + (this.short ? "" : "_long"))]),
      ]),
      h("div", { class: "vg-slab__time" }, [
        h("b", { role: "timer" }, fmtDur(Math.abs(left), !done)),
        h("span", label(over ? "sla.late" : state === "met" ? "sla.early" : "sla.remaining")),
      ]),
      slaBar(state, slaShare(sla, at)),
      reopens ? h("div", { class: "vg-slab__closed" }, label("sla.closed_until", { at: fmtInstant(reopens, at) })) : null,
      h("div", { class: "vg-slab__foot" }, [
        h("span", state === "paused" ? label("sla.paused") : foot),
        h("span", label("sla.target", { t: fmtTarget(sla.target_s) })),
      ]),
    ]);
  },
};
