// A link that looks like a button: one element for its sign, its words and its key.
import { icon } from "vigie-kit";
import { h } from "vue";

export default {
  props: { sign: String, text: String, cap: String },
  render() {
    const key = this.cap && { "data-key": this.cap.toLowerCase(), "aria-keyshortcuts": this.cap };
    return h("a", { class: "vg-btn", ...key }, [
      this.sign && icon(this.sign), h("span", this.text), this.cap && h("kbd", { "aria-hidden": "true" }, this.cap), this.$slots.default?.(),
    ]);
  },
};
