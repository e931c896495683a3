// The live list of open incidents: figures, filters, groups by urgency, keys, and what changes while one looks.
import { now, slaState, label, announce, setOpenCount } from "vigie-kit";
import { h, nextTick } from "vue";
import { Archive } from "vigie-board/archive.js";
import { Feed } from "vigie-board/feed.js";
import { FilterBar } from "vigie-board/filters.js";
import { Matches } from "vigie-board/matches.js";
import { EMPTY, actionsOf, archived, fromAddress, grouped, matcher, narrows, nextCrossing, sortOf, sorted, toAddress } from "vigie-board/model.js";
import { GroupHead, Row } from "vigie-board/row.js";
import { empty, skeleton, tableHead, hints } from "vigie-board/parts.js";
import { Strip } from "vigie-board/strip.js";
import { glide, offset, places, slice } from "vigie-board/window.js";

const FRESH_FOR = 6000, SPEAK_EVERY = 4000, HEIGHTS = { head: 30, row: 48, phoneRow: 150 };
const DIALOG_KEYS = { a: "assign", h: "hold", r: "resolve", e: "escalate" }, STEP_KEYS = { i: ["take"], s: ["start", "resume"] };
const TYPING = "input, textarea, select, [contenteditable], dialog, .q-dialog, .q-menu, .vg-menu";
const phone = matchMedia("(max-width: 767px)");

export default {
  props: { me: Number, teams: String },
  emits: ["act"],
  data() {
    const { labels, codes, allowed, archive, snapshot, matches } = JSON.parse(document.getElementById("vg-board").textContent), teams = this.teams.split(",").filter(Boolean).map(Number);
    Object.assign(this, { snapshot, labels, codes, allowed, viewer: Object.freeze({ id: this.me, team: teams[0] ?? null, teams }) });
    this.old = new Archive(archive, () => { this.found += 1; });
    this.matches = new Matches(matches, () => this.moving(() => { this.found += 1; }));
    return {
      rows: [], at: now.value, ready: false, broken: false, figures: {}, allTeams: [],
      filters: fromAddress(window.location.search, this.codes),
      cursor: null, fresh: {}, busy: {}, top: 0, viewport: window.innerHeight, narrow: phone.matches, found: 0,
    };
  },
  computed: {
    inArchive() { return archived(this.filters); },
    listed() {
      void this.found; // counts the server's answers
      if (this.inArchive) return this.old.rows;
      return sorted(this.rows.filter(matcher(this.filters, this.viewer, this.at, this.matches.of(this.filters.q))), this.filters.sort, this.at, this.codes);
    },
    items() {
      if (!this.inArchive && this.filters.sort === "urgency") return grouped(this.listed, this.at);
      return this.listed.map((row) => ({ key: row.id, row }));
    },
    crossing() { return nextCrossing(this.rows, this.at); },
    drawn() { return slice(this.items, this.height, this.top, this.viewport); },
  },
  watch: {
    filters(filters, before) {
      const query = toAddress(filters, window.location.search);
      history.replaceState(history.state, "", window.location.pathname + (query && "?" + query) + window.location.hash);
      if (archived(filters)) this.old.search(filters);
      else if (archived(before)) this.old.rows = [];
      if (filters.q !== before.q) this.matches.ask(filters.q);
    },
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
      failed: () => { this.broken = !this.ready; },
      figures: ({ teams = [], ...figures }) => { this.figures = figures; this.know(teams); },
    });
    if (this.inArchive) this.old.search(this.filters);
    this.matches.ask(this.filters.q);
    this.$watch(() => now.value > this.crossing, (over) => over && this.cross());
  },
  mounted() {
    this.feed.start();
    document.addEventListener("keydown", this.key);
    window.addEventListener("scroll", this.scrolled, { passive: true });
    window.addEventListener("resize", this.scrolled, { passive: true });
  },
  unmounted() {
    this.feed.stop();
    document.removeEventListener("keydown", this.key);
    window.removeEventListener("scroll", this.scrolled);
    window.removeEventListener("resize", this.scrolled);
    Object.values(this.timers).forEach(clearTimeout);
  },
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    height(item) { return item.head ? HEIGHTS.head : this.narrow ? HEIGHTS.phoneRow : HEIGHTS.row; },
    scrolled() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.narrow = phone.matches;
        this.viewport = window.innerHeight;
        if (this.$refs.body) this.top = -this.$refs.body.getBoundingClientRect().top;
      });
    },

    // ---------------------------------------------------------------- what changes
    /** Rows change under the reader's eyes: they glide, and focus stays where it was. */
    async moving(change) {
      const before = places(this.$refs.body), focused = document.activeElement?.closest?.("[data-id]");
      change();
      await nextTick();
      if (this.$refs.body) glide(this.$refs.body, before);
      if (focused?.isConnected && document.activeElement === document.body) focused.querySelector("a").focus({ preventScroll: true });
    },
    change(rows, notes) {
      const first = !this.ready;
      this.moving(() => {
        this.rows = Object.freeze([...rows.values()]);
        this.at = now.value;
        this.ready = true;
        this.broken = false;
        for (const [id, note] of Object.entries(notes)) this.light(Number(id), note);
      });
      if (first) this.scrolled();
      else if (this.inArchive) this.later("archive", 1000, () => this.inArchive && this.old.search(this.filters, true));
      if (!first && this.filters.q) this.later("matches", 300, () => this.matches.ask(this.filters.q));
      const news = Object.entries(notes).filter(([, note]) => note.fields.includes("new")).map(([id]) => rows.get(Number(id)));
      for (const row of news) if (row) this.say(this.text("board.announce_new", { ref: row.ref, title: row.title }));
    },
    know(teams) {
      this.allTeams = teams;
      const { team } = this.filters;
      if (teams.length && team != null && !teams.some(({ id }) => id === team)) this.filters = { ...this.filters, team: null };
    },
    /** The row is lit for a while; what I did here myself needs no name on it. */
    light(id, note) {
      const mine = this.acted.delete(id);
      delete this.busy[id];
      this.fresh[id] = Object.freeze(mine ? { ...note, by: "" } : note);
      this.later("fresh" + id, FRESH_FOR, () => { delete this.fresh[id]; });
    },
    /** A clock has run into the next colour: order and groups follow it, and it is said. */
    cross() {
      const before = this.at, after = now.value;
      const changed = this.listed.filter((row) => slaState(row.sla, before) !== slaState(row.sla, after));
      this.moving(() => { this.at = after; });
      for (const row of changed) this.say(this.text("board.announce_" + slaState(row.sla, after), { ref: row.ref }));
    },
    say(sentence) {
      this.said.push(sentence);
      if (this.timers.say) return;
      const speak = () => {
        const sentences = this.said.splice(0);
        delete this.timers.say;
        if (sentences.length) announce(sentences.slice(0, 3).join(". "));
        if (sentences.length) this.timers.say = setTimeout(speak, SPEAK_EVERY);
      };
      speak();
    },
    later(name, wait, act) {
      clearTimeout(this.timers[name]);
      this.timers[name] = setTimeout(() => { delete this.timers[name]; act(); }, wait);
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
      this.busy[row.id] = true;
      this.acted.add(row.id);
      this.$emit("act", { id: row.id, v: row.v, action });
    },
    /** The server has answered, whether it did it or not. */
    settled(id) { delete this.busy[id]; this.later("acted" + id, 2000, () => this.acted.delete(id)); },
    open(row, dialog) { window.location.assign("/incidents/" + row.ref + (dialog ? "?do=" + dialog : "")); },
    sort(name) {
      const sort = sortOf(this.filters), next = sort === name ? "-" + name : sort === "-" + name ? "urgency" : name;
      this.filters = { ...this.filters, sort: next === "-urgency" ? "urgency" : next };
    },
    clicked(event) {
      const at = event.target.closest("[data-id]"), row = at && this.listed.find((each) => each.id === Number(at.dataset.id));
      if (!row) return;
      this.cursor = row.id;
      if (this.narrow && !event.target.closest("a, button")) this.open(row);
    },
    doubled(event) {
      const row = this.listed.find((each) => each.id === this.cursor);
      if (row && event.target.closest("[data-id]") && !event.target.closest("button")) this.open(row);
    },
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target.closest?.(TYPING) || document.querySelector(".q-dialog, dialog[open]")) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, elsewhere = event.target.closest?.("a, button") && !event.target.closest("[data-id] a");
      const place = this.listed.findIndex((row) => row.id === this.cursor), row = this.listed[place], last = this.listed.length - 1;
      const to = { j: place + 1, ArrowDown: place + 1, k: place - 1, ArrowUp: place - 1, Home: 0, End: last }[key];
      if (to !== undefined) this.go(Math.max(0, Math.min(last, to)));
      else if (!row || event.repeat || (key === "Enter" && elsewhere)) return;
      else if (key === "Enter" || key === "o") this.open(row);
      else if (STEP_KEYS[key]) this.step(row, STEP_KEYS[key]);
      else if (DIALOG_KEYS[key] && this.actions(row).includes(DIALOG_KEYS[key])) this.open(row, DIALOG_KEYS[key]);
      else return;
      event.preventDefault();
    },
    step(row, wanted) {
      const action = wanted.find((each) => this.actions(row).includes(each));
      if (action) this.act(row, action);
    },
    async go(place) {
      const row = this.listed[place];
      if (!row) return;
      this.cursor = row.id;
      await nextTick();
      let at = this.$refs.body.querySelector(`[data-id="${row.id}"]`);
      if (!at) { // not drawn: first to where it will be
        const index = this.items.findIndex((item) => item.key === row.id);
        window.scrollTo({ top: window.scrollY + this.$refs.body.getBoundingClientRect().top + offset(this.items, this.height, index) - window.innerHeight / 2 });
        this.top = -this.$refs.body.getBoundingClientRect().top;
        await nextTick();
        at = this.$refs.body.querySelector(`[data-id="${row.id}"]`);
      }
      at?.scrollIntoView({ block: place ? "nearest" : "center" });
      at?.querySelector("a").focus({ preventScroll: true });
    },
    clear() { this.filters = { ...EMPTY, sort: this.filters.sort }; },
    toArchive() { this.filters = { ...this.filters, status: ["resolved", "closed"], who: this.filters.who.filter((who) => who !== "open") }; },

    // ---------------------------------------------------------------- drawing
    line(item, i) {
      const index = i + 2; // the table's head is the first row
      if (item.head) return h(GroupHead, { key: item.key, head: item.head, count: item.count, index });
      const { row } = item;
      return h(Row, {
        key: row.id, row, index, cursor: row.id === this.cursor, fresh: this.fresh[row.id], busy: Boolean(this.busy[row.id]),
        quick: this.quick(row), labels: this.labels, onAct: this.act,
      });
    },
    table() {
      const { from, to, before, after } = this.drawn;
      return h("div", {
        class: ["vg-table", { "vg-table--window": before || after }], role: "table", "aria-label": this.text("nav.incidents"), "aria-rowcount": this.items.length + 1, onClick: this.clicked, onDblclick: this.doubled,
      }, [
        tableHead(this),
        h("div", { ref: "body", class: "vg-tbody", role: "rowgroup" }, [
          before ? h("div", { key: "before", role: "presentation", style: { height: before + "px" } }) : null,
          this.items.slice(from, to).map((item, i) => this.line(item, from + i)),
          after ? h("div", { key: "after", role: "presentation", style: { height: after + "px" } }) : null,
        ]),
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
      if (!this.listed.length) return empty(this, narrows(this.filters) ? "nomatch" : "empty", this.clear);
      return [this.table(), hints(this)];
    },
  },
  render() {
    const count = this.inArchive ? this.old.total : this.ready ? this.listed.length : null, filter = (filters) => { this.filters = filters; };
    return h("div", { class: "vg-board", "aria-busy": String(!this.ready) }, [
      h(Strip, { rows: this.rows, ready: this.ready, at: this.at, filters: this.filters, figures: this.figures, labels: this.labels, onFilter: filter }),
      h(FilterBar, { filters: this.filters, codes: this.codes, teams: this.allTeams, me: this.viewer, count, labels: this.labels, onFilter: filter }),
      this.content(),
    ]);
  },
};
