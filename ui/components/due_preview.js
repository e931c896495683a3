// Until when an incident that is declared now will have to be answered and resolved; follows the server's clock.
import { now, fmtInstant, fmtTarget, label, icon, announce } from "vigie-kit";
import { h } from "vue";

const KINDS = [["response", "sla.respond_before", "reply"], ["resolution", "sla.resolve_before", "task_alt"]];

export default {
  props: { targets: Object, priority: String },
  computed: {
    // Times are shown to the minute, so nothing is drawn more often.
    minute() { return Math.floor(now.value / 60) * 60; },
    dues() {
      const target = this.targets[this.priority];
      return target ? KINDS.map(([kind, text, sign]) => ({ text, sign, target: target[kind], at: fmtInstant(this.minute + target[kind], this.minute) })) : [];
    },
  },
  watch: { priority() { announce(this.dues.map((due) => label(due.text) + " " + due.at).join(", ")); } },
  render() {
    if (!this.dues.length) return h("p", { class: "vg-muted" }, label("sla.preview_empty"));
    return h("div", this.dues.map((due) => h("div", { class: "vg-due" }, [
      h("span", { class: "vg-due__icon" }, [icon(due.sign)]),
      h("div", [h("small", label(due.text)), h("b", due.at)]),
      h("span", { class: "vg-due__target" }, fmtTarget(due.target)),
    ])));
  },
};
