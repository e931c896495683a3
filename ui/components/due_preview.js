// Until when an incident that is declared now will have to be answered and resolved; follows the server's clock.
import { now, slaDue, fmtInstant, fmtTarget, label, icon, announce } from "vigie-kit";
import { h } from "vue";

const KINDS = [["response", "sla.respond_before", "reply"], ["resolution", "sla.resolve_before", "task_alt"]];

export default {
  props: { targets: Object, priority: String },
  computed: {
    target() { return this.targets[this.priority]; },
    // From this second on, as the record will be: a minute may lie before the office closes, or after. As one string,
    // so that nothing is drawn more often than it changes; empty without a priority, and until its hours are here.
    instants() {
      const at = now.value, dues = this.target ? KINDS.map(([kind]) => slaDue(this.target.hours, this.target[kind], at)) : [];
      return dues.includes(null) ? "" : dues.map((due) => fmtInstant(due, at)).join("\n");
    },
    dues() {
      const instants = this.instants.split("\n");
      return KINDS.map(([kind, text, sign], n) => ({ text, sign, target: this.target?.[kind], at: instants[n] || "…" }));
    },
    // What is chosen and known; not what time does to it.
    said() { return this.instants && this.priority; },
  },
  watch: { said(priority) { if (priority) announce(this.dues.map((due) => label(due.text) + " " + due.at).join(", ")); } },
  render() {
    if (!this.target) return h("p", { class: "vg-muted" }, label("sla.preview_empty"));
    return h("div", this.dues.map((due) => h("div", { class: "vg-due" }, [
      h("span", { class: "vg-due__icon" }, [icon(due.sign)]),
      h("div", [h("small", label(due.text)), h("b", due.at)]),
      h("span", { class: "vg-due__target" }, fmtTarget(due.target)),
    ])));
  },
};
