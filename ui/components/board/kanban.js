// The incidents as cards in a column for each status. What a drop does is the action's button: where the workflow allows
// it, through its dialog where it asks. Each card has a menu that does the same, so that dragging is never the only way.
import { now, StatusPill, PriorityBadge, SlaBadge, Avatar, statusGlyph, icon, fmtAge, label } from "vigie-kit";
import { h } from "vue";
import { Menu } from "./menu.js";
import { Meta, Reference, flags } from "./row.js";

export const COLUMNS = ["new", "assigned", "in_progress", "on_hold", "resolved"];
const AT_FIRST = 40, MORE = 80, NEAR = 400;

/** « il y a 3 h » ticks without drawing its card. */
const Since = {
  props: { since: Number },
  render() { return h("span", { class: "vg-kcard__age" }, fmtAge(now.value - this.since)); },
};

const Card = {
  props: { row: Object, cursor: Boolean, fresh: Object, busy: Boolean, dragged: Boolean, targets: Array, picked: Boolean, labels: Object },
  emits: ["act", "drag", "pick"],
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    menu() {
      if (!this.targets.length) return null;
      const items = this.targets.map(({ status, action }) => ({ key: action, sign: h(StatusPill, { value: status }), note: this.text("action." + action) }));
      return h(Menu, {
        items, kind: "act", bare: "swap_horiz", floating: true, text: this.text("board.move_to"), name: this.text("board.move_named", { ref: this.row.ref }),
        onPick: (action) => this.$emit("act", this.row, action),
      });
    },
    lit(...fields) { return { "vg-is-lit": this.fresh && fields.some((field) => this.fresh.fields.includes(field)) }; },
  },
  render() {
    const { row } = this, name = row.assignee ? short(row.assignee.name) : row.team?.name;
    const marks = flags(row, this.text, true);
    return h("li", {
      class: ["vg-kcard", { "vg-is-cursor": this.cursor, "vg-is-fresh": this.fresh, "vg-is-dragged": this.dragged, "vg-is-busy": this.busy, "vg-is-picked": this.picked }],
      "data-id": row.id, "data-ref": row.ref, draggable: this.targets.length > 0 && !this.busy,
      onDragstart: (event) => { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", row.ref); this.$emit("drag", row); },
      onDragend: () => this.$emit("drag", null),
    }, [
      h("div", { class: "vg-kcard__top" }, [
        h("span", { class: this.lit("priority") }, h(PriorityBadge, { value: row.priority })),
        row.level ? h("b", { class: "vg-kcard__level", title: this.text("field.level_long") + " " + row.level }, label("unit.level") + (row.level + 1)) : null,
        h(Reference, { value: row.ref, short: true }),
      ]),
      h("a", { class: "vg-kcard__title", href: "/incidents/" + row.ref, title: row.title, draggable: false, tabindex: this.cursor ? 0 : -1 }, row.title),
      h(Meta, { row, fresh: this.fresh, labels: this.labels }),
      marks.length ? h("div", { class: "vg-kcard__flags" }, marks) : null,
      h(SlaBadge, { sla: row.sla, variant: "bar" }),
      h("div", { class: "vg-kcard__foot" }, [
        h(Avatar, { person: row.assignee, team: row.assignee ? null : row.team, size: 22 }),
        h("span", { class: ["vg-who", { "vg-who--none": !name }, this.lit("assignee", "team")], title: row.assignee?.name || name }, name || this.text("field.unassigned")),
        h(Since, { since: row.created }),
        this.menu(),
      ]),
    ]);
  },
};

/** « Claire F. » */
function short(name) {
  const words = name.trim().split(/\s+/);
  return words.length > 1 ? words[0] + " " + words.at(-1)[0] + "." : name;
}

/** `columns`: rows by status; `targetsOf(row)`: [{status, action}] that a card may be moved to. */
export const Kanban = {
  props: {
    columns: Object, closed: Number, more: Number, cursor: Number, fresh: Object, busy: Object, picked: Object, targetsOf: Function, labels: Object,
  },
  emits: ["act", "archive"],
  data: () => ({ drag: null, over: null, shown: {} }),
  watch: {
    // Somebody else moved the card that is in my hand: it is where they put it.
    columns(columns) { if (this.drag && !(columns[this.drag.status] || []).some((row) => row.id === this.drag.id)) this.hold(null); },
  },
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    hold(row) { this.drag = row; this.over = null; },
    action(status) { return this.drag && this.targetsOf(this.drag).find((target) => target.status === status)?.action; },
    drop(event, status) {
      const row = this.drag, action = this.action(status);
      event.preventDefault();
      this.hold(null);
      if (action) this.$emit("act", row, action);
    },
    /** The card of this row is drawn, however far down its column it is. */
    reveal(row) {
      const place = (this.columns[row.status] || []).findIndex((each) => each.id === row.id);
      if (place >= (this.shown[row.status] || AT_FIRST)) this.shown[row.status] = place + AT_FIRST;
    },
    scrolled(event, status, count) {
      const at = event.currentTarget, shown = this.shown[status] || AT_FIRST;
      if (shown < count && at.scrollTop + at.clientHeight > at.scrollHeight - NEAR) this.shown[status] = shown + MORE;
    },
    frame(status) {
      const allowed = Boolean(this.action(status)), own = this.drag?.status === status;
      return {
        class: ["vg-kcol", "vg-st-" + status, { "vg-is-open": allowed, "vg-is-shut": this.drag && !allowed && !own, "vg-is-over": allowed && this.over === status }],
        "data-status": status,
        onDragover: (event) => { if (allowed) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; this.over = status; } },
        onDragleave: (event) => { if (this.over === status && !event.currentTarget.contains(event.relatedTarget)) this.over = null; },
        onDrop: (event) => this.drop(event, status),
      };
    },
    column(status) {
      const rows = this.columns[status] || [], shown = this.shown[status] || AT_FIRST, allowed = Boolean(this.action(status));
      const beyond = status === "resolved" ? this.more : 0, name = label("status." + status);
      return h("section", { key: status, ...this.frame(status), "aria-label": this.text("board.column", { status: name, n: rows.length }) }, [
        h("header", { class: "vg-kcol__head" }, [statusGlyph(status), h("h2", name), h("b", rows.length + beyond)]),
        h("ul", { class: "vg-kcol__body", onScroll: (event) => this.scrolled(event, status, rows.length), tabindex: -1 }, [
          allowed ? h("li", { key: "drop", class: "vg-kdrop", "aria-hidden": "true" }, this.text("board.drop_here")) : null,
          rows.slice(0, shown).map((row) => h(Card, {
            key: row.id, row, cursor: row.id === this.cursor, fresh: this.fresh[row.id], busy: Boolean(this.busy[row.id]), dragged: this.drag?.id === row.id,
            picked: this.picked.has(row.id), targets: this.targetsOf(row), labels: this.labels, onAct: (which, action) => this.$emit("act", which, action), onDrag: this.hold,
          })),
          rows.length || allowed ? null : h("li", { key: "none", class: "vg-kcol__none" }, this.text("board.empty_column")),
          beyond ? h("li", { key: "beyond", class: "vg-kcol__none" }, h("button", { type: "button", class: "vg-link", onClick: () => this.$emit("archive", "resolved") }, this.text("board.to_resolved", { n: beyond }))) : null,
        ]),
      ]);
    },
    strip() {
      const name = label("status.closed"), count = this.closed;
      return h("section", { key: "closed", ...this.frame("closed"), class: [...this.frame("closed").class, "vg-kcol--closed"] }, [
        h("button", { type: "button", class: "vg-kstrip", "aria-label": this.text("board.closed_month", { n: count ?? 0 }), title: this.text("board.closed_month", { n: count ?? 0 }), onClick: () => this.$emit("archive", "closed") }, [
          statusGlyph("closed"), h("b", count ?? "\u2013"), h("span", name),
        ]),
        this.action("closed") ? h("span", { class: "vg-kdrop", "aria-hidden": "true" }, icon("archive")) : null,
      ]);
    },
  },
  render() {
    return h("div", { class: ["vg-kb", { "vg-is-dragging": this.drag }] }, [COLUMNS.map((status) => this.column(status)), this.strip()]);
  },
};
