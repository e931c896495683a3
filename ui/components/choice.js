// One of a few, as cards or as pills: a group of radio buttons where the arrows move and choose.
import { icon, priorityGlyph } from "vigie-kit";
import { h } from "vue";

const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export default {
  props: { value: String, options: Array, cards: Boolean, optional: Boolean },
  emits: ["update:value"],
  data() { return { chosen: this.value }; },
  computed: {
    // The one that Tab leads to.
    stop() { return Math.max(0, this.options.findIndex((option) => option.value === this.chosen)); },
  },
  methods: {
    // The server has set the value; the prop alone would not show it where it is what it was before people chose.
    updateValue() { this.chosen = this.value; },
    choose(value) {
      if (this.options.find((option) => option.value === value).disabled) return;
      if (value === this.chosen && !this.optional) return;
      this.chosen = value === this.chosen ? null : value;
      this.$emit("update:value", this.chosen);
    },
    onKey(event, at) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const count = this.options.length;
      const to = event.key in STEP ? (at + STEP[event.key] + count) % count : { Home: 0, End: count - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.$el.children[to].focus();
      if (this.options[to].value !== this.chosen) this.choose(this.options[to].value);
    },
    focus() { this.$el.children[this.stop].focus(); },
    card(option, id) {
      return [
        option.priority ? h("span", { class: "vg-prio" }, [priorityGlyph(option.value), h("span", { id }, option.label)])
          : h("b", [option.icon ? icon(option.icon) : null, h("span", { id }, option.label)]),
        h("small", { id: id + "-help" }, [option.help, option.example ? h("em", option.example) : null]),
        option.foot ? h("span", { class: "vg-opt__foot", id: id + "-foot" }, option.foot) : null,
      ];
    },
  },
  render() {
    const radios = this.options.map((option, at) => {
      const id = this.$attrs.id + "-" + option.value;
      return h("button", {
        type: "button", role: "radio", "aria-checked": String(option.value === this.chosen), "aria-disabled": option.disabled ? "true" : undefined, tabindex: at === this.stop ? 0 : -1,
        class: this.cards ? ["vg-opt", option.priority ? "vg-opt--prio vg-pr-" + option.value : ""] : "vg-pick",
        "aria-labelledby": id, "aria-describedby": this.cards ? id + "-help" + (option.foot ? " " + id + "-foot" : "") : undefined,
        onClick: () => this.choose(option.value), onKeydown: (event) => this.onKey(event, at),
      }, this.cards ? this.card(option, id) : [option.icon ? icon(option.icon) : null, h("span", { id }, option.label)]);
    });
    return h("div", { role: "radiogroup" }, radios);
  },
};
