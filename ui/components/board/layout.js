// How the list is laid out: columns, density and groups. They stay in this browser, for each person; grouping and view are
// in the address too, since they change what a link shows.
import { locale } from "vigie-kit";
import { GROUPS, TIERS, tier } from "./model.js";

/** Besides priority and title, which always stand; in this order. */
export const CHOICES = ["status", "sla", "assignee", "team", "category", "severity", "impact", "age", "level"];
const USUAL = ["status", "sla", "assignee", "age", "level"], SMALL = ["status", "sla", "assignee"], LEAST = ["status", "sla"];
// Wide, below 1280, below 1101 pixels; the title takes what is left.
const WIDTHS = {
  pick: [24, 22, 22], priority: [96, 94, 92], status: [124, 120, 118], sla: [158, 152, 152], assignee: [172, 150, 30], team: [132, 116], category: [104, 96],
  severity: [96, 90], impact: [124, 112], age: [54, 48], level: [54, 50],
};
export const CLASSES = { priority: "vg-c-prio", status: "vg-c-status", sla: "vg-c-sla", assignee: "vg-c-who", age: "vg-c-age", level: "vg-c-level" };

const place = (me) => "vigie-board-" + me;
/** {columns, dense, group, view} as this person left them here. */
export function kept(me) {
  let found = {};
  try { found = JSON.parse(localStorage.getItem(place(me))) || {}; } catch { /* as if there were none */ }
  return {
    columns: Array.isArray(found.columns) ? CHOICES.filter((name) => found.columns.includes(name)) : USUAL,
    dense: found.dense === true,
    group: GROUPS.includes(found.group) ? found.group : "urgency",
    view: found.view === "kanban" ? "kanban" : "list",
  };
}
export function keep(me, layout) {
  try { localStorage.setItem(place(me), JSON.stringify(layout)); } catch { /* a browser that keeps nothing */ }
}

/** The columns that fit: `size` is 0 for wide screens, 1 for narrower ones, 2 for tablets; beside the panel 3, on wider ones 4. */
export const fitting = (columns, size) => (size < 2 ? columns : (size === 3 ? LEAST : SMALL).filter((name) => columns.includes(name)));
export const template = (columns, size) => ["pick", "priority", null, ...columns].map((name) => (name ? WIDTHS[name][[0, 1, 2, 2, 1][size]] + "px" : "minmax(0, 1fr)")).join(" ");

// ------------------------------------------------------------------ groups
const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" }), LAST = "\uffff";
const KEYS = {
  urgency: (row, at) => TIERS[tier(row, at)],
  priority: (row) => row.priority,
  status: (row) => row.status,
  team: (row) => row.team?.id ?? null,
  assignee: (row) => row.assignee?.id ?? null,
};
/** Rows, in their order, with the heads of their groups between them: {key, row} or {key, kind, head, count, row}. */
export function grouped(rows, by, at, codes) {
  const groups = new Map();
  for (const row of rows) {
    const head = KEYS[by](row, at);
    if (!groups.has(head)) groups.set(head, []);
    groups.get(head).push(row);
  }
  const order = { urgency: TIERS, priority: codes.priority, status: codes.status }[by];
  const rank = order ? ([head]) => order.indexOf(head) : ([, [row]]) => row[by]?.name ?? LAST;
  const sorted = [...groups].sort((a, b) => (order ? rank(a) - rank(b) : rank(a) === LAST ? 1 : rank(b) === LAST ? -1 : collator.compare(rank(a), rank(b))));
  return sorted.flatMap(([head, members]) => [
    { key: "g-" + by + "-" + head, kind: by, head: head ?? "", count: members.length, of: members[0][by] },
    ...members.map((row) => ({ key: row.id, row })),
  ]);
}
