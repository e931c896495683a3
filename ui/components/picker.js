// One of many, as lines that a search narrows, and as pills below: radio buttons where the arrows move and choose.
import { Avatar, icon } from "vigie-kit";
import { h } from "vue";

const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const BARS = [1, 2, 3, 4, 5, 6];
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export default {
  props: { value: String, lines: Array, pills: Array, label: String, pillsLabel: String, search: String, nothing: String },
  emits: ["update:value"],
  data() { return { chosen: this.value, words: "" }; },
  watch: { value(next) { this.chosen = next; } },
  computed: {
    found() { return this.narrowed(this.lines); },
    foundPills() { return this.narrowed(this.pills); },
  },
  methods: {
    narrowed(picks) {
      const words = plain(this.words).split(/\s+/).filter(Boolean);
      return picks.filter((pick) => words.every((word) => plain(pick.label + " " + pick.sub).includes(word)));
    },
    choose(value) { this.chosen = value; this.$emit("update:value", value); },
    radios() { return [...this.$el.querySelectorAll("[role=radio]")]; },
    onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in STEP)) return;
      const radios = this.radios(), to = radios.indexOf(event.target) + STEP[event.key];
      if (this.search && to < 0) { event.preventDefault(); return this.$refs.search.focus(); }
      const next = radios[(to + radios.length) % radios.length];
      event.preventDefault(); next.focus(); next.click();
    },
    onSearchKey(event) {
      if (event.key !== "ArrowDown" && event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
      const first = this.radios()[0];
      if (!first) return;
      event.preventDefault(); first.click();
      if (event.key === "ArrowDown") first.focus();
    },
    focus() { (this.$refs.search || this.radios()[0])?.focus(); },
    radio(pick, cls, at, kids) {
      const on = pick.value === this.chosen;
      const stop = on || (at === 0 && !this.narrowed([...this.lines, ...this.pills]).some((each) => each.value === this.chosen));
      return h("button", {
        type: "button", role: "radio", class: cls, "aria-checked": String(on), tabindex: stop ? 0 : -1, key: pick.value,
        onClick: () => this.choose(pick.value), onKeydown: this.onKey,
      }, kids);
    },
    line(pick, at) {
      return this.radio(pick, "vg-person", at, [
        h(Avatar, { person: pick.person, team: pick.team, size: 32 }),
        h("span", { class: "vg-person__text" }, [h("b", pick.label), h("small", pick.sub)]),
        pick.tag ? h("span", { class: "vg-tag" }, [icon("open_in_new"), pick.tag]) : null,
        pick.load === null ? null : h("span", { class: "vg-load" }, [
          h("u", { "aria-hidden": "true" }, BARS.map((n) => h("i", { class: { "vg-is-on": n <= pick.load } }))), h("span", pick.load_label),
        ]),
      ]);
    },
    pill(pick, at) {
      return this.radio(pick, "vg-pick", this.found.length ? -1 : at, [h(Avatar, { team: pick.team, size: 22 }), h("span", pick.label)]);
    },
  },
  render() {
    const group = (label, cls, kids) => kids.length ? [
      h("div", { class: "vg-people__head", "aria-hidden": "true" }, label), h("div", { class: cls, role: "group", "aria-label": label }, kids),
    ] : [];
    const searching = this.search ? h("input", {
      ref: "search", class: "vg-input", type: "search", placeholder: this.search, "aria-label": this.search, autocomplete: "off", spellcheck: "false",
      autofocus: true, value: this.words, onInput: (event) => { this.words = event.target.value; }, onKeydown: this.onSearchKey,
    }) : null;
    return h("div", { role: "radiogroup", "aria-label": this.label }, [
      searching,
      ...group(this.label, "vg-people", this.found.map(this.line)),
      ...group(this.pillsLabel, "vg-picks", this.foundPills.map(this.pill)),
      this.found.length || this.foundPills.length ? null : h("p", { class: "vg-muted vg-people__none", role: "status" }, this.nothing),
    ]);
  },
};
