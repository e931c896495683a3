// An incident from the foot of the screen, above the list: fetched when it opens and again when it changes.
import { StatusPill, PriorityBadge, Level, SlaBadge, icon } from "vigie-kit";
import { h } from "vue";
import { Peek } from "vigie-board/peek.js";
import { FORMS } from "./forms.js";
import { STEP_ICONS, stepButton, Waiting } from "./card.js";

/** `row` is the incident as the list has it, or only its reference; `offered` what may be done as far as the list knows. */
export const Sheet = {
  extends: Peek,
  props: { me: Number, step: String, offered: Array, entry: Object, terms: Object, take: Boolean },
  emits: ["send", "drop"],
  data: () => ({ asking: null, choosing: false }),
  mounted() { this.$refs.box.showModal(); },
  updated() { if (this.take && !this.focused) { const at = this.$refs.box.querySelector("[data-take]"); if (at) { this.focused = true; at.focus(); } } },
  methods: {
    /** What may be done: the server's word once it is here. */
    can() { return this.found?.actions || this.offered; },
    first() {
      const { found } = this;
      if (this.step || !found) return this.step;
      return !found.assignee && found.actions.includes("take") ? "take" : null;
    },
    begin(action) {
      this.choosing = false;
      if (action in FORMS) this.asking = action;
      else if (["assign", "escalate", "reopen"].includes(action)) window.location.assign(`/incidents/${this.row.ref}?do=${action}`);
      else this.send(this.row, action, {});
    },
    send(row, action, fields) {
      this.$emit("send", { ...row, v: this.found?.v ?? row.v }, action, fields);
      this.asking = null;
      if (action !== "comment") this.$emit("close");
    },
    head() {
      const title = this.asking ? this.text(this.asking === "comment" ? "phone.comment" : "action." + this.asking) : this.row.ref;
      return h("div", { class: "vg-msheet__head" }, [
        this.asking ? h("button", { type: "button", class: "vg-mround", "aria-label": this.text("action.back"), onClick: () => { this.asking = null; } }, icon("arrow_back")) : null,
        h("span", { class: ["vg-msheet__ref", { "vg-msheet__ref--words": this.asking }], id: "vg-msheet-name" }, title),
        h("button", { type: "button", class: "vg-mround", "aria-label": this.text("action.close_panel"), onClick: () => this.$emit("close") }, icon("close")),
      ]);
    },
    /** As the list has it, until the server answers or when it does not. */
    known() {
      const { row } = this;
      if (!row.title) return this.broken ? null : h("span", { class: "vg-skeleton", style: { height: "120px" } });
      return [
        h("div", { class: "vg-peek__codes" }, [h(PriorityBadge, { value: row.priority, boxed: true }), h(StatusPill, { value: row.status }), h(Level, { value: row.level }), h(SlaBadge, { sla: row.sla })]),
        h("h2", { class: "vg-peek__title" }, row.title),
        this.broken ? null : h("span", { class: "vg-skeleton", style: { height: "90px" } }),
      ];
    },
    away() { return this.broken ? h("div", { class: "vg-note", role: "status" }, [icon("cloud_off"), h("span", this.text("phone.details_away"))]) : null; },
    menu() {
      const first = this.first(), rest = ["comment", ...this.can().filter((action) => action !== first)];
      const item = (action) => h("button", { key: action, type: "button", class: "vg-mitem", onClick: () => this.begin(action) }, [icon(action === "comment" ? "add_comment" : STEP_ICONS[action]), h("span", action === "comment" ? this.text("phone.comment") : this.text("action." + action))]);
      return h("div", { class: "vg-mmenu", id: "vg-mmenu" }, [
        rest.map(item),
        h("a", { class: "vg-mitem", href: "/incidents/" + this.row.ref }, [icon("open_in_full"), h("span", this.text("phone.whole"))]),
      ]);
    },
    foot() {
      if (this.entry?.waiting) return h("div", { class: "vg-msheet__foot" }, h(Waiting, { entry: this.entry, labels: this.labels, onDrop: (gone) => this.$emit("drop", gone) }));
      const step = this.first(), now = this.take && step === "take";
      return h("div", { class: "vg-msheet__foot" }, [
        step ? stepButton(step, this.text(now ? "phone.take_now" : "action." + step), { disabled: Boolean(this.entry), "data-take": now ? "" : null, onClick: () => this.begin(step) })
          : h("button", { type: "button", class: "vg-mstep vg-mstep--soft", onClick: () => this.begin("comment") }, [icon("add_comment"), h("span", this.text("phone.comment"))]),
        h("button", { type: "button", class: "vg-mmore", "aria-label": this.text("action.more"), "aria-expanded": String(this.choosing), "aria-controls": "vg-mmenu", onClick: () => { this.choosing = !this.choosing; } }, icon("more_horiz")),
      ]);
    },
  },
  render() {
    const { found, row } = this;
    const inside = this.asking
      ? h(FORMS[this.asking], { key: this.asking, me: this.me, row: { ...row, requester: found?.requester }, action: this.asking, facts: this.terms, labels: this.labels, onSend: this.send })
      : [h("div", { class: "vg-peek__body", tabindex: 0, role: "region", "aria-labelledby": "vg-msheet-name" }, [this.away(), found ? this.body(found) : this.known()]), this.choosing ? this.menu() : null, this.foot()];
    return h("dialog", {
      ref: "box", class: "vg-msheet vg-peek", "aria-labelledby": "vg-msheet-name",
      onCancel: (event) => { event.preventDefault(); if (this.asking || this.choosing) { this.asking = null; this.choosing = false; } else this.$emit("close"); },
      onClick: (event) => { if (event.target === this.$refs.box) this.$emit("close"); },
    }, [h("div", { class: "vg-msheet__grip", "aria-hidden": "true" }), this.head(), inside]);
  },
};
