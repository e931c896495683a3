// Whether resolving now meets the SLA, and by how much; says so anew each second.
import { now, slaLeft, slaGlyph, fmtDur, label } from "vigie-kit";
import { h } from "vue";

export default {
  props: { sla: Object, texts: Object },
  render() {
    const left = slaLeft(this.sla, now.value), met = left >= 0;
    const t = fmtDur(Math.abs(left), false);
    return h("div", { class: ["vg-note", met ? "vg-sla-met" : "vg-sla-missed"] }, [
      slaGlyph(met ? "met" : "missed"), h("span", label(met ? "resolve.sla_ok" : "resolve.sla_ko", { t }, this.texts)),
    ]);
  },
};
