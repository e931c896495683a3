// A screen that nobody has paired: the code to enter, until somebody has.
import { h, ref } from "vue";
import { label, syncClock, fmtDur, now } from "vigie-kit";
import { reload } from "./keeping.js";

const EVERY = 3000, PATIENCE = 6000;

export const Pairing = {
  props: { address: String },
  setup() {
    const code = ref(""), until = ref(0), silent = ref(false);
    async function ask() {
      try {
        const answer = await fetch("/wall/pairing", { method: "POST", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
        const said = await answer.json();
        if (said.paired) return await reload();
        if (answer.ok) {
          syncClock(said.now);
          code.value = said.code;
          until.value = said.until;
        }
        silent.value = !answer.ok;
      } catch {
        silent.value = true;
      } finally {
        setTimeout(ask, EVERY);
      }
    }
    ask();
    return { code, until, silent };
  },
  render() {
    const address = `${this.address}/admin/displays`.replace(/^https?:\/\//, "");
    return h("main", { class: "vg-wall-pair" }, [
      h("h1", label("wall.pair")),
      h("p", label("wall.pair_sub", { address })),
      h("div", { class: "vg-wall-code", role: "status", "aria-label": this.code }, this.code ? [h("b", this.code.slice(0, 3)), h("b", this.code.slice(3))] : [h("b", "···"), h("b", "···")]),
      h("p", { class: ["vg-wall-pair__foot", { "vg-is-lost": this.silent }] }, this.silent ? label("wall.pair_silent") : this.until ? label("wall.pair_until", { t: fmtDur(Math.max(0, this.until - now.value)) }) : ""),
    ]);
  },
};
