// The live board of open incidents: the head of its page, then figures, filters, and the list or the kanban below them.
import { LinkButton, LiveDot, now, icon, label, setOpenCount } from "vigie-kit";
import { h } from "vue";
import { Archive } from "vigie-board/archive.js";
import { Bulk } from "vigie-board/bulk.js";
import { Changes } from "vigie-board/changes.js";
import { Done } from "vigie-board/done.js";
import { Feed } from "vigie-board/feed.js";
import { FilterBar } from "vigie-board/filters.js";
import { COLUMNS, Kanban } from "vigie-board/kanban.js";
import { Keys } from "vigie-board/keys.js";
import { fitting, grouped, keep, kept, template } from "vigie-board/layout.js";
import { Matches } from "vigie-board/matches.js";
import { actionsOf, archived, cleared, fromAddress, matcher, narrows, owners, nextCrossing, sortOf, sorted, targetsOf, toAddress } from "vigie-board/model.js";
import { Peek } from "vigie-board/peek.js";
import { GroupHead, Row } from "vigie-board/row.js";
import { empty, skeleton, tableHead, hints } from "vigie-board/parts.js";
import { Views } from "vigie-board/views.js";
import { Strip } from "vigie-board/strip.js";
import { slice } from "vigie-board/window.js";

const HEIGHTS = { head: 30, row: 48, denseRow: 36, phoneRow: 150 }, AT_ONCE = ["take", "start", "resume", "take_and_start"];
const VIEW_ICONS = { list: "view_list", kanban: "view_kanban" };
const phone = matchMedia("(max-width: 767px)"), tablet = matchMedia("(max-width: 1100px)"), small = matchMedia("(max-width: 1279px)"), beside = [matchMedia("(min-width: 1280px) and (max-width: 1599px)"), matchMedia("(min-width: 1600px) and (max-width: 1839px)")];
const sizeOf = () => (tablet.matches ? 2 : small.matches ? 1 : 0), besideOf = () => (beside[0].matches ? 3 : beside[1].matches ? 4 : null);

export default {
  mixins: [Changes, Keys, Bulk],
  inheritAttrs: false, // there are two roots
  props: { me: Number, teams: String, saved: Object },
  emits: ["act", "bulk", "keep"],
  data() {
    const { labels, codes, allowed, moves, archive, snapshot, done, peek, matches } = globalThis.vigieFacts.board, teams = this.teams.split(",").filter(Boolean).map(Number);
    Object.assign(this, { snapshot, labels, codes, allowed, moves, peekUrl: peek, viewer: Object.freeze({ id: this.me, team: teams[0] ?? null, teams }) });
    this.resumed = globalThis.vigieInterrupted?.board || {};
    this.old = new Archive(archive, () => { this.found += 1; });
    this.finished = new Done(done, (found) => this.moving(() => { this.done = Object.freeze(found); this.leaving = []; }));
    this.matches = new Matches(matches, () => this.moving(() => { this.found += 1; }));
    const layout = kept(this.me), usual = this.saved.views.find((view) => view.id === this.saved.usual);
    // Without a wish in the address: the person's usual view, or as they left it here.
    const wish = window.location.search || "?" + (usual ? usual.query : new URLSearchParams({ view: layout.view, group: layout.group }));
    return {
      done: { rows: [], total: 0, closed: null }, leaving: [], // until it is known where to
      views: this.saved, layout, size: sizeOf(), beside: besideOf(), peeking: this.resumed.peeking || false,
      rows: [], at: now.value, ready: false, broken: false, figures: {}, allTeams: [], desk: [],
      filters: fromAddress(wish, this.codes),
      cursor: this.resumed.cursor ?? null, fresh: {}, busy: {}, top: 0, viewport: window.innerHeight, narrow: phone.matches, found: 0,
    };
  },
  computed: {
    inArchive() { return archived(this.filters); },
    inKanban() { return this.filters.view === "kanban" && !this.inArchive; },
    listed() {
      void this.found; // counts the server's answers
      if (this.inArchive) return this.old.rows;
      const rows = this.inKanban ? this.everywhere() : this.rows;
      return sorted(rows.filter(matcher(this.filters, this.viewer, this.at, this.matches.of(this.filters.q))), this.filters.sort, this.at, this.codes);
    },
    /** Whom the list can be asked for. */
    owners() { return owners(this.desk, [...this.rows, ...this.listed], this.filters.assignee); },
    columns() {
      const found = Object.fromEntries(COLUMNS.map((status) => [status, []]));
      for (const row of this.listed) found[row.status]?.push(row);
      found.resolved.sort((a, b) => (b.sla.met ?? 0) - (a.sla.met ?? 0));
      return found;
    },
    grouping() { return this.inArchive || (this.filters.group === "urgency" && this.filters.sort !== "urgency") ? "none" : this.filters.group; },
    items() {
      if (this.grouping !== "none") return grouped(this.listed, this.grouping, this.at, this.codes);
      return this.listed.map((row) => ({ key: row.id, row }));
    },
    room() { return (this.peeked && this.beside) || this.size; },
    shownColumns() { return fitting(this.layout.columns, this.room); },
    unclaimed() { return this.rows.reduce((n, row) => n + (row.unclaimed_since != null), 0); },
    /** What the cursor is on, while the panel is open. */
    peeked() { return this.peeking ? this.listed.find((row) => row.id === this.cursor) : null; },
    /** The saved views, each as the address would say it now; and what it says. */
    kept() { return { ...this.views, views: this.views.views.map((view) => ({ ...view, query: toAddress(fromAddress("?" + view.query, this.codes), "") })) }; },
    here() { return toAddress(this.filters, ""); },
    crossing() { return nextCrossing(this.rows, this.at); },
    drawn() { return slice(this.items, this.height, this.top, this.viewport); },
  },
  watch: {
    filters(filters, before) {
      this.address();
      if (archived(filters)) this.old.search(filters);
      else if (archived(before)) this.old.rows = [];
      if (filters.q !== before.q) this.matches.ask(filters.q);
    },
    inKanban(on) { this.finished.show(on); this.leaving = []; },
    rows(rows) { setOpenCount(rows.length); },
    listed(list, before) {
      if (!list.some((row) => row.id === this.cursor)) {
        const place = before.findIndex((row) => row.id === this.cursor);
        this.cursor = list[Math.max(0, Math.min(place, list.length - 1))]?.id ?? null;
      }
    },
  },
  created() {
    this.timers = {};
    this.said = [];
    this.acted = new Set();
    this.feed = new Feed(this.snapshot, {
      changed: (rows, notes) => this.change(rows, notes),
      done: (number) => this.finished.hear(number),
      failed: () => { this.broken = !this.ready; },
      figures: ({ teams = [], people = [], ...figures }) => { this.figures = figures; this.know(teams, people); },
    });
    if (this.inArchive) this.old.search(this.filters);
    this.matches.ask(this.filters.q);
    this.$watch(() => now.value > this.crossing, (over) => over && this.cross());
  },
  mounted() {
    this.address();
    this.feed.start();
    this.finished.show(this.inKanban);
    document.addEventListener("keydown", this.key);
    document.addEventListener("vg-reopen", this.reopen);
    document.addEventListener("vg-interrupted", this.interrupted);
    window.addEventListener("scroll", this.scrolled, { passive: true });
    window.addEventListener("resize", this.scrolled, { passive: true });
  },
  unmounted() {
    this.feed.stop();
    this.finished.stop();
    document.removeEventListener("keydown", this.key);
    document.removeEventListener("vg-reopen", this.reopen);
    document.removeEventListener("vg-interrupted", this.interrupted);
    window.removeEventListener("scroll", this.scrolled);
    window.removeEventListener("resize", this.scrolled);
    Object.values(this.timers).forEach(clearTimeout);
  },
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    height(item) { return item.kind ? HEIGHTS.head : this.narrow ? HEIGHTS.phoneRow : this.layout.dense ? HEIGHTS.denseRow : HEIGHTS.row; },
    scrolled() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.narrow = phone.matches;
        this.size = sizeOf();
        this.beside = besideOf();
        this.viewport = window.innerHeight;
        if (this.$refs.body) this.top = -this.$refs.body.getBoundingClientRect().top;
      });
    },

    // ---------------------------------------------------------------- what the viewer does
    actions(row) { return actionsOf(row, this.viewer, this.allowed); },
    /** The step that the row offers on its own. */
    quick(row) {
      const allowed = this.actions(row);
      if (!row.assignee && allowed.includes("take")) return "take";
      if (row.assignee?.id !== this.viewer.id) return null;
      return ["start", "resume"].find((action) => allowed.includes(action)) || null;
    },
    act(row, action) {
      if (this.busy[row.id] || document.documentElement.classList.contains("vg-is-lost")) return;
      if (AT_ONCE.includes(action)) this.busy[row.id] = true;
      this.acted.add(row.id);
      this.$emit("act", { id: row.id, ref: row.ref, v: row.v, action });
    },
    /** The server has answered, whether it did it or not. */
    settled(id) { delete this.busy[id]; this.later("acted" + id, 2000, () => this.acted.delete(id)); },
    open(row) { window.location.assign("/incidents/" + row.ref); },
    targets(row) { return targetsOf(row, this.actions(row), this.moves, [...COLUMNS, "closed"]); },
    /** The open ones, the resolved ones, and those on their way there. */
    everywhere() {
      const found = new Map([...this.leaving, ...this.done.rows, ...this.rows].map((row) => [row.id, row]));
      return [...found.values()];
    },
    see(view) {
      const status = view === "kanban" ? this.filters.status.filter((code) => COLUMNS.indexOf(code) in [0, 1, 2, 3]) : this.filters.status;
      this.filters = { ...this.filters, view, status };
      this.arrange({ view });
    },
    address() {
      const query = toAddress(this.filters, window.location.search);
      history.replaceState(history.state, "", window.location.pathname + (query && "?" + query) + window.location.hash);
    },
    /** The server says what is kept now. */
    known(views) { this.views = views; },
    enter(view) { this.filters = fromAddress("?" + view.query, this.codes); },
    arrange(changes) {
      this.layout = { ...this.layout, ...changes };
      keep(this.me, this.layout);
    },
    sort(name) {
      const sort = sortOf(this.filters), next = sort === name ? "-" + name : sort === "-" + name ? "urgency" : name;
      this.filters = { ...this.filters, sort: next === "-urgency" ? "urgency" : next };
    },
    clear() { this.filters = cleared(this.filters); },
    toArchive(status = ["resolved", "closed"]) { this.filters = { ...this.filters, status, who: this.filters.who.filter((who) => who !== "open") }; },

    // ---------------------------------------------------------------- drawing
    line(item, i) {
      const index = i + 2; // the table's head is the first row
      if (item.kind) return h(GroupHead, { key: item.key, item, index, labels: this.labels, span: this.shownColumns.length + 3 });
      const { row } = item;
      return h(Row, {
        key: row.id, row, index, cursor: row.id === this.cursor, fresh: this.fresh[row.id], busy: Boolean(this.busy[row.id]),
        quick: this.quick(row), labels: this.labels, columns: this.shownColumns, dense: this.layout.dense, picked: this.picked.has(row.id), onAct: this.act, onPick: this.picking,
      });
    },
    table() {
      const { from, to, before, after } = this.drawn;
      return h("div", {
        class: ["vg-table", { "vg-table--window": before || after, "vg-table--dense": this.layout.dense, "vg-table--picking": this.picked.size }], style: { "--grid": template(this.shownColumns, this.room) }, role: "table", "aria-label": this.text("nav.incidents"), "aria-rowcount": this.items.length + 1, onClick: this.clicked, onDblclick: this.doubled,
      }, [
        tableHead(this),
        h("div", { ref: "body", class: "vg-tbody", role: "rowgroup" }, [
          before ? h("div", { key: "before", role: "presentation", style: { height: before + "px" } }) : null,
          this.items.slice(from, to).map((item, i) => this.line(item, from + i)),
          after ? h("div", { key: "after", role: "presentation", style: { height: after + "px" } }) : null,
        ]),
      ]);
    },
    kanban() {
      return h("div", { class: "vg-kb-at", onClick: this.clicked, onDblclick: this.doubled }, h(Kanban, {
        ref: "kanban", columns: this.columns, closed: this.done.closed, more: Math.max(0, this.done.total - this.done.rows.length), cursor: this.cursor,
        fresh: this.fresh, busy: this.busy, picked: this.picked, targetsOf: this.targets, labels: this.labels, onAct: this.act, onArchive: (status) => this.toArchive([status]),
      }));
    },
    /** « Liste | Kanban », in the head of the page. */
    ways() {
      const now = this.inKanban ? "kanban" : "list";
      const choice = (view) => h("button", {
        key: view, type: "button", "aria-pressed": String(now === view), "data-key": now === view ? null : "v", "aria-keyshortcuts": "V", onClick: () => this.see(view),
      }, [icon(VIEW_ICONS[view]), h("span", this.text("board." + view))]);
      return h("span", { class: "vg-seg", role: "group", "aria-label": this.text("board.views") }, Object.keys(VIEW_ICONS).map(choice));
    },
    head() {
      return h("header", { class: "vg-top" }, [
        h("h1", { class: "vg-h1" }, this.text("nav.incidents")), h(LiveDot), h("span", { class: "vg-grow" }),
        h("span", { class: "vg-views" }, [h(Views, { saved: this.kept, query: this.here, labels: this.labels, onOpen: this.enter, onKeep: (wish) => this.$emit("keep", wish) }), this.ways()]),
        h(LinkButton, { class: "vg-btn--primary", href: "/incidents/new", sign: "add", text: this.text("action.new_incident"), cap: "C" }),
      ]);
    },
    content() {
      if (this.inArchive) {
        if (this.old.broken) return empty(this, "error", () => this.old.search(this.filters));
        if (!this.listed.length && this.old.busy) return skeleton(this);
        if (!this.listed.length) return empty(this, "nomatch", this.clear);
        const more = this.old.next ? h("div", { class: "vg-more" }, h("button", { type: "button", class: "vg-btn", disabled: this.old.busy, onClick: () => this.old.more() }, this.text("board.more", { n: this.old.total - this.listed.length }))) : null;
        return [this.table(), more];
      }
      if (!this.ready) return this.broken ? empty(this, "error", this.feed.sync) : skeleton(this);
      if (this.inKanban && (this.listed.length || !narrows(this.filters))) return this.kanban();
      if (!this.listed.length) return empty(this, narrows(this.filters) ? "nomatch" : "empty", this.clear);
      return [this.table(), hints(this)];
    },
  },
  render() {
    const count = this.inArchive ? this.old.total : this.ready ? this.listed.length : null, filter = (filters) => { this.filters = filters; };
    return [this.head(), h("div", { class: "vg-pad" }, [h("div", { class: ["vg-board", { "vg-board--kanban": this.inKanban, "vg-board--peeking": this.peeked }], "aria-busy": String(!this.ready) }, [
      h(Strip, { rows: this.rows, ready: this.ready, at: this.at, filters: this.filters, figures: this.figures, labels: this.labels, onFilter: filter }),
      h(FilterBar, { filters: this.filters, layout: this.layout, unclaimed: this.unclaimed, onArrange: this.arrange, codes: this.codes, teams: this.allTeams, owners: this.owners, me: this.viewer, count, labels: this.labels, onFilter: filter }),
      this.content(),
      this.peeked ? h(Peek, { row: this.peeked, url: this.peekUrl, labels: this.labels, busy: Boolean(this.busy[this.cursor]), onAct: this.act, onClose: this.shut }) : null,
      this.bulkBar(),
    ])])];
  },
};
