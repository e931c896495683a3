// One of many as lines that a search narrows, and where there are pills, one of them besides or instead: radio buttons
// where the arrows move and choose. With pills, pressing what is chosen lets it go.
import { Avatar, icon } from "vigie-kit";
import { h } from "vue";

const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const BARS = [1, 2, 3, 4, 5, 6];
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export default {
  props: {
    value: Array, lines: Array, pills: Array, label: String, pillsLabel: String, pillsBeside: String, search: String, nothing: String,
  },
  emits: ["update:value"],
  data() { return { line: this.value[0], pill: this.value[1], words: "" }; },
  watch: { value(next) { [this.line, this.pill] = next; } },
  computed: {
    found() { return this.narrowed(this.lines); },
    // Whoever searched for a person still wants to see the teams.
    foundPills() {
      const found = this.narrowed(this.pills);
      return found.length || !this.line ? found : this.pills;
    },
    // The pill that the chosen line brings along, unless another is chosen.
    brought() { return this.lines.find((each) => each.value === this.line)?.brings || null; },
  },
  methods: {
    narrowed(picks) {
      const words = plain(this.words).split(/\s+/).filter(Boolean);
      return picks.filter((pick) => words.every((word) => plain(pick.label + " " + pick.sub).includes(word)));
    },
    isOn(pick) { return pick.value === this.line || pick.value === (this.pill || this.brought); },
    set(pick, to) {
      this[this.pills.includes(pick) ? "pill" : "line"] = to;
      this.$emit("update:value", [this.line, this.pill]);
    },
    // The second half of a double click takes nothing back.
    press(pick, event) {
      const again = pick.value === this.line || pick.value === this.pill;
      if (!again) this.set(pick, pick.value);
      else if (this.pills.length && event.detail < 2) this.set(pick, null);
    },
    radios(within) { return [...(within || this.$el).querySelectorAll("[role=radio]")]; },
    pickOf(radio) { return [...this.lines, ...this.pills].find((pick) => pick.value === radio.dataset.value); },
    onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in STEP)) return;
      const radios = this.radios(event.target.closest("[role=radiogroup]")), to = radios.indexOf(event.target) + STEP[event.key];
      event.preventDefault();
      if (this.search && to < 0 && radios[0] === this.radios()[0]) return this.$refs.search.focus();
      const next = radios[(to + radios.length) % radios.length], pick = this.pickOf(next);
      next.focus(); this.set(pick, pick.value);
    },
    onSearchKey(event) {
      if (event.key !== "ArrowDown" && event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
      const first = this.radios()[0];
      if (!first) return;
      event.preventDefault();
      const pick = this.pickOf(first);
      this.set(pick, pick.value);
      if (event.key === "ArrowDown") first.focus();
    },
    focus() { (this.$refs.search || this.radios()[0])?.focus(); },
    radio(pick, cls, at, all, kids) {
      const on = this.isOn(pick), stop = on || (at === 0 && !all.some(this.isOn));
      return h("button", {
        type: "button", role: "radio", class: cls, "aria-checked": String(on), tabindex: stop ? 0 : -1, key: pick.value, "data-value": pick.value,
        onClick: (event) => this.press(pick, event), onKeydown: this.onKey,
      }, kids);
    },
    tag(pick) { return pick.tag ? h("span", { class: "vg-tag" }, [icon("open_in_new"), pick.tag]) : null; },
    lineOf(pick, at) {
      return this.radio(pick, "vg-person", at, this.found, [
        h(Avatar, { person: pick.person, team: pick.team, size: 32 }),
        h("span", { class: "vg-person__text" }, [h("b", pick.label), h("small", pick.sub)]),
        this.tag(pick),
        pick.load === null ? null : h("span", { class: "vg-load" }, [
          h("u", { "aria-hidden": "true" }, BARS.map((n) => h("i", { class: { "vg-is-on": n <= pick.load } }))), h("span", pick.load_label),
        ]),
      ]);
    },
    pillOf(pick, at) {
      return this.radio(pick, "vg-pick", at, this.foundPills, [h(Avatar, { team: pick.team, size: 22 }), h("span", pick.label), this.tag(pick)]);
    },
    group(label, cls, kids) {
      return kids.length ? [
        h("div", { class: "vg-people__head", "aria-hidden": "true" }, label), h("div", { class: cls, role: "radiogroup", "aria-label": label }, kids),
      ] : [];
    },
  },
  render() {
    const searching = this.search ? h("input", {
      ref: "search", class: "vg-input", type: "search", placeholder: this.search, "aria-label": this.search, autocomplete: "off", spellcheck: "false",
      autofocus: true, value: this.words, onInput: (event) => { this.words = event.target.value; }, onKeydown: this.onSearchKey,
    }) : null;
    return h("div", { role: "group", "aria-label": this.label }, [
      searching,
      ...this.group(this.label, "vg-people", this.found.map(this.lineOf)),
      ...this.group(this.line ? this.pillsBeside : this.pillsLabel, "vg-picks", this.foundPills.map(this.pillOf)),
      this.found.length || this.foundPills.length ? null : h("p", { class: "vg-muted vg-people__none", role: "status" }, this.nothing),
    ]);
  },
};
