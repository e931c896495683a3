// A chip, or with `bare` an icon, that opens a menu: several choices ("many"), one of them ("one"), or things to do ("act").
import { icon } from "vigie-kit";
import { h, nextTick } from "vue";

const ROLES = { many: "menuitemcheckbox", one: "menuitemradio", act: "menuitem" };
const SIGNS = { many: ["check_box_outline_blank", "check_box"], one: ["radio_button_unchecked", "radio_button_checked"] };

/** `items`: {key, text, kind or that of the menu, sign (a vnode) or null, icon (of one to do), note (beside a sign), checked, head: a line above it}. A `floating` menu
 * stands over what would cut it off, until something scrolls; `two` columns for a long one. `lead`: what stands before the text where there is room. */
export const Menu = {
  props: { text: String, items: Array, kind: { type: String, default: "many" }, sign: String, dashed: Boolean, on: Boolean, clear: String, opened: Boolean, end: Boolean, bare: String, name: String, lead: String, floating: Boolean, two: Boolean },
  emits: ["pick", "clear", "close"],
  data() { return { open: false, at: null }; },
  computed: { whole() { return this.lead ? this.lead + " " + this.text : this.text; } },
  mounted() { if (this.opened) this.show(); },
  unmounted() { this.leave(); },
  methods: {
    async show(last) {
      this.at = this.floating ? this.place() : null;
      this.open = true;
      document.addEventListener("pointerdown", this.outside, true);
      if (this.floating) document.addEventListener("scroll", this.away, true);
      await nextTick();
      const lines = this.lines(), chosen = lines.findIndex((line) => line.ariaChecked === "true");
      (this.kind === "one" && chosen >= 0 ? lines[chosen] : last ? lines.at(-1) : lines[0])?.focus();
    },
    hide(back = true) {
      if (!this.open) return;
      this.open = false;
      this.leave();
      if (back) this.$refs.opener.focus();
      this.$emit("close");
    },
    leave() {
      document.removeEventListener("pointerdown", this.outside, true);
      document.removeEventListener("scroll", this.away, true);
    },
    away({ target }) { if (!this.$el.contains(target)) this.hide(false); },
    /** Below the opener where there is room, else above it. */
    place() {
      const box = this.$refs.opener.getBoundingClientRect(), high = 34 * this.items.length + 20;
      const below = box.bottom + high < innerHeight;
      return { right: Math.max(8, innerWidth - box.right) + "px", ...(below ? { top: box.bottom + 4 + "px" } : { top: "auto", bottom: innerHeight - box.top + 4 + "px" }) };
    },
    outside(event) { if (!this.$el.contains(event.target)) this.hide(false); },
    lines() { return [...this.$el.querySelectorAll(".vg-menu__item")]; },
    pick({ key, kind = this.kind }) {
      if (kind !== "many") this.hide();
      this.$emit("pick", key);
    },
    key(event) {
      const lines = this.lines(), at = lines.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
      if (event.key === "Escape") this.hide();
      else if (event.key === "Tab") return this.hide(false);
      else if (to === undefined) return;
      else lines.at(to % lines.length).focus();
      event.preventDefault();
      event.stopPropagation();
    },
    openBy(event) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.show(event.key === "ArrowUp");
    },
  },
  render() {
    const opener = h("button", {
      ref: "opener", type: "button", "aria-label": this.bare ? this.name || this.text : this.lead ? this.whole : null, title: this.bare ? this.text : null,
      class: this.bare ? "vg-iconic" : ["vg-chip", { "vg-is-on": this.on, "vg-chip--dash": this.dashed, "vg-chip--joined": this.clear }],
      "aria-haspopup": "menu", "aria-expanded": String(this.open), onClick: () => (this.open ? this.hide() : this.show()), onKeydown: this.openBy,
    }, this.bare ? icon(this.bare) : [this.sign ? icon(this.sign) : null, h("span", this.lead ? [h("span", { class: "vg-chip__lead" }, this.lead + " "), this.text] : this.text), this.sign ? null : icon("expand_more")]);
    const line = (item) => {
      const kind = item.kind || this.kind, sign = kind === "act" ? item.icon : SIGNS[kind][Number(Boolean(item.checked))];
      return [
        item.head ? h("div", { class: "vg-menu__head", role: "presentation" }, item.head) : null,
        h("button", {
          key: String(item.key), type: "button", class: "vg-menu__item", role: ROLES[kind], tabindex: -1,
          "aria-checked": kind === "act" ? null : String(Boolean(item.checked)), onClick: () => this.pick(item),
        }, [sign ? icon(sign) : null, item.sign || h("span", item.text), item.note ? h("span", { class: "vg-menu__note" }, item.note) : null]),
      ];
    };
    return h("span", { class: "vg-menu-at" }, [
      opener,
      this.clear ? h("button", { type: "button", class: "vg-chip vg-is-on vg-chip--clear", "aria-label": this.clear, title: this.clear, onClick: () => this.$emit("clear") }, icon("close")) : null,
      this.open ? h("div", { class: ["vg-menu", { "vg-menu--end": this.end, "vg-menu--floating": this.floating, "vg-menu--two": this.two }], style: this.at, role: "menu", "aria-label": this.whole, onKeydown: this.key }, this.items.map(line)) : null,
    ]);
  },
};
