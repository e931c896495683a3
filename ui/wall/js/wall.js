// The wall: head, the screen that is shown, foot, and what stands before them: lost, a new critical incident.
import { createApp, h, Transition, reactive, shallowRef, computed, ref, watch } from "vue";
import { now, label, locale, zone, slaState, slaGlyph, priorityGlyph, fmtClock } from "vigie-kit";
import { sorted, nextCrossing } from "./model.js";
import { Feed } from "./feed.js";
import { Urgent, Load, Today, spell } from "./screens.js";
import { Pairing } from "./pairing.js";
import { chime, muted, prepare } from "./chime.js";
import { keep, reload, isNight, drift } from "./keeping.js";

const facts = JSON.parse(document.getElementById("vg-page").textContent);
const asked = new URLSearchParams(location.search);
const DWELL = { urgent: 40, further: 15, load: 15, today: 15 };
const MOST_PAGES = 3, MOST_TEAMS = 8, ALERT_S = 20, MOST_ALERTS = 5, NEW_FOR = 600;
const weekday = new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", { timeZone: zone, weekday: "long", day: "numeric", month: "long" });
const CLOUD = "M9.2 5.6A6 6 0 0 1 17.7 10 4 4 0 0 1 20 16.9M16.5 18H7a4.5 4.5 0 0 1-.8-8.93M3.5 3.5l17 17";

const Wall = {
  setup() {
    const { display } = facts, n = Number(asked.get("n")) || display.rows, turning = asked.get("rotate") !== "0";
    const rows = shallowRef([]), at = ref(now.value), today = shallowRef(null), ready = ref(false);
    const alerts = reactive([]), place = ref(Number(asked.get("screen")) || 0);

    const feed = new Feed({ conf: display.conf, build: facts.build, reload, changed });
    function changed({ rows: found, before, today: figures }) {
      if (before !== found) {
        rows.value = [...found.values()];
        at.value = now.value;
        if (before) for (const row of found.values()) if (isNews(row, before.get(row.id))) raise(row);
      }
      for (let i = alerts.length - 1; i >= 0; i--) if (found.get(alerts[i].row.id)?.priority !== "critical") alerts.splice(i, 1);
      today.value = figures;
      ready.value = true;
    }
    /** Critical, and new to the desk or critical only now. */
    const isNews = (row, before) => row.priority === "critical" && (before ? before.priority !== "critical" : now.value - row.created < NEW_FOR);
    function raise(row) {
      if (alerts.length >= MOST_ALERTS) return;
      alerts.push({ row, until: 0 });
      if (alerts.length === 1) sound();
    }
    function sound() {
      alerts[0].until = now.value + ALERT_S;
      if (display.sound) chime();
    }

    // Order and counts change with the rows, and when a clock runs into its next colour.
    let next = Infinity;
    const order = computed(() => {
      next = nextCrossing(rows.value, at.value);
      return sorted(rows.value, "urgency", at.value, facts.codes);
    });
    const stats = computed(() => {
      const states = rows.value.map((row) => slaState(row.sla, at.value));
      const count = (state) => states.filter((each) => each === state).length;
      return { open: rows.value.length, unassigned: rows.value.filter((row) => !row.assignee).length, risk: count("risk"), breached: count("breached") };
    });
    const teams = computed(() => {
      const found = new Map();
      for (const row of rows.value) {
        const name = row.team?.name || label("wall.no_team");
        if (!found.has(name)) found.set(name, { name, last: !row.team, states: [] });
        found.get(name).states.push(slaState(row.sla, at.value));
      }
      return [...found.values()].sort((a, b) => b.states.length - a.states.length || a.name.localeCompare(b.name));
    });
    const screens = computed(() => {
      const pages = Math.max(1, Math.min(MOST_PAGES, Math.ceil(rows.value.length / n)));
      const urgent = Array.from({ length: pages }, (_, page) => ({ kind: "urgent", page, dwell: page ? DWELL.further : DWELL.urgent }));
      const load = rows.value.length && !display.narrowed ? [{ kind: "load", dwell: DWELL.load }] : [];
      return [...urgent, ...load, { kind: "today", dwell: DWELL.today }];
    });
    const shown = computed(() => {
      if (alerts.length) return screens.value[0];
      const found = turning ? screens.value[place.value] : screens.value.find(({ kind }) => kind === ["urgent", "load", "today"][place.value]);
      return found || screens.value[0];
    });

    let left = DWELL.urgent;
    watch(now, (time) => {
      if (time >= next) at.value = time;
      if (alerts.length && time >= alerts[0].until) {
        alerts.shift();
        if (alerts.length) sound();
        else { place.value = turning ? 0 : place.value; left = DWELL.urgent; }
      }
      if (!turning || alerts.length || feed.state.lost || --left > 0) return;
      place.value = (screens.value.indexOf(shown.value) + 1) % screens.value.length;
      left = shown.value.dwell;
    });
    if (display.sound) {
      prepare();
      addEventListener("pointerdown", prepare);
    }
    feed.run();
    keep();
    window.vigieWall = { feed, restart: reload }; // for whoever looks from outside
    return { display, n, turning, order, stats, teams, screens, shown, alerts, today, ready, muted, state: feed.state };
  },
  computed: {
    page() { const start = this.shown.page * this.n; return this.order.slice(start, start + this.n); },
    more() { return this.shown.kind === "urgent" ? Math.max(0, this.order.length - (this.shown.page + 1) * this.n) : 0; },
    moreTeams() { return this.shown.kind === "load" ? Math.max(0, this.teams.length - MOST_TEAMS) : 0; },
    look() {
      const [x, y] = drift(now.value);
      return { transform: `translate(calc(var(--u) * ${x}), calc(var(--u) * ${y}))` };
    },
    dim() { return this.display.dimmed && isNight(now.value) && !this.alerts.length; },
  },
  methods: {
    count(name, shown = name) {
      const sign = name === "risk" || name === "breached" ? slaGlyph(name) : null;
      return h("div", { class: ["vg-wall-count", "vg-wall-count--" + name, { "vg-is-zero": !this.stats[name] }] }, [h("b", this.stats[name]), h("span", [sign, label(shown)])]);
    },
    head() {
      return h("header", { class: "vg-wall-head" }, [
        this.count("open", "stat.open"), this.count("unassigned", "stat.unassigned"), this.count("risk", "stat.risk"), this.count("breached", "wall.breached"),
        h(Clock),
      ]);
    },
    screen() {
      if (!this.ready) return h("main", { key: "wait", class: "vg-wall-main vg-wall-clear" }, [h("p", label("wall.loading"))]);
      const { kind, page } = this.shown;
      if (kind === "load") return h(Load, { key: kind, teams: this.teams.slice(0, MOST_TEAMS) });
      if (kind === "today") return h(Today, { key: kind, today: this.today });
      return h(Urgent, { key: kind + page, rows: this.page, n: this.n, none: !this.order.length });
    },
    foot() {
      const urgent = this.shown.kind === "urgent" && this.order.length, { lost, heard } = this.state;
      return h("footer", { class: "vg-wall-foot" }, [
        this.more ? h("span", { class: "vg-wall-more" }, label("wall.more", { n: this.more })) : null,
        this.moreTeams ? h("span", { class: "vg-wall-more" }, label("wall.more_teams", { n: this.moreTeams })) : null,
        urgent ? h("span", { class: "vg-wall-legend" }, ["breached", "risk", "ok"].map((state) => h("em", { class: "vg-sla-" + state, key: state }, [slaGlyph(state), label("sla." + state)]))) : null,
        h("span", { class: "vg-wall-space" }),
        this.muted ? h("span", { class: "vg-wall-muted" }, label("wall.muted")) : null,
        this.turning && this.screens.length > 1 ? h("span", { class: "vg-wall-dots" }, this.screens.map((screen, i) => h("i", { key: i, class: { "vg-is-on": screen === this.shown } }))) : null,
        h("span", { class: "vg-wall-site" }, this.display.view || facts.organisation),
        h("span", { class: ["vg-wall-link", { "vg-is-lost": lost }] }, [h("i", { key: heard }), label(lost ? "wall.lost" : "wall.live")]), // the dot pulses when the server has spoken
      ]);
    },
    lost() {
      const { heard, again } = this.state, age = spell(Math.max(0, now.value - heard)), left = Math.max(0, Math.ceil(again - now.value));
      return h("div", { class: "vg-wall-lost", role: "alert" }, [
        h("svg", { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.9, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" }, [h("path", { d: CLOUD })]),
        h("div", [h("b", label("wall.lost")), h("span", label("wall.stale", { t: age, at: fmtClock(heard), s: left }))]),
      ]);
    },
    alert() {
      const { row } = this.alerts[0], { sla } = row;
      const by = label(sla.kind === "response" ? "wall.answer_by" : "wall.resolve_by", { at: fmtClock(sla.due) });
      const owner = row.assignee || row.team?.name || label("field.unassigned");
      return h("div", { class: "vg-wall-alert", key: row.id, role: "alert", "data-ref": row.ref }, [
        priorityGlyph("critical"),
        h("div", [h("span", label("wall.new_critical")), h("b", row.title), h("em", [row.item, owner, by].filter(Boolean).join(" · "))]),
      ]);
    },
  },
  render() {
    return h("div", { class: ["vg-wall", { "vg-is-lost": this.state.lost, "vg-is-dim": this.dim }], style: this.look }, [
      this.head(),
      h(Transition, { name: "vg-wall-fade", mode: "out-in" }, () => this.screen()),
      this.foot(),
      this.state.lost ? this.lost() : null,
      h(Transition, { name: "vg-wall-drop" }, () => (this.alerts.length ? this.alert() : null)),
    ]);
  },
};

const Clock = {
  render() { return h("div", { class: "vg-wall-clock" }, [h("b", fmtClock(now.value)), h("span", weekday.format(now.value * 1000))]); },
};

createApp(facts.display ? Wall : Pairing, facts.display ? {} : { address: facts.address }).mount("#wall");
