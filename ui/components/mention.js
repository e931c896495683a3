// Whom to mention: a list below the text field once an @ begins a word there; arrows, Enter or Tab choose, Esc leaves.
import { Avatar, announce } from "vigie-kit";
import { h } from "vue";

const WORD = /(^|[^\w@./+-])@([\w.-]*)$/;
const MOST = 6;
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export default {
  props: { people: Array, label: String, some: String },
  emits: ["ask"],
  data() { return { word: null, at: 0, place: null }; },
  computed: {
    found() {
      if (this.word === null || !this.people) return [];
      const word = plain(this.word);
      const begins = (text) => plain(text).split(/[\s.-]+/).some((part) => part.startsWith(word)) || plain(text).startsWith(word);
      return this.people.filter((each) => begins(each.login) || begins(each.name)).slice(0, MOST);
    },
    open() { return this.found.length > 0; },
  },
  watch: {
    found(now, before) {
      this.at = 0;
      if (now.length && now.length !== before.length) announce(this.some);
    },
    open() { this.tell(); },
    at() { this.tell(); },
  },
  mounted() {
    this.field = this.$el.closest(".vg-cmp__pane").querySelector("textarea");
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-haspopup", "listbox");
    for (const name of ["input", "click", "keyup"]) this.field.addEventListener(name, this.look);
    this.field.addEventListener("keydown", this.onKey, true);
    this.field.addEventListener("blur", this.close);
    window.addEventListener("scroll", this.close, { passive: true, capture: true });
  },
  unmounted() { window.removeEventListener("scroll", this.close, { capture: true }); },
  methods: {
    close() { this.word = null; },
    look(event) {
      if (event.type === "keyup" && !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
      const before = this.field.value.slice(0, this.field.selectionStart);
      const match = this.field.selectionStart === this.field.selectionEnd && WORD.exec(before);
      if (!match) return this.close();
      if (!this.people) this.$emit("ask");
      const box = this.field.getBoundingClientRect(), under = Math.min(box.bottom, window.innerHeight - 60);
      this.place = { left: box.left + "px", top: under + 2 + "px", maxWidth: Math.min(box.width, 360) + "px" };
      if (under > window.innerHeight * 0.62) this.place = { ...this.place, top: "auto", bottom: window.innerHeight - box.top + 4 + "px" };
      this.word = match[2];
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
    choose(person) {
      const end = this.field.selectionStart, start = end - this.word.length;
      const after = this.field.value.slice(end), gap = /^\s/.test(after) ? "" : " ";
      this.close();
      this.field.setRangeText(person.login + gap, start, end, "end");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
      this.field.focus();
    },
    tell() {
      const set = (name, value) => (value ? this.field.setAttribute(name, value) : this.field.removeAttribute(name));
      set("aria-controls", this.open && this.id());
      set("aria-activedescendant", this.open && this.id(this.at));
    },
    id(at) { return "mention-" + this.$.uid + (at === undefined ? "" : "-" + at); },
  },
  render() {
    return h("div", { class: "vg-mentions" }, this.open ? [
      h("ul", { class: "vg-mentions__list", id: this.id(), role: "listbox", "aria-label": this.label, style: this.place },
        this.found.map((person, at) => h("li", {
          id: this.id(at), role: "option", "aria-selected": String(at === this.at), key: person.login,
          onMousedown: (event) => { event.preventDefault(); this.choose(person); },
        }, [h(Avatar, { person, size: 26 }), h("b", person.name), h("span", "@" + person.login)]))),
    ] : []);
  },
};
