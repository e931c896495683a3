// A prepared reply in place of « / » and a part of its name, or where the cursor is when the button is pressed.
import { icon } from "vigie-kit";
import { h } from "vue";
import { plain, suggestions } from "vigie-kit/suggestions.js";

const words = (name) => plain(name).split(/[\s.'’-]+/);

export default {
  mixins: [suggestions({
    pattern: /(^|\s)\/([^\s/][^\n/]{0,40}|)$/,
    back: 1,
    most: 8,
    matches: (reply, word) => word.split(/\s+/).every((part) => words(reply.name).some((each) => each.startsWith(part))),
    insert: (reply, after) => reply.text + (after && !/^\s/.test(after) ? " " : ""),
  })],
  props: { insert: String },
  methods: {
    offer() {
      this.field.focus();
      this.$emit("ask", true);
      this.show("", 0);
    },
  },
  render() {
    return h("div", { class: "vg-mentions vg-canned" }, [
      h("button", {
        type: "button", class: "vg-btn vg-btn--quiet vg-btn--small vg-btn--icon vg-cmp__tool", "aria-label": this.insert, title: this.insert,
        "aria-haspopup": "listbox", onClick: this.offer,
      }, [icon("quickreply")]),
      this.list((reply) => [h("b", reply.name), h("span", reply.line)]),
    ]);
  },
};
