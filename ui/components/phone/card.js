// One incident as a card: what it is, and one button that is as wide as a thumb can miss.
import { now, StatusPill, PriorityBadge, SlaBadge, Level, Avatar, icon, fmtAge, label } from "vigie-kit";
import { h } from "vue";
import { flags, Meta } from "vigie-board/row.js";

export const STEP_ICONS = { take: "person_add", start: "play_arrow", take_and_start: "fast_forward", resume: "play_arrow", resolve: "check_circle", start_and_resolve: "task_alt", hold: "pause", close: "archive", reopen: "restart_alt", assign: "group_add", escalate: "stairs" };
const SOFT = ["resolve", "resume", "start_and_resolve", "hold", "close"];

/** The step that follows for the viewer; null on what is somebody else's. */
export function nextStep(row, me, allowed) {
  if (!row.assignee) return allowed.includes("take") ? "take" : null;
  if (row.assignee.id !== me) return null;
  return ["start", "resolve", "resume"].filter((step) => row.status !== "on_hold" || step !== "resolve").find((step) => allowed.includes(step)) || null;
}
/** The big button of a step. */
export function stepButton(step, text, props) {
  return h("button", { type: "button", ...props, class: ["vg-mstep", { "vg-mstep--soft": SOFT.includes(step) }, props.class] }, [icon(STEP_ICONS[step]), h("span", text)]);
}
/** What was done here and has not reached the server. */
export const Waiting = {
  props: { entry: Object, labels: Object },
  emits: ["drop"],
  render() {
    const text = (key, params) => label(key, params, this.labels);
    return h("div", { class: "vg-mwait", role: "status" }, [
      icon("cloud_off"),
      h("span", [h("b", text(this.entry.action === "comment" ? "phone.comment" : this.entry.action === "release" ? "action.undo" : "action." + this.entry.action)), h("span", text("phone.waiting"))]),
      h("button", { type: "button", class: "vg-mwait__drop", onClick: (event) => { event.stopPropagation(); this.$emit("drop", this.entry); } }, text("phone.do_not_send")),
    ]);
  },
};
const Since = { props: { at: Number, labels: Object }, render() { return h("span", label("phone.ago", { t: fmtAge(now.value - this.at) }, this.labels)); } };

export const Card = {
  props: { row: Object, step: String, entry: Object, fresh: Boolean, named: Boolean, labels: Object },
  emits: ["act", "open", "drop"],
  methods: { text(key, params) { return label(key, params, this.labels); } },
  render() {
    const { row, step, entry } = this;
    return h("article", {
      class: ["vg-mcard", { "vg-is-fresh": this.fresh }], "data-id": row.id, "data-ref": row.ref,
      onClick: (event) => { if (!event.target.closest("a, button")) this.$emit("open", row); },
    }, [
      h("div", { class: "vg-mcard__codes" }, [
        h(PriorityBadge, { value: row.priority, boxed: true }),
        row.assignee || row.team || row.status !== "new" ? h(StatusPill, { value: row.status }) : null,
        h(SlaBadge, { sla: row.sla }),
      ]),
      h("h2", { class: "vg-mcard__title" }, h("a", { href: "#" + row.ref, onClick: (event) => { event.preventDefault(); this.$emit("open", row); } }, row.title)),
      h("div", { class: "vg-mcard__meta" }, [
        flags(row, this.text, true),
        h(Meta, { row, fresh: null, labels: this.labels }),
        row.impact ? h("span", this.text("impact." + row.impact)) : null,
        h(Since, { at: row.created, labels: this.labels }),
        row.level ? h(Level, { value: row.level }) : null,
        this.named && (row.assignee || row.team) ? h("span", { class: "vg-mcard__who" }, [h(Avatar, { person: row.assignee, team: row.assignee ? null : row.team, size: 20 }), h("span", row.assignee?.name || row.team.name)]) : null,
      ]),
      entry?.waiting ? h(Waiting, { entry, labels: this.labels, onDrop: (gone) => this.$emit("drop", gone) })
        : step ? stepButton(step, this.text("action." + step), { disabled: Boolean(entry), "aria-busy": entry ? "true" : null, "aria-label": `${this.text("action." + step)}, ${row.ref}`, onClick: () => this.$emit("act", row, step) }) : null,
    ]);
  },
};
