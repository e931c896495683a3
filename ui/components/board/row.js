// One incident of the list, and the head of a group. A row is drawn again only when it changed; its countdown by itself.
import { now, StatusPill, PriorityBadge, SlaBadge, Avatar, Level, priorityGlyph, slaGlyph, icon, fmtAge, fmtInstant, shortRef, label } from "vigie-kit";
import { h } from "vue";

const CATEGORY_ICONS = { hardware: "memory", software: "deployed_code", network: "lan", access: "key", other: "more_horiz" };
const ITEM_ICONS = { assets: "dns", applications: "deployed_code" };
const QUICK = { take: ["action.take", "I"], start: ["action.start_short", "S"], resume: ["action.resume", "S"] };

/** In short where there is little room; whole for who points at it or hears it. */
export const Reference = ({ value, short }) => h("span", { class: "vg-c-ref", title: short ? value : null }, short ? [h("span", { "aria-hidden": "true" }, shortRef(value)), h("span", { class: "vg-sr" }, value)] : value);

/** « 3 h »: ticks without drawing its row. */
const Age = {
  props: { since: Number },
  render() { return h("span", { class: "vg-c-age", role: "cell", title: fmtInstant(this.since) }, fmtAge(now.value - this.since)); },
};

/** What the incident touches, or its category; for a while, who has just changed it. */
export const Meta = {
  props: { row: Object, fresh: Object, labels: Object },
  render() {
    const { row, fresh } = this, text = (key, params) => label(key, params, this.labels);
    if (fresh?.by) {
      const made = fresh.fields.includes("new") ? "board.created_by" : "board.updated_by";
      return h("span", { class: "vg-changed" }, [icon("bolt"), h("span", text(made, { name: fresh.by.split(" ")[0] }))]);
    }
    if (row.item) return h("span", { class: "vg-c-meta", title: row.item.name }, [icon(ITEM_ICONS[row.item.kind]), h("span", row.item.name)]);
    return h("span", { class: "vg-c-meta" }, [icon(CATEGORY_ICONS[row.category]), h("span", text("category." + row.category))]);
  },
};

/** « À prendre par Support N2 depuis 25 min » ticks without drawing its row. */
const Unclaimed = {
  props: { team: String, since: Number, text: Function, short: Boolean },
  render() {
    const t = fmtAge(now.value - this.since), whole = this.text(this.team ? "board.unclaimed_by" : "board.unclaimed", { team: this.team, t });
    return h("span", { class: "vg-flag vg-flag--claim", title: whole }, [icon("front_hand"), h("span", this.short ? this.text("board.unclaimed", { t }) : whole)]);
  },
};

/** What somebody should see to: an answer to look at, a hand-over that nobody has taken; `short` where the team stands beside. */
export function flags(row, text, short = false) {
  return [
    row.review ? h("span", { key: "review", class: "vg-flag" }, [icon("mark_chat_unread"), h("span", text("board.review"))]) : null,
    row.people > 1 ? h("span", { key: "people", class: "vg-c-meta vg-c-people", title: text("affected.count", { n: row.people }) }, [icon("groups"), h("span", { "aria-hidden": "true" }, row.people), h("span", { class: "vg-sr" }, text("affected.count", { n: row.people }))]) : null,
    row.unclaimed_since != null ? h(Unclaimed, { key: "claim", team: row.team?.name, since: row.unclaimed_since, text, short }) : null,
  ].filter(Boolean);
}

const TEXTS = { team: (row) => row.team?.name, category: (row, text) => text("category." + row.category), severity: (row, text) => row.severity && text("severity." + row.severity), impact: (row, text) => row.impact && text("impact." + row.impact) };

export const Row = {
  props: { row: Object, index: Number, cursor: Boolean, fresh: Object, busy: Boolean, quick: String, columns: Array, dense: Boolean, picked: Boolean, labels: Object },
  emits: ["act", "pick"],
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    lit(...fields) { return { "vg-is-lit": this.fresh && fields.some((field) => this.fresh.fields.includes(field)) }; },
    cell(cls, kids, fields = []) { return h("span", { key: fields[0] || cls, class: [cls, this.lit(...fields)], role: "cell" }, kids); },
    pick() {
      return h("span", { class: "vg-c-pick", role: "cell" }, h("button", {
        type: "button", role: "checkbox", class: "vg-pickbox", "aria-checked": String(this.picked), tabindex: this.cursor ? 0 : -1, "aria-label": this.text("board.pick", { ref: this.row.ref }),
        onClick: (event) => { event.stopPropagation(); this.$emit("pick", this.row, event); },
      }, icon(this.picked ? "check_box" : "check_box_outline_blank")));
    },
    who() {
      const { row } = this, name = row.assignee?.name || row.team?.name;
      const [key, cap] = QUICK[this.quick] || [];
      return this.cell("vg-c-who", [
        h(Avatar, { person: row.assignee, team: row.assignee ? null : row.team }),
        h("span", { class: ["vg-who", { "vg-who--none": !name }], title: name }, name || this.text("field.unassigned")),
        key ? h("button", {
          type: "button", class: "vg-quick", disabled: this.busy, tabindex: this.cursor ? 0 : -1, "aria-label": `${this.text(key)}, ${row.ref}`, "data-action": this.quick,
          onClick: (event) => { event.stopPropagation(); this.$emit("act", row, this.quick); },
        }, [h("span", this.text(key)), h("kbd", { "aria-hidden": "true" }, cap)]) : null,
      ], ["assignee", "team"]);
    },
    column(name) {
      const { row } = this;
      if (name === "status") return this.cell("vg-c-status", h(StatusPill, { value: row.status }), ["status"]);
      if (name === "sla") return this.cell("vg-c-sla", h(SlaBadge, { sla: row.sla }));
      if (name === "assignee") return this.who();
      if (name === "age") return h(Age, { key: "age", since: row.created });
      if (name === "level") return this.cell("vg-c-level", h(Level, { value: row.level }));
      const text = TEXTS[name](row, this.text) || "\u2013";
      return this.cell("vg-c-text", h("span", { title: text }, text), [name]);
    },
  },
  render() {
    const { row } = this;
    return h("div", {
      class: ["vg-tr", { "vg-is-cursor": this.cursor, "vg-is-fresh": this.fresh, "vg-is-picked": this.picked }], role: "row", "data-id": row.id, "data-ref": row.ref,
      "aria-rowindex": this.index, "aria-selected": this.picked ? "true" : null,
    }, [
      this.pick(),
      this.cell("vg-c-prio", h(PriorityBadge, { value: row.priority }), ["priority"]),
      h("span", { class: "vg-c-title", role: "cell" }, [
        h("a", { href: "/incidents/" + row.ref, title: row.title, tabindex: this.cursor ? 0 : -1 }, row.title),
        h("span", { class: "vg-c-sub" }, [
          h(Reference, { value: row.ref, short: this.dense }),
          flags(row, this.text, true),
          h(Meta, { row, fresh: this.fresh, labels: this.labels }),
          row.comments ? h("span", { class: "vg-c-meta vg-c-comments", title: this.text("board.comments", { n: row.comments }) }, [icon("chat_bubble"), h("span", row.comments)]) : null,
        ]),
      ]),
      this.columns.map(this.column),
    ]);
  },
};

/** The head of a group of `item`: one of the tiers of urgency, a priority, a status, a team, a person or nobody. */
export const GroupHead = {
  props: { item: Object, index: Number, span: Number, labels: Object },
  methods: {
    sign() {
      const { kind, head, of } = this.item;
      if (kind === "urgency") return [head === "unowned" ? priorityGlyph("critical") : slaGlyph(head), h("span", label("sla." + head, {}, this.labels))];
      if (kind === "priority") return [h(PriorityBadge, { value: head })];
      if (kind === "status") return [h(StatusPill, { value: head })];
      return [h(Avatar, { person: kind === "assignee" ? of : null, team: kind === "team" ? of : null, size: 20 }), h("span", of?.name || label(kind === "team" ? "field.no_team" : "field.unassigned", {}, this.labels))];
    },
  },
  render() {
    const { kind, head, count } = this.item;
    return h("div", { class: ["vg-ghead", { ["vg-sla-" + head]: kind === "urgency" }], role: "row", "aria-rowindex": this.index }, [
      h("span", { role: "cell", "aria-colspan": this.span }, [this.sign(), h("b", count)]),
    ]);
  },
};
