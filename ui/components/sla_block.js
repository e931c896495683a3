// One SLA on the incident page: state in words, big countdown, bar, due or reached time, target.
import { now, slaState, slaShare, slaLeft, slaReopens, slaGlyph, slaBar, fmtDur, fmtInstant, fmtTarget, label } from "vigie-kit";
import { h } from "vue";

export default {
  props: { sla: Object },
  render() {
    const sla = this.sla, at = now.value, state = slaState(sla, at), left = slaLeft(sla, at);
    const reopens = slaReopens(sla, at);
    const over = state === "breached" || state === "missed", done = state === "met" || state === "missed";
    const foot = done ? label("sla.done_at", { at: fmtInstant(sla.met, at) }) : label("sla.due", { at: fmtInstant(sla.due, at) });
    return h("div", { class: ["vg-slab", "vg-sla-" + state], role: "group", "aria-label": label("sla." + sla.kind) }, [
      h("div", { class: "vg-slab__head" }, [
        h("span", { class: "vg-slab__name" }, label("sla." + sla.kind)),
        h("span", { class: "vg-slab__state" }, [slaGlyph(state), label("sla." + state + "_long")]),
      ]),
      h("div", { class: "vg-slab__time" }, [
        h("b", { role: "timer" }, fmtDur(Math.abs(left), !done)),
        h("span", label(over ? "sla.late" : state === "met" ? "sla.early" : "sla.remaining")),
      ]),
      slaBar(state, slaShare(sla, at)),
      reopens ? h("div", { class: "vg-slab__closed" }, label("sla.closed_until", { at: fmtInstant(reopens, at) })) : null,
      h("div", { class: "vg-slab__foot" }, [
        h("span", state === "paused" ? label("sla.paused") : foot),
        h("span", label("sla.target", { t: fmtTarget(sla.target_s) })),
      ]),
    ]);
  },
};
