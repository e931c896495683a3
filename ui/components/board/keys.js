// The cursor, single keys and the mouse.
import { nextTick } from "vue";
import { COLUMNS } from "./kanban.js";
import { offset } from "./window.js";

const DIALOG_KEYS = { a: ["assign"], h: ["hold"], r: ["resolve", "start_and_resolve"], e: ["escalate"] }, STEP_KEYS = { i: ["take"], s: ["start", "resume"] };
const TYPING = "input, textarea, select, [contenteditable], dialog, .q-dialog, .q-menu, .vg-menu";

export const Keys = {
  methods: {
    clicked(event) {
      const at = event.target.closest("[data-id]"), row = at && this.listed.find((each) => each.id === Number(at.dataset.id));
      if (!row) return;
      if (event.shiftKey && !event.target.closest("button")) { event.preventDefault(); window.getSelection()?.removeAllRanges(); return this.pickTo(row); }
      this.cursor = row.id;
      if (this.narrow && !event.target.closest("a, button")) this.open(row);
    },
    doubled(event) {
      const row = this.listed.find((each) => each.id === this.cursor);
      if (row && event.target.closest("[data-id]") && !event.target.closest("button")) this.open(row);
    },
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target.closest?.(TYPING) || document.querySelector(".q-dialog, dialog[open]")) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, elsewhere = event.target.closest?.("a, button") && !event.target.closest("[data-id] a");
      const place = this.listed.findIndex((row) => row.id === this.cursor), row = this.listed[place], last = this.listed.length - 1;
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[key];
      const to = step ? place + step : { Home: 0, End: last }[key];
      if (this.inKanban && this.across(key, step, row)) { /* went there */ }
      else if (to !== undefined) this.go(Math.max(0, Math.min(last, to)));
      else if (key === "Escape") { if (!this.shutOne()) return; }
      else if (!row || event.repeat || (key === "Enter" && elsewhere)) return;
      else if (key === "Enter" || key === "o") this.open(row);
      else if (key === " ") { if (elsewhere) return; this.peeking = !this.peeking; }
      else if (key === "x") this.pick(row);
      else if (key === "m" && this.inKanban) this.menuOf(row);
      else if (STEP_KEYS[key] || DIALOG_KEYS[key]) this.step(row, STEP_KEYS[key] || DIALOG_KEYS[key], key in STEP_KEYS);
      else return;
      event.preventDefault();
    },
    picking(row, event) { if (event.shiftKey) this.pickTo(row); else this.pick(row); },
    /** Escape closes what is on top: the panel, then the choice. */
    shutOne() {
      if (this.peeking) this.shut();
      else if (this.picked.size || this.bulk) { this.bulk = null; this.unpick(); }
      else return false;
      return true;
    },
    shut() {
      this.peeking = false;
      this.root()?.querySelector(`[data-id="${this.cursor}"] a`)?.focus({ preventScroll: true });
    },
    /** A restart of the server has loaded the page anew: the cursor is where it was, and the dialog is asked for again. */
    async resume() {
      const { cursor, here } = this.resumed;
      this.resumed = {};
      await nextTick();
      const row = here && this.listed.find((each) => each.id === cursor);
      if (row && document.activeElement === document.body) this.goTo(row);
    },
    reopen(event) {
      const row = this.ready && this.listed.find((each) => each.ref === event.detail.ref);
      if (!row) return;
      event.preventDefault();
      this.step(row, event.detail.ask);
    },
    interrupted({ detail }) {
      const at = document.activeElement;
      detail.board = { cursor: this.cursor, peeking: this.peeking, here: at === document.body || Boolean(at?.closest("[data-id]")) };
    },
    /** A key that is `told`, and does nothing here, is asked of the server all the same: it answers why not. */
    step(row, wanted, told) {
      const action = wanted.find((each) => this.actions(row).includes(each)) || (told && wanted[0]);
      if (action) this.act(row, action);
    },
    go(place) { return this.goTo(this.listed[place], place === 0); },
    /** In the kanban: along a column, or into the next one that has cards. Whether the key was one of these. */
    across(key, step, row) {
      const side = { ArrowLeft: -1, ArrowRight: 1 }[key], edge = { Home: 0, End: -1 }[key];
      if (!step && !side && edge === undefined) return false;
      const cards = (status) => this.columns[status] || [], here = row ? cards(row.status) : [], place = here.indexOf(row);
      let to = step ? here[place + step] : edge !== undefined ? here.at(edge) : null;
      if (side && row) {
        const filled = COLUMNS.filter((status) => cards(status).length), next = cards(filled[filled.indexOf(row.status) + side]);
        to = next[Math.min(place, next.length - 1)];
      }
      if (to) this.goTo(to);
      return true;
    },
    menuOf(row) { this.root().querySelector(`[data-id="${row.id}"] [aria-haspopup=menu]`)?.click(); },
    async goTo(row, first = false) {
      if (!row) return;
      this.cursor = row.id;
      this.$refs.kanban?.reveal(row);
      await nextTick();
      const find = () => this.root()?.querySelector(`[data-id="${row.id}"]`);
      if (!find() && this.$refs.body) { // not drawn: first to where it will be
        const index = this.items.findIndex((item) => item.key === row.id);
        window.scrollTo({ top: window.scrollY + this.$refs.body.getBoundingClientRect().top + offset(this.items, this.height, index) - window.innerHeight / 2 });
        this.top = -this.$refs.body.getBoundingClientRect().top;
        await nextTick();
      }
      find()?.scrollIntoView({ block: first ? "center" : "nearest", inline: "nearest" });
      find()?.querySelector("a").focus({ preventScroll: true });
    },
  },
};
