// One incident of the list, and the head of a group. A row is drawn again only when it changed; its countdown by itself.
import { now, StatusPill, PriorityBadge, SlaBadge, Avatar, Level, priorityGlyph, slaGlyph, icon, fmtAge, fmtInstant, label } from "vigie-kit";
import { h } from "vue";

const CATEGORY_ICONS = { hardware: "memory", software: "deployed_code", network: "lan", access: "key", other: "more_horiz" };
const ITEM_ICONS = { assets: "dns", applications: "deployed_code" };
const QUICK = { take: ["action.take", "I"], start: ["action.start_short", "S"], resume: ["action.resume", "S"] };

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
    if (row.item) return h("span", { class: "vg-c-meta" }, [icon(ITEM_ICONS[row.item.kind]), h("span", row.item.name)]);
    return h("span", { class: "vg-c-meta" }, [icon(CATEGORY_ICONS[row.category]), h("span", text("category." + row.category))]);
  },
};

/** « À prendre par Support N2 depuis 25 min » ticks without drawing its row. */
const Unclaimed = {
  props: { team: String, since: Number, text: Function },
  render() {
    const t = fmtAge(now.value - this.since);
    return h("span", { class: "vg-flag vg-flag--claim" }, [icon("front_hand"), h("span", this.text(this.team ? "board.unclaimed_by" : "board.unclaimed", { team: this.team, t }))]);
  },
};

/** What somebody should see to: an answer to look at, a hand-over that nobody has taken. */
export function flags(row, text) {
  return [
    row.review ? h("span", { key: "review", class: "vg-flag" }, [icon("mark_chat_unread"), h("span", text("board.review"))]) : null,
    row.unclaimed_since != null ? h(Unclaimed, { key: "claim", team: row.team?.name, since: row.unclaimed_since, text }) : null,
  ].filter(Boolean);
}

export const Row = {
  props: { row: Object, index: Number, cursor: Boolean, fresh: Object, busy: Boolean, quick: String, labels: Object },
  emits: ["act"],
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    lit(...fields) { return { "vg-is-lit": this.fresh && fields.some((field) => this.fresh.fields.includes(field)) }; },
    cell(cls, kids, fields = []) { return h("span", { class: [cls, this.lit(...fields)], role: "cell" }, kids); },
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
  },
  render() {
    const { row } = this;
    return h("div", {
      class: ["vg-tr", { "vg-is-cursor": this.cursor, "vg-is-fresh": this.fresh }], role: "row", "data-id": row.id, "data-ref": row.ref,
      "aria-rowindex": this.index,
    }, [
      this.cell("vg-c-prio", h(PriorityBadge, { value: row.priority }), ["priority"]),
      h("span", { class: "vg-c-title", role: "cell" }, [
        h("a", { href: "/incidents/" + row.ref, title: row.title, tabindex: this.cursor ? 0 : -1 }, row.title),
        h("span", { class: "vg-c-sub" }, [
          h("span", { class: "vg-c-ref" }, row.ref),
          h(Meta, { row, fresh: this.fresh, labels: this.labels }),
          flags(row, this.text),
          row.comments ? h("span", { class: "vg-c-meta vg-c-comments", title: this.text("board.comments", { n: row.comments }) }, [icon("chat_bubble"), h("span", row.comments)]) : null,
        ]),
      ]),
      this.cell("vg-c-status", h(StatusPill, { value: row.status }), ["status"]),
      h("span", { class: "vg-c-sla", role: "cell" }, h(SlaBadge, { sla: row.sla })),
      this.who(),
      h(Age, { since: row.created }),
      h("span", { class: "vg-c-level", role: "cell" }, h(Level, { value: row.level })),
    ]);
  },
};

/** `head` is one of the tiers of urgency. */
export const GroupHead = {
  props: { head: String, count: Number, index: Number },
  render() {
    const glyph = this.head === "unowned" ? priorityGlyph("critical") : slaGlyph(this.head);
    return h("div", { class: ["vg-ghead", "vg-sla-" + this.head], role: "row", "aria-rowindex": this.index }, [
      h("span", { role: "cell", "aria-colspan": 7 }, [glyph, h("span", label("sla." + this.head)), h("b", this.count)]),
    ]);
  },
};
