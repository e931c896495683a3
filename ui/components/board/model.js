// What the board shows, as functions without a page: urgency, order, groups, filters, and their place in the address.
import { slaState, shortRef, label, locale, zone } from "vigie-kit";

export const TIERS = ["breached", "unowned", "risk", "ok"];
export const SLA_STATES = ["breached", "risk", "ok", "paused"];
export const SORTS = ["urgency", "priority", "title", "status", "assignee", "team", "category", "severity", "impact", "age", "level"];
/** What the server can sort its archive by. */
export const ARCHIVE_SORTS = { age: "-created", "-age": "created", priority: "priority" };
const WHO = ["open", "mine", "team", "unassigned", "unclaimed"];
export const GROUPS = ["urgency", "priority", "status", "team", "assignee", "none"];
export const VIEWS = ["list", "kanban"];
/** What became of incidents and when, as reports ask for it: the server's words, which only it can answer. */
const SPANS = ["created", "answered", "first_resolved", "resolved", "reopened", "open", "rated"];
const PAST = [...SPANS.flatMap((name) => [name + "_from", name + "_to"]), "response", "resolution", "every_resolution", "handed_over", "held_by", "without", "department", "employee_team", "rating", "asset", "application", "client"];

// ------------------------------------------------------------------ urgency
/** Index into TIERS. */
export function tier(row, at) {
  const state = slaState(row.sla, at);
  if (state === "breached") return 0;
  if (row.priority === "critical" && !row.assignee) return 1;
  return state === "risk" ? 2 : 3;
}
/** The next instant after `at` at which a row changes its colour; Infinity when none does. */
export function nextCrossing(rows, at) {
  let next = Infinity;
  for (const { sla } of rows) {
    if (sla.met != null || sla.paused_remaining_s != null) continue;
    if (sla.risk >= at) next = Math.min(next, sla.risk);
    else if (sla.due >= at) next = Math.min(next, sla.due);
  }
  return next;
}

// ------------------------------------------------------------------ order
const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
const owner = (row) => (row.assignee ? "0" + row.assignee.name : row.team ? "1" + row.team.name : "2");

/** The rows in the order of `sort` ("-age" is the reverse of "age"), always a total one. */
export function sorted(rows, sort, at, codes) {
  const rank = (list) => { const ranks = Object.fromEntries(list.map((code, i) => [code, i])); return (code) => ranks[code] ?? list.length; };
  const priority = rank(codes.priority), status = rank(codes.status), severity = rank(codes.severity), impact = rank(codes.impact), category = rank(codes.category);
  const urgency = new Map(rows.map((row) => [row, tier(row, at)]));
  const urgent = (a, b) => urgency.get(a) - urgency.get(b) || priority(a.priority) - priority(b.priority) || a.sla.due - b.sla.due || a.id - b.id;
  const by = {
    urgency: () => 0,
    priority: (a, b) => priority(a.priority) - priority(b.priority) || severity(a.severity) - severity(b.severity) || impact(a.impact) - impact(b.impact),
    title: (a, b) => collator.compare(a.title, b.title),
    status: (a, b) => status(a.status) - status(b.status),
    assignee: (a, b) => collator.compare(owner(a), owner(b)),
    team: (a, b) => collator.compare(a.team?.name || "\uffff", b.team?.name || "\uffff"),
    category: (a, b) => category(a.category) - category(b.category),
    severity: (a, b) => severity(a.severity) - severity(b.severity),
    impact: (a, b) => impact(a.impact) - impact(b.impact),
    age: (a, b) => b.created - a.created,
    level: (a, b) => a.level - b.level,
  };
  const down = sort.startsWith("-") ? -1 : 1, first = by[sort.replace("-", "")];
  return [...rows].sort((a, b) => down * first(a, b) || urgent(a, b));
}

// ------------------------------------------------------------------ filters
const LISTS = ["status", "priority", "category", "severity", "impact", "sla", "assignee"], LOGIN = /^[a-z0-9][a-z0-9._@-]{0,63}$/;
export const EMPTY = Object.freeze({ q: "", who: [], team: null, sort: "urgency", view: "list", group: "urgency", past: Object.freeze({}), ...Object.fromEntries(LISTS.map((name) => [name, []])) });

export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const haystacks = new WeakMap(); // rows are frozen: worked out once for each
function haystack(row) {
  let text = haystacks.get(row);
  if (text === undefined) {
    text = fold([row.ref, shortRef(row.ref), row.title, row.team?.name, row.team?.code, row.assignee?.name, row.assignee?.login, row.item?.name].filter(Boolean).join(" "));
    haystacks.set(row, text);
  }
  return text;
}
const DONE = ["resolved", "closed"]; // which the server was not asked for
/** Whether a row passes the filters for `me` {id, team}; `found`: the ids that the server found for the words, if known. */
export function matcher(filters, me, at, found = null) {
  const words = fold(filters.q).split(/\s+/).filter(Boolean), has = (name) => filters.who.includes(name);
  const tests = [
    words.length && ((row) => (found && !DONE.includes(row.status) ? found.has(row.id) : words.every((word) => haystack(row).includes(word)))),
    has("mine") && ((row) => row.assignee?.id === me.id),
    has("team") && ((row) => row.team?.id === me.team),
    has("unassigned") && ((row) => !row.assignee),
    has("unclaimed") && ((row) => row.unclaimed_since != null),
    filters.team != null && ((row) => row.team?.id === filters.team),
    filters.sla.length && ((row) => filters.sla.includes(slaState(row.sla, at))),
    filters.assignee.length && ((row) => filters.assignee.includes(row.assignee?.login)),
    ...LISTS.filter((name) => name !== "sla" && name !== "assignee").map((name) => filters[name].length && ((row) => filters[name].includes(row[name]))),
  ].filter(Boolean);
  return (row) => tests.every((test) => test(row));
}
/** Whether anything narrows the list. */
export function narrows(filters) {
  return Boolean(filters.q.trim() || filters.team != null || filters.who.some((name) => name !== "open") || Object.keys(filters.past).length || LISTS.some((name) => filters[name].length));
}
/** Whether what is asked for is in the archive, which only the server has. */
export const archived = (filters) => Object.keys(filters.past).length > 0 || filters.status.some((code) => code === "resolved" || code === "closed");

/** The same view and order without what narrows it. */
export const cleared = ({ sort, view, group }) => ({ ...EMPTY, sort, view, group });

/** The order that the list really has: what the archive cannot sort by leaves the newest first. */
export const sortOf = (filters) => (!archived(filters) || filters.sort in ARCHIVE_SORTS ? filters.sort : "age");

/** The same filters with `value` of a list turned on or off. Somebody's name takes « Mes incidents » and « Non assignés » off. */
export function toggled(filters, name, value) {
  const has = filters[name].includes(value), who = name === "assignee" ? filters.who.filter((other) => !(other in OWNER)) : filters.who;
  return { ...filters, who, [name]: has ? filters[name].filter((other) => other !== value) : [...filters[name], value] };
}
const OWNER = { mine: "unassigned", unassigned: "mine" };
/** « Mes incidents » and « Non assignés » exclude each other and people's names; « Ouverts » shows all. */
export function toggledWho(filters, name) {
  if (name === "open") return { ...cleared(filters), who: filters.who.includes("open") ? [] : ["open"] };
  const against = OWNER[name], assignee = against && !filters.who.includes(name) ? [] : filters.assignee;
  return toggled({ ...filters, assignee, who: filters.who.filter((other) => other !== against && other !== "open") }, "who", name);
}

/** [{id, login, name, twin}] by name: who can be assigned to, whoever has one of `rows`, and whoever is `asked` for, known or not. */
export function owners(desk, rows, asked) {
  const found = new Map(desk.filter(({ on }) => on).map((one) => [one.login, one]));
  for (const { assignee } of rows) if (assignee) found.set(assignee.login, assignee);
  for (const login of asked) if (!found.has(login)) found.set(login, desk.find((one) => one.login === login) || { id: null, login, name: login });
  const people = [...found.values()].sort((a, b) => collator.compare(a.name, b.name) || collator.compare(a.login, b.login)), names = new Map();
  for (const { name } of people) names.set(name, (names.get(name) || 0) + 1);
  return people.map(({ id, login, name }) => ({ id, login, name, twin: names.get(name) > 1 }));
}

// ------------------------------------------------------------------ the address
/** The filters that an address asks for; what it says that does not exist is left out. */
export function fromAddress(search, codes) {
  const given = new URLSearchParams(search), list = (name) => (given.get(name) || "").split(",").filter(Boolean);
  const filters = { ...EMPTY, q: (given.get("q") || given.get("text") || "").slice(0, 200), who: list("f").filter((name) => WHO.includes(name)) };
  filters.assignee = [...new Set(list("assignee").map((login) => login.toLowerCase()).filter((login) => LOGIN.test(login)))];
  for (const name of LISTS.filter((each) => each !== "assignee")) filters[name] = list(name).filter((code) => (name === "sla" ? SLA_STATES : codes[name]).includes(code));
  const team = Number(given.get("team"));
  if (Number.isSafeInteger(team) && team > 0) filters.team = team;
  const past = PAST.filter((name) => given.get(name)).map((name) => [name, given.get(name).slice(0, 200)]);
  if (past.length) filters.past = Object.freeze(Object.fromEntries(past));
  const sort = given.get("sort") || "";
  if (SORTS.includes(sort.replace(/^-/, ""))) filters.sort = sort;
  if (VIEWS.includes(given.get("view"))) filters.view = given.get("view");
  if (GROUPS.includes(given.get("group"))) filters.group = given.get("group");
  return filters;
}
/** The address's query with these filters, keeping what else is in it. */
export function toAddress(filters, search) {
  const query = new URLSearchParams(search);
  for (const name of ["view", "group", "q", "text", "f", "team", ...LISTS, ...PAST, "sort"]) query.delete(name); // always in the same order
  const put = (name, value) => value && query.set(name, value);
  put("view", filters.view === "list" ? "" : filters.view);
  put("group", filters.group === "urgency" ? "" : filters.group);
  put("q", filters.q.trim());
  put("f", filters.who.join(","));
  put("team", filters.team == null ? "" : String(filters.team));
  for (const name of LISTS) put(name, filters[name].join(","));
  for (const name of PAST) put(name, filters.past[name]);
  put("sort", filters.sort === "urgency" ? "" : filters.sort);
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

const tongue = locale === "fr" ? "fr-FR" : "en-GB";
const day = new Intl.DateTimeFormat(tongue, { day: "numeric", month: "short", year: "numeric", timeZone: zone });
const moment = new Intl.DateTimeFormat(tongue, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
const named = new Intl.DateTimeFormat(tongue, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const parse = (text) => { const at = new Date(text); return text && !Number.isNaN(at.getTime()) ? at : null; };
const written = (format, at) => format.format(at).replace(/^1(?=\s)/, label("time.first"));
/** One side of a span {at, whole, day, moment}: an instant, or a day by its name, which is no instant before a zone makes it one. */
function edge(text, last) {
  const at = parse(text);
  if (!at) return null;
  if (!text.includes("T")) return { at, whole: true, day: written(named, at), moment: written(named, at) };
  const whole = clock.format(at) === "00:00";
  return { at, whole, day: written(day, whole && last ? at - 1000 : at), moment: written(moment, at) };
}
/** Whole days are written as days, the last one included; anything else with its time. */
function spanText(from, to) {
  const whole = [from, to].every((side) => !side || side.whole), [first, last] = [from, to].map((side) => side && (whole ? side.day : side.moment));
  if (first && last) return first === last ? first : first + " – " + last;
  return first ? first + " →" : "→ " + last;
}
/** The chips of what a report asked for: {key, text, names} of the words that each takes off. */
export function pastChips(past, own) {
  const word = (key, params) => label("board.past." + key, params, own), chips = [];
  for (const name of SPANS) {
    const names = [name + "_from", name + "_to"].filter((each) => past[each]);
    if (!names.length) continue;
    const [from, to] = [edge(past[name + "_from"], false), edge(past[name + "_to"], true)];
    const instant = name === "open" && from && to && to.at - from.at === 1000;
    const when = instant ? to.moment : from || to ? spanText(from, to) : "?";
    chips.push({ key: name, names, text: word(instant ? "open_at" : name, { when }) });
  }
  for (const name of PAST.filter((each) => past[each] && !/_(from|to)$/.test(each))) {
    const value = past[name], text = { respected: word("respected"), missed: word("missed"), team: word("no_team"), severity: word("no_severity"), impact: word("no_impact"), holder: word("no_holder"), "1,2,3,4,5": word("rating_any") }[value] || value;
    chips.push({ key: name, names: [name], text: word(name, { value: text }) });
  }
  return chips;
}

// ------------------------------------------------------------------ what may be done
/** [{status, action}]: where the viewer may move this row to, and by what. */
export function targetsOf(row, allowed, moves, statuses) {
  const found = statuses.map((status) => ({ status, action: (moves[row.status + " " + status] || []).find((action) => allowed.includes(action)) }));
  return found.filter(({ action }) => action);
}
/** The workflow's actions for the viewer on this row, read off the server's tables. */
export function actionsOf(row, me, allowed) {
  const whose = !row.assignee ? "nobody" : row.assignee.id === me.id ? "me" : "other";
  const team = !row.team ? "none" : me.teams.includes(row.team.id) ? "mine" : "other";
  return allowed[[row.status, row.impact === "enterprise" ? "enterprise" : "any", whose, team].join(" ")] || [];
}
export const wordFor = (name, code, own) => label(`${name}.${code}`, {}, own);
