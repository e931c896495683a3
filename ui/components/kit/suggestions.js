// A list below the composer's text field once something begins a word there; arrows, Enter or Tab choose, Esc leaves.
import { announce } from "vigie-kit";
import { h } from "vue";

export const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
/** Whether a word of `text`, or all of it, begins with the plain `word`. */
export const begins = (text, word) => plain(text).startsWith(word) || plain(text).split(/[\s.'’-]+/).some((part) => part.startsWith(word));

/**
 * What such a component shares: `pattern` finds at the end of the text what is being typed (its last group), `back` is how
 * many signs before it are replaced too, `matches(item, word)` which items are offered, `insert(item)` the text in place.
 * The component has a prop `items` (asked for by "ask") and draws with `this.list(row)`.
 */
export function suggestions({ pattern, back = 0, most, matches, insert }) {
  return {
    props: { items: Array, label: String, some: String },
    emits: ["ask"],
    data() { return { word: null, at: 0, place: null, back }; },
    computed: {
      found() {
        if (this.word === null || !this.items) return [];
        const word = plain(this.word);
        return this.items.filter((item) => matches(item, word)).slice(0, most);
      },
      open() { return this.found.length > 0; },
    },
    watch: {
      found(now, before) {
        this.at = 0;
        if (now.length && now.length !== before.length) announce(this.some);
      },
      open() { this.tell(); },
      at() {
        this.tell();
        this.$nextTick(() => document.getElementById(this.id(this.at))?.scrollIntoView({ block: "nearest" }));
      },
    },
    mounted() {
      this.field = this.$el.closest(".vg-cmp__pane").querySelector("textarea");
      this.field.setAttribute("aria-autocomplete", "list");
      this.field.setAttribute("aria-haspopup", "listbox");
      for (const name of ["input", "click", "keyup"]) this.field.addEventListener(name, this.look);
      this.field.addEventListener("keydown", this.onKey, true);
      this.field.addEventListener("blur", this.close);
      window.addEventListener("scroll", this.onScroll, { passive: true, capture: true });
    },
    unmounted() { window.removeEventListener("scroll", this.onScroll, { capture: true }); },
    methods: {
      close() { this.word = null; },
      onScroll(event) { if (!this.$el.contains(event.target)) this.close(); },
      look(event) {
        if (event.type === "keyup" && !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
        const before = this.field.value.slice(0, this.field.selectionStart);
        const match = this.field.selectionStart === this.field.selectionEnd && pattern.exec(before);
        if (!match) return this.close();
        if (this.word === null) this.$emit("ask");
        this.show(match.at(-1), back);
      },
      show(word, signs) {
        const box = this.field.getBoundingClientRect(), under = Math.min(box.bottom, window.innerHeight - 60);
        this.place = { left: box.left + "px", top: under + 2 + "px", maxWidth: Math.min(box.width, 360) + "px" };
        if (under > window.innerHeight * 0.62) this.place = { ...this.place, top: "auto", bottom: window.innerHeight - box.top + 4 + "px" };
        this.back = signs;
        this.word = word;
      },
      onKey(event) {
        if (!this.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) this.at = (this.at + step + this.found.length) % this.found.length;
        else if (event.key === "Enter" || event.key === "Tab") this.choose(this.found[this.at]);
        else if (event.key === "Escape") this.close();
        else return;
        event.preventDefault(); event.stopPropagation();
      },
      choose(item) {
        const end = this.field.selectionStart, start = end - this.word.length - this.back;
        this.field.setRangeText(insert(item, this.field.value.slice(end)), start, end, "end");
        this.close();
        this.field.dispatchEvent(new Event("input", { bubbles: true }));
        this.close();
        this.field.focus();
      },
      tell() {
        const set = (name, value) => (value ? this.field.setAttribute(name, value) : this.field.removeAttribute(name));
        set("aria-controls", this.open && this.id());
        set("aria-activedescendant", this.open && this.id(this.at));
      },
      id(at) { return "suggested-" + this.$.uid + (at === undefined ? "" : "-" + at); },
      list(row) {
        return !this.open ? null : h("ul", { class: "vg-mentions__list", id: this.id(), role: "listbox", "aria-label": this.label, style: this.place },
          this.found.map((item, at) => h("li", {
            id: this.id(at), role: "option", "aria-selected": String(at === this.at), key: at,
            onMousedown: (event) => { event.preventDefault(); this.choose(item); },
          }, row(item))));
      },
    },
  };
}
