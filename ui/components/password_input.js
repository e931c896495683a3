// A native password input that can show what is typed, without the server hearing of it.
import { icon } from "vigie-kit";
import { h } from "vue";

export default {
  inheritAttrs: false,
  props: { show: String, hide: String },
  data: () => ({ shown: false }),
  render() {
    return h("div", { class: "vg-secret" }, [
      h("input", { ...this.$attrs, class: "vg-input", type: this.shown ? "text" : "password", spellcheck: false, autocapitalize: "none" }),
      h("button", {
        type: "button", class: "vg-field__peek", "aria-label": this.shown ? this.hide : this.show, "aria-pressed": String(this.shown),
        onClick: () => { this.shown = !this.shown; },
      }, [icon(this.shown ? "visibility" : "visibility_off")]),
    ]);
  },
};
