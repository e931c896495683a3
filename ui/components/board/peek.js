// The panel beside the list: the incident under the cursor, fetched when it is looked at and again when it changes.
import { StatusPill, PriorityBadge, Level, SlaBlock, icon, fmtInstant, label } from "vigie-kit";
import { h } from "vue";
import { Menu } from "./menu.js";
import { rich } from "./rich.js";

const SETTLE = 120, SHOWN = 3, UNOWNED = ["take", "assign", "escalate"], TWO_STEPS = ["take_and_start", "start_and_resolve"];
const ICONS = { take: "person_add", assign: "group_add", start: "play_arrow", take_and_start: "fast_forward", hold: "pause", resume: "play_arrow", escalate: "stairs", resolve: "check_circle", start_and_resolve: "task_alt", close: "archive", reopen: "restart_alt" };

/** `row` is the one under the cursor; each change of it comes as another object. */
export const Peek = {
  props: { row: Object, url: String, labels: Object, busy: Boolean },
  emits: ["act", "open", "close"],
  data: () => ({ found: null, broken: false, whole: false }),
  watch: {
    row(row, before) {
      if (row?.id !== before?.id) { this.whole = false; this.broken = false; }
      this.look(row?.id === before?.id ? 0 : SETTLE);
    },
  },
  mounted() { this.look(0); },
  unmounted() { clearTimeout(this.timer); },
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    /** Once the cursor rests, so that running down the list asks for nothing. */
    look(wait) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fetch(), wait);
    },
    async fetch() {
      const { ref } = this.row, asked = this.row;
      let found = null;
      try {
        const answer = await fetch(`${this.url}/${ref}`, { headers: { Accept: "application/json" } });
        if (answer.status === 401) return window.location.reload();
        if (answer.ok) found = await answer.json();
      } catch { /* told below */ }
      if (asked !== this.row) return;
      this.broken = !found;
      this.found = found ? Object.freeze(found) : this.found;
    },
    facts(found) {
      const lines = [
        ["assignee", found.assignee || this.text("field.unassigned")],
        ["team", found.team],
        ["requester", found.requester],
        ["severity", found.severity && this.text("severity." + found.severity)],
        ["impact", found.impact && this.text("impact." + found.impact)],
        ["category", this.text("category." + found.category)],
        ["linked", found.items.map((item) => item.name).join(", ")],
        ["created", fmtInstant(found.created)],
        ["hold_reason", found.hold && [this.text("hold_reason." + found.hold.reason), found.hold.text].filter(Boolean).join(" \u2013 ")],
        ["resolution_code", found.resolution && this.text("resolution." + found.resolution.code)],
        ["resolution_summary", found.resolution?.summary],
      ];
      return h("dl", { class: "vg-peek__facts" }, lines.filter(([, value]) => value).map(([name, value]) => h("div", { key: name }, [h("dt", this.text("field." + name)), name === "resolution_summary" ? rich("dd", "", value) : h("dd", value)])));
    },
    description(found) {
      const cut = !this.whole && found.long;
      return [
        rich("div", ["vg-peek__text", { "vg-peek__text--cut": cut }], found.description),
        cut ? h("button", { type: "button", class: "vg-link vg-peek__whole", onClick: () => { this.whole = true; } }, this.text("board.peek_whole")) : null,
      ];
    },
    comment(said) {
      const seen = said.visibility === "internal" ? "internal" : "public";
      return h("article", { key: said.id, class: ["vg-cm", "vg-cm--" + said.look] }, [
        h("div", { class: "vg-cm__head" }, [
          h("b", said.by), h("time", fmtInstant(said.at)),
          h("span", { class: "vg-cm__vis" }, [icon(seen === "internal" ? "lock" : "public"), h("span", this.text("detail." + seen))]),
        ]),
        rich("div", "vg-cm__text", said.body),
      ]);
    },
    actions(found) {
      const first = found.assignee ? [] : UNOWNED.filter((action) => found.actions.includes(action));
      const actions = [...first, ...found.actions.filter((action) => !first.includes(action) && !TWO_STEPS.includes(action))];
      const shown = actions.slice(0, SHOWN), more = [...actions.slice(SHOWN), ...TWO_STEPS.filter((action) => found.actions.includes(action))];
      const word = (action) => this.text("action." + (action === "assign" && (found.assignee || found.team) ? "reassign" : action)), act = (action) => this.$emit("act", this.row, action);
      const button = (action, i) => h("button", {
        key: action, type: "button", class: ["vg-btn vg-btn--small", { "vg-btn--primary": i === 0 }], disabled: this.busy, onClick: () => act(action),
      }, [icon(ICONS[action]), h("span", word(action))]);
      const items = more.map((action) => ({ key: action, icon: ICONS[action], text: word(action) }));
      return h("div", { class: "vg-peek__acts" }, [
        shown.map(button),
        items.length ? h(Menu, { key: "more", items, kind: "act", bare: "more_horiz", floating: true, text: this.text("action.more"), onPick: act }) : null,
      ]);
    },
    body(found) {
      return [
        h("div", { class: "vg-peek__codes" }, [
          h(PriorityBadge, { value: found.priority, boxed: true }), h(StatusPill, { value: found.status }), h(Level, { value: found.level }),
          found.reopened ? h("span", { class: "vg-tag" }, this.text("board.reopened", { n: found.reopened })) : null,
        ]),
        h("h2", { class: "vg-peek__title" }, found.title),
        h("div", { class: "vg-peek__slas" }, found.sla.map((sla) => h(SlaBlock, { key: sla.kind, sla, short: true }))),
        this.description(found),
        this.facts(found),
        found.comments.length ? h("h3", { class: "vg-peek__sub" }, this.text("detail.comments")) : null,
        found.comments.map(this.comment),
        found.more ? h("a", { class: "vg-link", href: "/incidents/" + found.ref }, this.text("board.peek_more", { n: found.more })) : null,
      ];
    },
  },
  render() {
    const { row } = this, found = this.found?.ref === row.ref ? this.found : null;
    const bar = (width) => h("span", { class: "vg-skeleton", style: { width, height: "16px", display: "block" } });
    const waiting = [h("h2", { class: "vg-peek__title" }, row.title), this.broken ? h("p", { role: "alert" }, this.text("board.peek_failed")) : ["40%", "100%", "92%", "70%"].map(bar)];
    return h("aside", { class: "vg-peek", "aria-label": this.text("board.peek_label", { ref: row.ref }), "data-ref": row.ref, "aria-busy": String(!found && !this.broken) }, [
      h("header", { class: "vg-peek__head" }, [
        h("span", { class: "vg-c-ref" }, row.ref),
        h("a", { class: "vg-btn vg-btn--small", href: "/incidents/" + row.ref }, [icon("open_in_full"), h("span", this.text("action.open")), h("kbd", { "aria-hidden": "true" }, "\u21b5")]),
        h("button", { type: "button", class: "vg-iconic", "aria-label": this.text("action.close_panel"), title: this.text("action.close_panel"), onClick: () => this.$emit("close") }, icon("close")),
      ]),
      h("div", { class: "vg-peek__body", tabindex: 0 }, found ? this.body(found) : waiting),
      found ? this.actions(found) : null,
    ]);
  },
};
