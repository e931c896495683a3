// The badges of the kit for pages made in Python: one small element for each sign.
import { StatusPill, PriorityBadge, Avatar, Level, SlaBadge, statusGlyph, priorityGlyph, slaGlyph, now, fmtAge, fmtDur } from "vigie-kit";
import { h } from "vue";

const sign = (cls, glyph) => h("span", { class: "vg-sign " + cls }, [glyph]);
const DRAW = {
  status: (p) => h(StatusPill, { value: p.value }),
  priority: (p) => h(PriorityBadge, { value: p.value, boxed: p.boxed }),
  avatar: (p) => h(Avatar, { person: p.person, team: p.team, size: p.size }),
  level: (p) => h(Level, { value: p.value }),
  sla: (p) => h(SlaBadge, { sla: p.sla, variant: p.variant }),
  age: (p) => h("span", { class: "vg-num" }, fmtAge(now.value - p.value)),
  lasting: (p) => h("span", { class: "vg-num" }, fmtDur(now.value - p.value, false)),
  status_glyph: (p) => sign("vg-st-" + p.value, statusGlyph(p.value)),
  priority_glyph: (p) => sign("vg-pr-" + p.value, priorityGlyph(p.value)),
  sla_glyph: (p) => sign("vg-sla-" + p.value, slaGlyph(p.value)),
};
export default {
  props: { what: String, value: [String, Number], boxed: Boolean, person: Object, team: Object, size: { type: Number, default: 24 }, sla: Object, variant: { type: String, default: "ring" } },
  render() { return DRAW[this.what](this.$props); },
};
