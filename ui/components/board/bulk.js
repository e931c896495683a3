// Several rows at once: chosen by X, checkbox or shift-click; each is done by itself, and what was refused stays chosen.
import { icon } from "vigie-kit";
import { h } from "vue";

const OFFERED = [["take", "person_add"], ["assign", "group_add"], ["hold", "pause"], ["resolve", "check_circle"]];
const SHOWN = 6;

export const Bulk = {
  data: () => ({ picked: new Set(), anchor: null, bulk: null }),
  watch: {
    listed(list) {
      if (!this.picked.size) return;
      const here = new Set(list.map((row) => row.id)), kept = [...this.picked].filter((id) => here.has(id));
      if (kept.length !== this.picked.size) this.picked = new Set(kept);
    },
  },
  methods: {
    pick(row, on = !this.picked.has(row.id)) {
      const picked = new Set(this.picked);
      picked[on ? "add" : "delete"](row.id);
      this.picked = picked;
      this.anchor = row.id;
      this.tellPicked();
    },
    /** From the row that was chosen last to this one. */
    pickTo(row) {
      const ids = this.listed.map(({ id }) => id), from = Math.max(0, ids.indexOf(this.anchor ?? this.cursor)), to = ids.indexOf(row.id);
      this.picked = new Set([...this.picked, ...ids.slice(Math.min(from, to), Math.max(from, to) + 1)]);
      this.anchor = row.id;
      this.tellPicked();
    },
    pickAll() {
      this.picked = this.picked.size === this.listed.length ? new Set() : new Set(this.listed.map(({ id }) => id));
      this.tellPicked();
    },
    unpick() { this.picked = new Set(); this.anchor = null; },
    tellPicked() { this.say(this.text("board.picked", { n: this.picked.size })); },
    together(action) {
      if (this.bulk?.running || document.documentElement.classList.contains("vg-is-lost")) return;
      const rows = this.listed.filter((row) => this.picked.has(row.id));
      for (const row of rows) this.acted.add(row.id);
      this.bulk = null;
      this.$emit("bulk", { action, rows: rows.map(({ id, ref, v, status }) => ({ id, ref, v, status })) });
    },
    /** How far it is: {done, refused: [{id, ref, why}], total, over}. */
    progress(state) {
      this.bulk = Object.freeze({ ...state, running: !state.over });
      if (!state.over) return;
      this.picked = new Set(state.refused.map(({ id }) => id));
      this.say(this.outcome());
    },
    outcome() {
      const { done, refused } = this.bulk, parts = [this.text("board.bulk_done", { n: done })];
      if (refused.length) parts.push(this.text("board.bulk_refused", { n: refused.length }));
      return parts.join(", ");
    },
    bulkBar() {
      if (!this.picked.size && !this.bulk) return null;
      const { bulk } = this, reasons = bulk?.over && bulk.refused.length ? bulk.refused : null;
      const close = () => { if (reasons) this.bulk = null; else { this.bulk = null; this.unpick(); } };
      const usable = (action) => this.listed.some((row) => this.picked.has(row.id) && this.may(row, action));
      return h("section", { class: "vg-bulk", "aria-label": this.text("board.bulk") }, [
        reasons ? h("ul", { class: "vg-bulk__why" }, [
          ...reasons.slice(0, SHOWN).map(({ id, ref, why }) => h("li", { key: id }, [h("a", { class: "vg-c-ref", href: "/incidents/" + ref }, ref), h("span", why)])),
          reasons.length > SHOWN ? h("li", { key: "more" }, this.text("board.bulk_more", { n: reasons.length - SHOWN })) : null,
        ]) : null,
        h("div", { class: "vg-bulk__line" }, [
          h("b", { class: "vg-bulk__n" }, bulk?.running ? this.text("board.bulk_running", { done: bulk.done + bulk.refused.length, n: bulk.total }) : bulk ? this.outcome() : this.text("board.picked", { n: this.picked.size })),
          bulk?.running ? h("progress", { max: bulk.total, value: bulk.done + bulk.refused.length, "aria-label": this.text("board.bulk") }) : null,
          !bulk?.running && this.picked.size ? OFFERED.filter(([action]) => usable(action)).map(([action, sign]) => h("button", { key: action, type: "button", class: "vg-btn vg-btn--small", onClick: () => this.together(action) }, [icon(sign), h("span", this.text("action." + action))])) : null,
          bulk?.running ? null : h("button", { type: "button", class: "vg-iconic", "aria-label": this.text(reasons ? "action.close_panel" : "board.unpick"), title: this.text(reasons ? "action.close_panel" : "board.unpick"), onClick: close }, icon("close")),
        ]),
      ]);
    },
    /** Whether the row allows it; resolving includes what has not been started. */
    may(row, action) {
      const allowed = this.actions(row);
      return allowed.includes(action) || (action === "resolve" && allowed.includes("start_and_resolve"));
    },
  },
};
