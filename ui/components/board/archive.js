// Resolved and closed incidents: the server searches and sends them page by page.
import { ARCHIVE_SORTS, sortOf } from "./model.js";

const LIGHTS = { ok: "green", risk: "orange", breached: "red", paused: "paused" }, PAGE = 50, MOST = 200;
const NONE = Object.freeze({ rows: [], total: 0, next: null });

export class Archive {
  /** `changed()` is called whenever something of `rows`, `total`, `busy` or `broken` is another. */
  constructor(url, changed) {
    Object.assign(this, { url, changed, rows: [], total: 0, next: null, busy: false, broken: false, asked: 0 });
  }

  /** The first page of what `filters` ask for, or as many rows as are shown, when it is only to be looked at again. */
  async search(filters, again = false) {
    this.filters = filters;
    await this.load({ limit: again ? Math.min(MOST, Math.max(PAGE, this.rows.length)) : PAGE }, []);
  }

  /** The next page below what is shown. */
  async more() { await this.load({ limit: PAGE, cursor: this.next }, this.rows); }

  async load(params, before) {
    const mine = (this.asked += 1);
    this.busy = true;
    this.changed();
    let page = null;
    try {
      const answer = await fetch(`${this.url}?${query(this.filters, params)}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return window.location.reload();
      if (answer.ok) page = await answer.json();
      if (answer.status === 422) page = NONE; // a filter names what is not there (any more): asking again helps nobody
    } catch { /* told below: no page */ }
    if (mine !== this.asked) return;
    this.busy = false;
    this.broken = !page;
    if (page) {
      this.rows = Object.freeze([...before, ...page.rows.map(Object.freeze)]);
      this.total = page.total;
      this.next = page.next;
    }
    this.changed();
  }
}

function query(filters, params) {
  const asked = new URLSearchParams({ ...params, sort: ARCHIVE_SORTS[sortOf(filters)] });
  for (const name of ["status", "priority", "category", "severity", "impact"]) for (const code of filters[name]) asked.append(name, code);
  for (const state of filters.sla) asked.append("light", LIGHTS[state]);
  for (const login of filters.assignee) asked.append("assignees", login);
  if (filters.q.trim()) asked.set("q", filters.q.trim());
  if (filters.team != null) asked.set("team", filters.team);
  for (const [name, value] of Object.entries(filters.past)) asked.set(name, value);
  for (const who of filters.who) asked.append("who", who);
  return asked;
}
