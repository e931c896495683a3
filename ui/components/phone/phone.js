// Vigie on a phone: three lists of open incidents, a bar to change between them, and a sheet for each incident.
import { LiveDot, now, icon, label, announce, initials, slaState } from "vigie-kit";
import { h, nextTick } from "vue";
import { Feed } from "vigie-board/feed.js";
import { actionsOf, nextCrossing, sorted } from "vigie-board/model.js";
import { lighthouse } from "vigie-board/parts.js";
import { glide, places } from "vigie-board/window.js";
import { Card, nextStep } from "vigie-phone/card.js";
import { Pull } from "vigie-phone/pull.js";
import { Queue, Typed } from "vigie-phone/queue.js";
import { FORMS } from "vigie-phone/forms.js";
import { Sheet } from "vigie-phone/sheet.js";

const LISTS = ["todo", "mine", "all"], SIGNS = { todo: "inbox", mine: "person", all: "format_list_bulleted" }, AT_ONCE = 50, TOAST = 6000, LONG_TOAST = 9000, FRESH = 4000;
const ref = () => decodeURIComponent(window.location.hash.slice(1));
const wished = () => { const list = new URLSearchParams(window.location.search).get("list"); return LISTS.includes(list) ? list : "todo"; };

export default {
  mixins: [Pull],
  props: { me: Number, name: String, teams: String, take: String, notice: String, unread: Number },
  data() {
    this.facts = globalThis.vigieFacts.phone;
    this.labels = this.facts.labels;
    this.viewer = Object.freeze({ id: this.me, teams: this.teams.split(",").filter(Boolean).map(Number) });
    return { rows: [], ready: false, broken: false, at: now.value, list: wished(), only: null, most: AT_ONCE, waiting: [], fresh: {}, open: this.take || ref(), account: false, toast: null, offer: null };
  },
  computed: {
    lists() {
      const found = { todo: [], mine: [], all: this.rows };
      for (const row of this.rows) {
        if (row.assignee?.id === this.me) found.mine.push(row);
        else if (!row.assignee && this.can(row).includes("take")) found.todo.push(row);
      }
      return found;
    },
    states() { return new Map(this.rows.map((row) => [row.id, slaState(row.sla, this.at)])); },
    shown() {
      const rows = this.only ? this.lists[this.list].filter((row) => this.states.get(row.id) === this.only) : this.lists[this.list];
      return sorted(rows, "urgency", this.at, this.facts.codes);
    },
    late() { const found = { breached: 0, risk: 0 }; for (const row of this.lists[this.list]) if (this.states.get(row.id) in found) found[this.states.get(row.id)] += 1; return found; },
    crossing() { return nextCrossing(this.rows, this.at); },
    entries() { return new Map(this.waiting.map((entry) => [entry.ref, entry])); },
    unseen() { return Object.freeze({ ref: this.open }); },
    opened() { return this.open ? this.rows.find((row) => row.ref === this.open) || this.unseen : null; },
  },
  created() {
    this.timers = {};
    this.feed = new Feed(this.facts.snapshot, { changed: (rows) => this.change(rows), failed: () => { this.broken = !this.ready; }, figures: () => {} });
    this.queue = new Queue(this.me, this.facts.act, { changed: (list) => { this.waiting = list; }, done: this.done, refused: this.refused });
    this.waiting = this.queue.list;
    this.$watch(() => now.value > this.crossing, (over) => { if (over) this.at = now.value; });
  },
  mounted() {
    document.documentElement.classList.add("vg-on-phone");
    document.cookie = "vigie_desktop=; path=/; max-age=0; SameSite=Lax"; // who comes here wants it
    const banner = document.getElementById("vg-lost");
    if (banner) banner.dataset.text = this.text("phone.lost_sub");
    this.feed.start();
    this.queue.flush();
    this.hears = [[window, "hashchange", this.went], [window, "popstate", this.went], [document, "visibilitychange", this.back], [window, "pageshow", this.back], [window, "scroll", this.scrolled], [window, "beforeinstallprompt", this.offered]];
    for (const [at, name, hear] of this.hears) at.addEventListener(name, hear, { passive: name === "scroll" });
    const listen = () => { if (window.socket) window.socket.on("connect", this.queue.flush); else this.timers.socket = setTimeout(listen, 50); };
    listen();
    navigator.serviceWorker?.register("/sw.js").catch(() => {}); // only by HTTPS, and without it all else works
    if (this.notice) { this.tell(this.notice, { error: true }); history.replaceState(null, "", "/m" + window.location.hash); }
    if (this.take) history.replaceState(null, "", "/m#" + this.take);
  },
  unmounted() {
    this.feed.stop();
    this.queue.stop();
    window.socket?.off("connect", this.queue.flush);
    for (const [at, name, hear] of this.hears) at.removeEventListener(name, hear);
    Object.values(this.timers).forEach(clearTimeout);
  },
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    can(row) { return actionsOf(row, this.viewer, this.facts.allowed); },
    step(row) { return nextStep(row, this.me, this.can(row)); },
    later(name, wait, act) { clearTimeout(this.timers[name]); this.timers[name] = setTimeout(act, wait); },

    // ---------------------------------------------------------------- what comes from the server
    async change(rows) {
      const before = places(this.$refs.cards), known = new Map(this.rows.map((row) => [row.id, row])), first = !this.ready;
      const focused = document.activeElement?.closest?.(".vg-mcard");
      this.rows = Object.freeze([...rows.values()]);
      this.at = now.value;
      this.ready = true;
      this.broken = false;
      if (!first) for (const row of this.rows) if (known.get(row.id) !== row) { this.fresh[row.id] = true; this.later("fresh" + row.id, FRESH, () => { delete this.fresh[row.id]; }); }
      await nextTick();
      if (this.$refs.cards) glide(this.$refs.cards, before);
      // What was pressed has gone to another list: the cursor stays in this one.
      if (focused && !focused.isConnected && document.activeElement === document.body) this.$refs.cards?.querySelector("a, button")?.focus({ preventScroll: true });
    },
    /** Woken up, or turned to again: what was missed is read, what was done is sent. */
    back() { if (document.visibilityState === "visible") { this.feed.sync(); this.queue.flush(); } },

    // ---------------------------------------------------------------- what the viewer does
    act(row, action, fields = {}) {
      if (action in FORMS && !Object.keys(fields).length) return this.see(row);
      if (this.entries.has(row.ref)) return undefined;
      return this.queue.add({ id: row.id, ref: row.ref, title: row.title, v: row.v ?? null, action, fields });
    },
    done(entry, answer) {
      const undo = answer.undo && { ref: entry.ref, ...answer.undo };
      this.tell(answer.said, { undo });
    },
    refused(entry, answer) {
      if (entry.action in FORMS) new Typed(this.me, entry.ref, entry.action).keep(entry.fields); // nothing typed is lost
      this.tell([answer?.said || this.text("phone.refused"), entry.waiting ? entry.ref : ""].filter(Boolean).join(" "), { error: true });
      this.feed.sync();
    },
    drop(entry) { this.queue.drop(entry.key); if (entry.action in FORMS) new Typed(this.me, entry.ref, entry.action).keep(entry.fields); },
    tell(text, { undo = null, error = false } = {}) {
      this.toast = { text, undo, error };
      this.later("toast", error ? LONG_TOAST : TOAST, () => { this.toast = null; });
    },
    undo() {
      const { ref: reference, v, fields } = this.toast.undo;
      this.toast = null;
      this.queue.add({ ref: reference, v, action: "release", fields });
    },

    // ---------------------------------------------------------------- where the viewer is: the address says it
    see(row) { window.location.hash = row.ref; this.stacked = true; },
    close() {
      if (!this.open && !this.account) return;
      this.account = false;
      if (this.stacked) { this.stacked = false; return history.back(); }
      this.open = "";
      history.replaceState(null, "", window.location.pathname + window.location.search);
    },
    went() { this.open = ref(); if (!this.open) this.stacked = false; },
    go(list) {
      this.list = list;
      this.most = AT_ONCE;
      this.only = null;
      const query = list === "todo" ? "" : "?list=" + list;
      history.replaceState(null, "", window.location.pathname + query);
      window.scrollTo(0, 0);
      announce(`${this.text("phone." + list)}, ${this.lists[list].length}`);
    },
    scrolled() { if (this.most < this.shown.length && window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 1200) this.most += AT_ONCE; },
    offered(event) { event.preventDefault(); this.offer = event; },
    async install() { const { offer } = this; this.offer = null; this.account = false; await offer?.prompt(); },
    desktop() { document.cookie = "vigie_desktop=1; path=/; max-age=31536000; SameSite=Lax"; window.location.assign("/incidents"); },

    // ---------------------------------------------------------------- drawing
    head() {
      const count = this.ready ? this.lists[this.list].length : null;
      const chip = (state) => (this.late[state] || this.only === state ? h("button", { key: state, type: "button", class: ["vg-mchip", "vg-mchip--" + state], "aria-pressed": String(this.only === state), onClick: () => { this.only = this.only === state ? null : state; } }, [icon(state === "risk" ? "warning" : "dangerous"), h("span", this.text("phone." + state, { n: this.late[state] }))]) : null);
      return h("header", { class: "vg-mhead" }, [
        h("div", { class: "vg-mhead__line" }, [
          h("h1", this.text("phone." + this.list)), h("span", { class: "vg-mhead__n" }, count),
          h(LiveDot, { class: "vg-mlive", quiet: true }),
          h("span", { class: "vg-grow" }),
          h("button", { type: "button", class: "vg-mme", "aria-label": this.text("phone.account", { name: this.name }) + (this.unread ? ", " + this.text("notification.unread", { n: this.unread }) : ""), "aria-haspopup": "dialog", onClick: () => { this.account = true; } }, [
            h("span", { class: "vg-avatar", style: { "--hue": (this.me * 137) % 360 }, "aria-hidden": "true" }, initials(this.name)),
            this.unread ? h("b", { "aria-hidden": "true" }, this.unread) : null,
          ]),
        ]),
        h("div", { class: "vg-mhead__chips" }, [chip("breached"), chip("risk")]),
        this.waiting.some((entry) => entry.waiting) ? h("p", { class: "vg-mkept", role: "status" }, [icon("cloud_off"), h("span", this.text("phone.kept", { n: this.waiting.length }))]) : null,
      ]);
    },
    bar() {
      const tab = (list) => h("button", { key: list, type: "button", "aria-current": list === this.list ? "page" : null, onClick: () => this.go(list) }, [
        h("span", { class: "vg-mbar__sign" }, [icon(SIGNS[list]), list !== "all" && this.lists[list].length ? h("b", this.lists[list].length) : null]), h("span", this.text("phone." + list)),
      ]);
      return h("nav", { class: "vg-mbar", "aria-label": this.text("nav.label") }, [
        LISTS.map(tab),
        h("a", { href: "/incidents/new", "aria-label": this.text("nav.new_incident") }, [h("span", { class: "vg-mbar__sign" }, icon("add_circle")), h("span", this.text("phone.new"))]),
      ]);
    },
    nothing() {
      const [title, sub] = this.only ? ["phone.empty_only", null] : { todo: ["phone.empty_todo", "phone.empty_todo_sub"], mine: ["phone.empty_mine", "phone.empty_mine_sub"], all: ["state.empty", "state.empty_sub"] }[this.list];
      return h("div", { class: "vg-empty vg-mempty" }, [lighthouse(), h("h2", this.text(title)), sub ? h("p", this.text(sub)) : null]);
    },
    content() {
      if (this.ready) {
        if (!this.shown.length) return this.nothing();
        const left = this.shown.length - this.most;
        return [
          h("div", { ref: "cards", class: "vg-mcards" }, this.shown.slice(0, this.most).map((row) => h(Card, {
            key: row.id, row, step: this.step(row), entry: this.entries.get(row.ref), fresh: Boolean(this.fresh[row.id]), named: this.list === "all", labels: this.labels, onAct: this.act, onOpen: this.see, onDrop: this.drop,
          }))),
          left > 0 ? h("button", { type: "button", class: "vg-mstep vg-mstep--soft vg-mrest", onClick: () => { this.most += AT_ONCE; } }, this.text("phone.rest", { n: left })) : null,
        ];
      }
      if (this.broken) return h("div", { class: "vg-empty vg-mempty", role: "alert" }, [lighthouse(), h("h2", this.text("state.list_failed")), h("p", this.text("state.list_failed_sub")), h("button", { type: "button", class: "vg-mstep vg-mstep--soft", onClick: this.feed.sync }, this.text("action.retry"))]);
      return h("div", { class: "vg-mcards", role: "status", "aria-label": this.text("state.loading") }, [1, 2, 3].map((n) => h("div", { key: n, class: "vg-mcard" }, [h("span", { class: "vg-skeleton vg-mskel" }), h("span", { class: "vg-skeleton vg-mskel vg-mskel--l" }), h("span", { class: "vg-skeleton vg-mskel vg-mskel--xl" })])));
    },
    profile() {
      const link = (href, sign, text, end) => h("a", { key: href, class: "vg-mitem", href }, [icon(sign), h("span", text), end ? h("b", end) : null]);
      const press = (sign, text, onClick) => h("button", { key: sign, type: "button", class: "vg-mitem", onClick }, [icon(sign), h("span", text)]);
      return h("dialog", { ref: "account", class: "vg-msheet vg-msheet--low", "aria-label": this.text("phone.account", { name: this.name }), onVnodeMounted: ({ el }) => el.showModal(), onCancel: (event) => { event.preventDefault(); this.account = false; }, onClick: (event) => { if (event.target === this.$refs.account) this.account = false; } }, [
        h("div", { class: "vg-msheet__grip", "aria-hidden": "true" }),
        h("div", { class: "vg-msheet__head" }, [h("span", { class: "vg-msheet__ref vg-msheet__ref--words" }, this.name), h("button", { type: "button", class: "vg-mround", "aria-label": this.text("action.close_panel"), onClick: () => { this.account = false; } }, icon("close"))]),
        h("div", { class: "vg-mmenu" }, [
          link("/notifications", "notifications", this.text("notification.title"), this.unread || null), link("/search", "search", this.text("nav.search")), link("/me", "person", this.text("me.title")),
          this.offer ? press("install_mobile", this.text("phone.install"), this.install) : null, press("computer", this.text("phone.desktop"), this.desktop),
        ]),
      ]);
    },
    said() {
      return h("div", { class: "vg-mtoasts", role: "status", "aria-live": "polite" }, this.toast ? h("div", { class: ["vg-toast", { "vg-toast--error": this.toast.error }] }, [
        icon(this.toast.error ? "error" : "check_circle"), h("span", this.toast.text), this.toast.undo ? h("button", { type: "button", onClick: this.undo }, this.text("action.undo")) : null,
      ]) : null);
    },
  },
  render() {
    const row = this.opened;
    return h("div", { class: "vg-phone", "aria-busy": String(!this.ready) }, [
      h("div", { class: "vg-mpull", style: { height: (this.reading ? 56 : this.pulled) + "px" }, "aria-hidden": "true" }, this.pulled || this.reading ? [icon("refresh", this.reading ? "vg-mpull__turns" : ""), h("span", this.text(this.reading ? "phone.refreshing" : this.pulled >= 72 ? "phone.release" : "phone.pull"))] : null),
      this.head(), this.content(), this.said(), this.bar(),
      row && (this.ready || this.broken) ? h(Sheet, {
        key: row.ref, row, url: this.facts.peek, labels: this.labels, terms: this.facts, me: this.me, busy: false, step: row.id ? this.step(row) : null, offered: row.id ? this.can(row) : [], entry: this.entries.get(row.ref), take: this.take === row.ref,
        onSend: this.act, onClose: this.close, onDrop: this.drop,
      }) : null,
      this.account ? this.profile() : null,
    ]);
  },
};
